import { defineFailure } from '#http/failure.js';

export const ERASURE_LOG_AWAY = defineFailure({
  kind: 'unavailable', code: 'erasure-log-away', title: 'The log of erasures cannot be reached at this moment, so nothing was erased. Repeat the request later, under the same Idempotency-Key.',
});
