import { type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Failure } from '#http/failure.js';
import { type AuthenticatedRequest, FIELD_SCOPES_METADATA, type FieldScopes, OWN_CUSTOMER_METADATA, PUBLIC_METADATA, SCOPES_METADATA } from './access.js';
import { insufficientScope, SCOPE_MISSING, TOKEN_EXPIRED, TOKEN_INVALID, TOKEN_MISSING, unauthenticated } from './auth.errors.js';
import { callerOf, refusal, type Caller, type Claims } from './caller.js';
import type { Scope } from './scopes.js';
import { TokenCache } from './token-cache.js';

type Request = FastifyRequest & AuthenticatedRequest;

/**
 * The guard of every route: no stated scope, no entry. Checks the token by the strategy of that name (or remembers it), then
 * what the route asks for. Leaves messages of the broker alone, which carry no token.
 */
export function createAccessGuard(strategyName: string, reflector: Reflector, cache = new TokenCache()): CanActivate {
  class AccessGuard extends AuthGuard(strategyName) implements CanActivate {
    override async canActivate(context: ExecutionContext): Promise<boolean> {
      if (context.getType() !== 'http') return true;
      const handler = context.getHandler();
      if (reflector.get<boolean | undefined>(PUBLIC_METADATA, handler) === true) return true;
      const request = context.switchToHttp().getRequest<Request>();
      const caller = await this.callerOfRequest(request, context);
      const scopes = reflector.get<readonly Scope[] | undefined>(SCOPES_METADATA, handler);
      if (!scopes || scopes.length === 0) throw new Failure(SCOPE_MISSING, { headers: insufficientScope([]) });
      const ownCustomerParameter = reflector.get<string | undefined>(OWN_CUSTOMER_METADATA, handler);
      const ofField = reflector.get<FieldScopes | undefined>(FIELD_SCOPES_METADATA, handler);
      const needed = ofField && saysSomething(request.body, ofField.field) ? [...scopes, ...ofField.scopes] : scopes;
      const refused = refusal({ scopes: needed, ownCustomerParameter }, caller, request.params as Record<string, string>);
      if (refused) throw refused;
      request.caller = caller;
      return true;
    }

    override handleRequest<Verified>(error: unknown, claims: Verified | false, info: unknown): Verified {
      if (error) throw error instanceof Error ? error : new Error('the token could not be checked');
      if (claims) return claims;
      if (info instanceof Failure) throw info;
      if (info instanceof Error && info.name === 'TokenExpiredError') throw unauthenticated(TOKEN_EXPIRED);
      throw unauthenticated(TOKEN_INVALID);
    }

    private async callerOfRequest(request: Request, context: ExecutionContext): Promise<Caller> {
      const { authorization } = request.headers;
      if (authorization === undefined || authorization.trim() === '') throw unauthenticated(TOKEN_MISSING);
      const remembered = cache.get(authorization);
      if (remembered) return remembered;
      await super.canActivate(context);
      const claims = (request as unknown as { user: Claims }).user;
      const caller = callerOf(claims);
      cache.put(authorization, caller, claims.exp * 1_000);
      return caller;
    }
  }
  return new AccessGuard();
}

/** Of a body that nobody has validated yet. */
function saysSomething(body: unknown, field: string): boolean {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[field] : undefined;
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}
