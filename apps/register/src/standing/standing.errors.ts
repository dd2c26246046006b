import { defineFailure } from '#http/failure.js';

export const STANDING_IN_FUTURE = defineFailure({ kind: 'invalid', code: 'standing-in-future', title: 'The time given lies in the future.' });
export const NOT_RESTRICTED = defineFailure({ kind: 'conflict', code: 'not-restricted', title: 'Processing of this customer is not restricted.' });
export const NOTICE_TOO_EARLY = defineFailure({
  kind: 'invalid', code: 'notice-too-early', title: 'A notice sent before the restriction began cannot be about its end.',
});
export const NOTICE_NOT_SENT = defineFailure({
  kind: 'conflict', code: 'notice-not-sent', title: 'The person has to be told before the restriction is lifted (GDPR Art. 18(3)).',
});
