import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { ApiProblems } from '#http/route-docs.js';
import { IDEMPOTENCY_IN_PROGRESS, IDEMPOTENCY_KEY_MISSING, IDEMPOTENCY_KEY_REUSED, IDEMPOTENT_TARGET_ERASED } from './idempotency.errors.js';

/** What the OpenAPI document says of every write: its Idempotency-Key and the problems that come with it. */
export function ApiWrite(): MethodDecorator {
  return applyDecorators(
    ApiHeader({ name: 'Idempotency-Key', required: true, description: 'Repeating a request with its key changes nothing and gives the same answer for a day.', example: '5b0f6b0a-7d0e-4c39-9a0b-0d5a3c1f2e11' }),
    ApiProblems(IDEMPOTENCY_KEY_MISSING, IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_IN_PROGRESS, IDEMPOTENT_TARGET_ERASED),
  );
}
