import { defineFailure } from '#http/failure.js';

export const IDEMPOTENCY_KEY_MISSING = defineFailure({
  kind: 'malformed', code: 'idempotency-key-missing',
  title: 'Every write needs an Idempotency-Key header of 8 to 128 visible characters, such as a UUID.',
});
export const IDEMPOTENCY_KEY_REUSED = defineFailure({
  kind: 'invalid', code: 'idempotency-key-reused', title: 'This Idempotency-Key was used for another request.',
});
export const IDEMPOTENCY_IN_PROGRESS = defineFailure({
  kind: 'conflict', code: 'idempotency-in-progress', title: 'A request with this Idempotency-Key is still under way. Repeat it later.',
});
export const IDEMPOTENT_TARGET_ERASED = defineFailure({
  kind: 'gone', code: 'idempotent-target-erased', title: 'What this request wrote was erased since.',
});
