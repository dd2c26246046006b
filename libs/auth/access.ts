import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import { ApiProblems } from '#http/route-docs.js';
import { KEYS_UNAVAILABLE, NOT_OWN_DATA, SCOPE_MISSING, TOKEN_EXPIRED, TOKEN_INVALID, TOKEN_MISSING } from './auth.errors.js';
import type { Caller } from './caller.js';
import type { Scope } from './scopes.js';

export type { Caller } from './caller.js';

export const SCOPES_METADATA = 'lupa:scopes';
export const FIELD_SCOPES_METADATA = 'lupa:field-scopes';
export const OWN_CUSTOMER_METADATA = 'lupa:own-customer';
export const PUBLIC_METADATA = 'lupa:public';

/** The scopes a route needs, all of them. Names them in the OpenAPI document with the problems of a token. */
export function Scopes(...scopes: readonly [Scope, ...Scope[]]): MethodDecorator {
  return applyDecorators(
    SetMetadata(SCOPES_METADATA, scopes),
    ApiBearerAuth('token'),
    ApiExtension('x-scopes', [...scopes]),
    ApiProblems(TOKEN_MISSING, TOKEN_EXPIRED, TOKEN_INVALID, SCOPE_MISSING, KEYS_UNAVAILABLE),
  );
}

/** Scopes that a field of the body needs, when it says something. */
export interface FieldScopes {
  readonly field: string;
  readonly scopes: readonly Scope[];
}

/** Besides `Scopes`: these as well, when the body says something under that name. An empty list says nothing. */
export function ScopesForField(field: string, ...scopes: readonly [Scope, ...Scope[]]): MethodDecorator {
  const stated: FieldScopes = { field, scopes };
  return applyDecorators(SetMetadata(FIELD_SCOPES_METADATA, stated), ApiExtension('x-field-scopes', { [field]: [...scopes] }));
}

/** Besides `Scopes`: a customer may call too, when the path parameter is her own id. */
export function OwnCustomer(parameter: string): MethodDecorator {
  return applyDecorators(
    SetMetadata(OWN_CUSTOMER_METADATA, parameter),
    ApiExtension('x-own-customer', parameter),
    ApiProblems(NOT_OWN_DATA),
  );
}

/** The route needs no token. */
export function Public(): MethodDecorator {
  return SetMetadata(PUBLIC_METADATA, true);
}

/** A request that the guard has let in. */
export interface AuthenticatedRequest {
  caller?: Caller;
}

/** The caller of a route that states `Scopes`. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!caller) throw new Error('a route without Scopes has no caller');
  return caller;
});
