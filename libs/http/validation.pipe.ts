import { StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { z } from 'zod';
import { Failure } from './failure.js';
import { INVALID_REQUEST, MALFORMED_JSON } from './http.errors.js';
import { isUnstorable, unstorableError } from './json-body.js';
import { isSayable } from './pointer.js';
import { check } from './validation.js';

/**
 * Nest's pipe for `@Body({ schema })`, `@Query({ schema })` and `@Param(name, { schema })`, answering with our failures:
 * `invalid-request` with one error per field, or `malformed-json` when a body is required and none came.
 */
export class ZodValidationPipe extends StandardSchemaValidationPipe {
  override transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    // An own promise-free path would be quicker, but Nest awaits pipes in any case.
    return Promise.resolve().then(() => checked(value, metadata) as T);
  }
}

function checked(value: unknown, metadata: ArgumentMetadata): unknown {
  const { schema, type } = metadata;
  if (type === 'custom') return value;
  if (type !== 'body') refuseUnstorable(value, metadata.data);
  if (!(schema instanceof z.ZodType)) return value;
  if (type === 'body') {
    if (value === undefined) throw new Failure(MALFORMED_JSON, { detail: 'The body is empty.' });
    return orThrow(check(schema, value, { in: 'body' }));
  }
  return orThrow(check(schema, value, { in: 'parameter', name: metadata.data }));
}

function orThrow(result: ReturnType<typeof check>): unknown {
  if (result.ok) return result.value;
  throw new Failure(INVALID_REQUEST, { errors: result.errors });
}

function refuseUnstorable(value: unknown, name: string | undefined): void {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [[name ?? '', value] as const];
  for (const [parameter, part] of entries) {
    const texts: unknown[] = Array.isArray(part) ? part : [part];
    if (texts.some((text) => typeof text === 'string' && isUnstorable(text))) {
      throw new Failure(INVALID_REQUEST, { errors: [unstorableError(name ?? (isSayable(parameter) ? parameter : ''))] });
    }
  }
}
