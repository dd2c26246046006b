import { defineFailure } from '#http/failure.js';

export const NOT_A_CHILD = defineFailure({
  kind: 'conflict', code: 'not-a-child', title: 'By her birth year this person is old enough to decide alone: no guardian is recorded.',
});
export const GUARDIAN_IN_FUTURE = defineFailure({ kind: 'invalid', code: 'guardian-in-future', title: 'A guardian cannot have agreed in the future.' });
