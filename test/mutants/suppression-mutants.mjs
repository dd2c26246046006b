/** Faults that bring somebody back who was erased, or who objected. */
export const SUPPRESSION_MUTANTS = [
  {
    name: 'closed address used',
    what: 'marketing gets an address that is suppressed, once a consent has slipped past the door',
    edits: [['apps/register/src/consents/eligibility.js', '&& !isClosed(c.channel, c.decidedAt, person.closures)', '']],
    tests: ['consents/eligibility.spec', 'register/suppression.spec'],
  },
  {
    name: 'no door',
    what: 'a new registration brings an erased person back',
    edits: [['apps/register/src/customers/customers.sql.js', 'closure.since IS NULL OR (d.decided_at', 'true OR (d.decided_at']],
    tests: ['register/suppression.spec'],
  },
  {
    name: 'staff brings back',
    what: 'somebody who objected is brought back without having asked for it',
    edits: [['apps/register/src/consents/consent.js', `caller === 'customer' || (caller === 'program' && PROVING_METHODS.has(method))`, 'true']],
    tests: ['consents/consent.spec', 'register/suppression.spec'],
  },
  {
    name: 'household forgotten',
    what: 'marketing keeps a suppressed number that somebody else has as well',
    edits: [['apps/register/src/suppression/suppressions.service.js', `!isHandedOn && opened.has(digest.toString('hex'))`, 'false']],
    tests: ['register/suppression.spec'],
  },
  {
    name: 'former addresses forgotten',
    what: 'an old list brings somebody back by the address that she had when it was made',
    edits: [['apps/register/src/suppression/closing.js', '[...now, ...before]', 'now']],
    tests: ['register/former-values'],
  },
  {
    name: 'former address taken from its holder',
    what: 'the erasure of whoever had an address before takes who has it now out of marketing',
    edits: [['apps/register/src/suppression/former-values.service.js', 'replacedAt, isHandedOn }', 'replacedAt, isHandedOn: false }']],
    tests: ['register/former-values'], only: 'stays hers',
  },
  {
    name: 'paper brings back',
    what: 'who is known by name and postal address alone is back by the consent of before',
    edits: [['apps/register/src/suppression/suppressions.service.js', 'digests[kind] =', "if (kind !== 'post') digests[kind] ="], ['apps/register/src/suppression/former-value.js', "addressFrom('post',", "addressFrom('phone',"]],
    tests: ['register/suppressed-paper'],
  },
  {
    name: 'a hold closes nothing',
    what: 'whose erasure waits for a hold is on lists by another record of hers',
    edits: [['apps/register/src/erasure/eraser.service.js', `if (ground !== 'relationship-ended')`, 'if (false)']],
    tests: ['register/holds'], only: 'closes her addresses at once',
  },
  {
    name: 'objection forgives',
    what: 'an objection in the household takes from an address that somebody was erased',
    edits: [['apps/register/src/suppression/suppression.sql.js', "reason = ${graver('s.reason', 'excluded.reason')}, since", 'reason = excluded.reason, since']],
    tests: ['register/import.spec'], only: 'somebody else with her phone',
  },
  {
    name: 'clock ahead outlives the closing',
    what: 'a consent of a shop whose clock runs ahead is newer than the erasure that followed it, when it is sent again',
    edits: [['apps/register/src/suppression/suppressions.service.js', 'latestOf(each.since, ahead.get(id))', 'each.since']],
    tests: ['register/suppression.spec'], only: 'clock runs ahead',
  },
  {
    name: 'clock ahead outlives the withdrawal',
    what: 'a consent of a shop whose clock runs ahead is in force again after the withdrawal that followed it',
    edits: [['apps/register/src/consents/consent-rules.service.js', "consent.decision === 'granted' ? consent.decidedAt : ", '']],
    tests: ['register/suppression.spec'], only: 'clock runs ahead',
  },
];
