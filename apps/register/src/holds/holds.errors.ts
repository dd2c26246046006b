import { defineFailure } from '#http/failure.js';

export const LEGAL_HOLD = defineFailure({
  kind: 'conflict', code: 'legal-hold',
  title: 'The law makes the register keep this person’s data for now: it is restricted, out of marketing, and erased when the hold ends.',
});
export const HOLD_NOT_FOUND = defineFailure({ kind: 'not-found', code: 'hold-not-found', title: 'There is no legal hold on this customer.' });
export const REVIEW_OUT_OF_RANGE = defineFailure({
  kind: 'invalid', code: 'review-out-of-range', title: 'A legal hold is looked at again within a year, and not in the past.',
});
