import { defineFailure, Failure, type FailureDefinition } from '#http/failure.js';

const TOKEN_REQUEST_INVALID = defineFailure({ kind: 'malformed', code: 'token-request-invalid', title: 'The token request lacks something or says it twice.' });
const GRANT_UNSUPPORTED = defineFailure({ kind: 'malformed', code: 'grant-type-unsupported', title: 'Only the grant client_credentials is given here.' });
const SCOPE_NOT_GRANTED = defineFailure({ kind: 'malformed', code: 'scope-not-granted', title: 'This program may not have a scope that it asks for.' });
const CLIENT_UNKNOWN = defineFailure({ kind: 'unauthenticated', code: 'client-unknown', title: 'Client id or secret is wrong.' });

/** Failures of the OAuth 2.0 token endpoint by their code of RFC 6749 § 5.2. */
export const OAUTH_FAILURES = {
  invalid_request: TOKEN_REQUEST_INVALID,
  unsupported_grant_type: GRANT_UNSUPPORTED,
  invalid_scope: SCOPE_NOT_GRANTED,
  invalid_client: CLIENT_UNKNOWN,
} as const satisfies Record<string, FailureDefinition>;

/** The problem document carries the code of RFC 6749 § 5.2 in `error`, where OAuth clients look for it. */
export function oauthFailure(error: keyof typeof OAUTH_FAILURES): Failure {
  return new Failure(OAUTH_FAILURES[error], {
    extra: { error, error_description: OAUTH_FAILURES[error].title },
    ...(error === 'invalid_client' ? { headers: { 'www-authenticate': 'Basic realm="lupa"' } } : {}),
  });
}

export const LOGIN_FAILED = defineFailure({ kind: 'unauthenticated', code: 'login-failed', title: 'User name or password is wrong.' });
export const TOO_MANY_LOGINS = defineFailure({ kind: 'too-many', code: 'too-many-logins', title: 'Too many failed logins. Wait before the next one.' });
