import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AuthenticatedRequest } from '#auth/access.js';
import { Failure } from '#http/failure.js';
import { IDEMPOTENCY_KEY_MISSING } from './idempotency.errors.js';
import type { WriteRequest } from './write-request.js';

/** The write under way with its Idempotency-Key. @throws Failure `idempotency-key-missing` */
export const CurrentWrite = createParamDecorator((_: unknown, context: ExecutionContext): WriteRequest => {
  const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || !/^[\x21-\x7e]{8,128}$/.test(key)) throw new Failure(IDEMPOTENCY_KEY_MISSING);
  return {
    key,
    caller: `${request.caller?.kind ?? ''} ${request.caller?.subject ?? ''}`,
    method: request.method,
    path: request.url,
    body: request.body,
    ifMatch: request.headers['if-match'],
  };
});
