import { z } from 'zod';
import { Failure } from '#http/failure.js';
import { insufficientScope, NOT_OWN_DATA, SCOPE_MISSING } from './auth.errors.js';
import type { Scope } from './scopes.js';

export const CALLER_KINDS = ['program', 'staff', 'customer'] as const;

/** Who makes a request, as the token says. */
export interface Caller {
  readonly kind: (typeof CALLER_KINDS)[number];
  /** Client id of a program, user name of staff, customer id of a customer. */
  readonly subject: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

/** The claims of our tokens (RFC 9068 in spirit). `scope` is space separated (RFC 8693 § 4.2). */
export const ClaimsSchema = z.object({
  sub: z.string().min(1).max(100),
  kind: z.enum(CALLER_KINDS),
  scope: z.string().max(1_000),
  roles: z.array(z.string().max(60)).max(20).default([]),
  exp: z.number(),
});
export type Claims = z.infer<typeof ClaimsSchema>;

export function callerOf(claims: Claims): Caller {
  return {
    kind: claims.kind,
    subject: claims.sub,
    roles: claims.roles,
    scopes: claims.scope.split(' ').filter((scope) => scope !== ''),
  };
}

/** What a route asks of its caller. */
export interface Requirement {
  /** Every one is needed. */
  readonly scopes: readonly Scope[];
  /** Name of the path parameter that holds the customer id; without it customers may not call at all. */
  readonly ownCustomerParameter?: string | undefined;
}

/** Why this caller may not make this call, or undefined when the call is allowed. */
export function refusal(requirement: Requirement, caller: Caller, parameters: Readonly<Record<string, string>>): Failure | undefined {
  const missing = requirement.scopes.filter((scope) => !caller.scopes.includes(scope));
  if (missing.length > 0) {
    return new Failure(SCOPE_MISSING, {
      detail: `This call needs the scope ${missing.join(' ')}.`,
      extra: { missingScopes: missing },
      headers: insufficientScope(requirement.scopes),
    });
  }
  if (caller.kind !== 'customer') return undefined;
  const own = requirement.ownCustomerParameter;
  // UUIDs may be written in capitals; the token holds the lower-case form.
  if (own !== undefined && parameters[own]?.toLowerCase() === caller.subject) return undefined;
  return new Failure(NOT_OWN_DATA, { headers: insufficientScope(requirement.scopes) });
}
