import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AuthenticatedRequest } from '#auth/access.js';
import { defineFailure, Failure } from '#http/failure.js';
import type { Reading } from './access-log.js';

export const PURPOSE_MISSING = defineFailure({
  kind: 'malformed', code: 'purpose-missing',
  title: 'Every read of a person needs the header Lupa-Purpose with one of the purposes of the register.',
});

/** A customer who looks at her own data needs to give no reason (GDPR Art. 15). */
const OWN_DATA_PURPOSE = 'rights-and-obligations';

/** The read under way with its declared purpose; whether the purpose exists is checked by the service. */
export const CurrentReading = createParamDecorator((_: unknown, context: ExecutionContext): Reading => {
  const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
  const caller = request.caller;
  if (!caller) throw new Error('a route that reads persons cannot be public');
  const declared = request.headers['lupa-purpose'];
  const purpose = caller.kind === 'customer' ? OWN_DATA_PURPOSE : declared;
  if (typeof purpose !== 'string' || !/^[a-z0-9-]{1,40}$/.test(purpose)) throw new Failure(PURPOSE_MISSING);
  return { caller, purpose, route: `${request.method} ${request.routeOptions.url ?? ''}` };
});
