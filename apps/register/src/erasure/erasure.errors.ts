import { defineFailure } from '#http/failure.js';

export const ERASURE_CASE_NOT_FOUND = defineFailure({ kind: 'not-found', code: 'erasure-case-not-found', title: 'There is no erasure case with this id.' });
export const PERSON_MUST_DECIDE = defineFailure({
  kind: 'forbidden', code: 'person-must-decide', title: 'Whether somebody abused the shop is decided by a member of staff in person, never by a program.',
});
export const APPEAL_NOT_POSSIBLE = defineFailure({
  kind: 'conflict', code: 'appeal-not-possible', title: 'Only an erasure for abuse can be contested: every other was her demand, or came with time.',
});
export const APPEALED_ALREADY = defineFailure({ kind: 'conflict', code: 'appealed-already', title: 'This erasure was contested already; once is answered here.' });
export const APPEAL_NOT_FOUND = defineFailure({ kind: 'not-found', code: 'appeal-not-found', title: 'Nobody has contested this erasure.' });
export const APPEAL_DECIDED = defineFailure({ kind: 'conflict', code: 'appeal-decided', title: 'The appeal is decided.' });
export const APPEAL_OWN_DECISION = defineFailure({
  kind: 'forbidden', code: 'appeal-own-decision', title: 'An appeal is decided by somebody other than whoever decided first.',
});
export const APPEAL_IN_FUTURE = defineFailure({ kind: 'invalid', code: 'appeal-in-future', title: 'The appeal cannot have come in the future.' });
