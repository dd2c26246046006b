import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { AuthenticatedRequest } from '#auth/access.js';
import { Failure } from '#http/failure.js';
import { ApiProblems } from '#http/route-docs.js';
import { PURPOSE_MISSING } from './reads.errors.js';
import type { PersonRead } from './person-read.js';

/** Who reads, what for, and through which route. That the purpose is one of the register's is for it to say: marketing knows none. */
export const CurrentRead = createParamDecorator((_: unknown, context: ExecutionContext): PersonRead => {
  const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
  const purpose = request.headers['lupa-purpose'];
  if (request.caller === undefined) throw new Error('a route that reads persons cannot be public');
  if (typeof purpose !== 'string' || !/^[a-z0-9-]{1,40}$/.test(purpose)) throw new Failure(PURPOSE_MISSING);
  return { actor: request.caller.subject, actorKind: request.caller.kind, purpose, route: `${request.method} ${request.routeOptions.url ?? ''}` };
});

/** What the OpenAPI document says of every read of a person. */
export function ApiPersonRead(): MethodDecorator {
  return applyDecorators(
    ApiHeader({ name: 'Lupa-Purpose', required: true, description: 'What the person is read for; logged with the read.', example: 'rights-and-obligations' }),
    ApiProblems(PURPOSE_MISSING),
  );
}
