import { defineFailure, Failure, type FailureDefinition } from '#http/failure.js';

export const TOKEN_MISSING = defineFailure({ kind: 'unauthenticated', code: 'token-missing', title: 'This call needs a bearer token.' });
export const TOKEN_EXPIRED = defineFailure({ kind: 'unauthenticated', code: 'token-expired', title: 'The token has expired. Get a new one.' });
export const TOKEN_INVALID = defineFailure({ kind: 'unauthenticated', code: 'token-invalid', title: 'The token is not one of ours, or not for this service.' });
export const SCOPE_MISSING = defineFailure({ kind: 'forbidden', code: 'scope-missing', title: 'The token does not allow this call.' });
export const NOT_OWN_DATA = defineFailure({ kind: 'forbidden', code: 'not-own-data', title: "A customer's token opens her own data only." });
export const KEYS_UNAVAILABLE = defineFailure({ kind: 'unavailable', code: 'keys-unavailable', title: 'Tokens cannot be checked at the moment.' });

/** A 401 with the challenge that RFC 6750 § 3 asks for. */
export function unauthenticated(definition: FailureDefinition): Failure {
  const challenge = definition === TOKEN_MISSING ? 'Bearer realm="lupa"' : 'Bearer realm="lupa", error="invalid_token"';
  return new Failure(definition, { headers: { 'www-authenticate': challenge } });
}

/** The challenge of a 403 (RFC 6750 § 3.1). */
export function insufficientScope(scopes: readonly string[]): Record<string, string> {
  return { 'www-authenticate': `Bearer realm="lupa", error="insufficient_scope", scope="${scopes.join(' ')}"` };
}
