/** Faults in what takes a person out of marketing, keeps her, or lets her go: guardians, birth years, restrictions, holds, ends. */
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
];
