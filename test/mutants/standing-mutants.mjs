/** Faults in what takes a person out of marketing, keeps her, or lets her go: guardians, birth years, restrictions, holds, ends, lapses; and in whose word counts. */
export const STANDING_MUTANTS = [
  {
    name: 'old word',
    what: 'a guardian’s word that was taken back counts again when it is sent again',
    edits: [['apps/register/src/guardians/guardians.service.js', 'withdrawn && given.givenAt <= withdrawn', 'false']],
    tests: ['register/guardians.spec'],
  },
  {
    name: 'grown up by correction',
    what: 'a birth year that is cleared brings a child back to whom her guardian has said no',
    edits: [['apps/register/src/customers/given-under-age.service.js', 'if (!was || (becomes && becomes >= was))', 'if (true)']],
    tests: ['register/guardians.spec'],
  },
  {
    name: 'ended yesterday in 2016',
    what: 'a wrong year of the end of a relationship erases her the same night',
    edits: [['apps/register/src/retention/retention-rules.js', 'DAYS_KNOWN = 30', 'DAYS_KNOWN = 0']],
    tests: ['register/late-ends.spec'],
  },
  {
    name: 'queue without eyes',
    what: 'what has waited for the end of a hold is carried out whatever has happened since',
    edits: [['apps/register/src/holds/waiting-erasures.js', 'const wish = wishOf(entries);', 'const wish = wishOf(entries); if (queued) return { grounds: [queued], wish };']],
    tests: ['register/waiting-erasures.spec'],
  },
  {
    name: 'notice of before',
    what: 'what she was told of one restriction lifts the next',
    edits: [['apps/register/src/standing/standing.sql.js', ' AND id > $3', ' AND $3::text IS NOT NULL'],
      ['apps/register/src/standing/standing.service.js', 'last && last.at > restrictedAt ? last.at : restrictedAt', 'restrictedAt']],
    tests: ['register/standing.spec'],
  },
  {
    name: 'lapsed disclosure',
    what: 'data leaves on a consent that has lapsed, until retention has been by',
    edits: [['apps/register/src/disclosures/release.js', "if (hasLapsed(", "if (false && hasLapsed("]],
    tests: ['disclosures/release.spec'],
  },
  {
    name: 'lapsed in silence',
    what: 'consents that marketing was never told of do not lapse',
    edits: [['apps/register/src/retention/retention.sql.js', 'c.active_at <= $1 AND (', 'c.known_to_marketing AND c.active_at <= $1 AND (']],
    tests: ['register/lapsed-consents.spec'],
  },
  {
    name: 'lapsed on arrival',
    what: 'a consent that has lapsed by the time it is told comes into force',
    edits: [['apps/register/src/consents/consent.js', 'if (command.isLapsed)', 'if (false)']],
    tests: ['register/lapsed-consents.spec'],
  },
  {
    name: 'lapsed and woken',
    what: 'an address that staff add brings marketing a consent that has lapsed',
    edits: [['apps/register/src/customers/customers.service.js', "source.kind === 'customer' ? customer", 'true ? customer']],
    tests: ['register/lapsed-consents.spec'],
  },
  {
    name: 'lapsed and back',
    what: 'a restriction that is lifted brings marketing a consent that has lapsed',
    edits: [['apps/register/src/standing/standing.service.js', "['restriction-lifted', 'resumed']", '[]']],
    tests: ['register/lapsed-consents.spec'],
  },
  {
    name: 'lapsed in restriction',
    what: 'consents lapse of people whose signs of life are refused',
    edits: [['apps/register/src/retention/retention.sql.js', `'c.restricted_at IS NULL';`, `'true';`],
      ['apps/register/src/retention/retention.service.js', 'if (customer.restricted_at)', 'if (false)']],
    tests: ['register/lapsed-consents.spec'],
  },
  {
    name: 'word of staff',
    what: 'what staff correct counts as the word of the customer, and as a sign of life',
    edits: [['apps/register/src/customers/provenance.js', "caller.kind === 'staff' ? 'staff' : 'customer'", "'customer'"]],
    tests: ['register/customers.spec'],
  },
  {
    name: 'word of others',
    what: 'whoever may register customers records consents as well',
    edits: [['libs/auth/access.guard.js', 'ofField && saysSomething(', 'ofField && false && saysSomething(']],
    tests: ['register/customers.spec'],
  },
];
