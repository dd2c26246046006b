import { defineFailure } from './failure.js';

/** Failures that any HTTP route can meet. */
export const INVALID_REQUEST = defineFailure({
  kind: 'invalid',
  code: 'invalid-request',
  title: 'The request is well formed, but parts of it are not acceptable.',
});
export const MALFORMED_REQUEST = defineFailure({
  kind: 'malformed',
  code: 'malformed-request',
  title: 'The request could not be read.',
});
export const MALFORMED_JSON = defineFailure({
  kind: 'malformed',
  code: 'malformed-json',
  title: 'The body is not JSON that this service can read.',
});
export const BODY_TOO_LARGE = defineFailure({ kind: 'too-large', code: 'body-too-large', title: 'The body is too large.' });
export const UNSUPPORTED_MEDIA_TYPE = defineFailure({
  kind: 'unsupported-media-type',
  code: 'unsupported-media-type',
  title: 'The body has a content type that this route does not take.',
});
export const ROUTE_NOT_FOUND = defineFailure({ kind: 'not-found', code: 'route-not-found', title: 'There is nothing at this address.' });
export const METHOD_NOT_ALLOWED = defineFailure({
  kind: 'method-not-allowed',
  code: 'method-not-allowed',
  title: 'This address does not take that method.',
});
export const INTERNAL = defineFailure({ kind: 'internal', code: 'internal', title: 'Something went wrong on our side.' });
export const SHUTTING_DOWN = defineFailure({ kind: 'unavailable', code: 'shutting-down', title: 'The service is stopping.' });
export const DATABASE_AWAY = defineFailure({
  kind: 'unavailable', code: 'database-away', title: 'The database cannot be reached at this moment. Repeat the request later, a write under the same Idempotency-Key.',
});
