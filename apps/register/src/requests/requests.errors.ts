import { defineFailure } from '#http/failure.js';

export const REQUEST_NOT_FOUND = defineFailure({ kind: 'not-found', code: 'request-not-found', title: 'There is no request with this id that you may see.' });
export const TOO_MANY_REQUESTS_OPEN = defineFailure({
  kind: 'conflict', code: 'too-many-requests-open', title: 'So many requests of this kind are open for this person that no more is taken in before some are answered.',
});
export const REQUEST_CLOSED = defineFailure({ kind: 'conflict', code: 'request-closed', title: 'The request is closed.' });
export const REQUEST_NOT_WAITING = defineFailure({ kind: 'conflict', code: 'request-not-waiting', title: 'The request does not wait for the person.' });
export const EXTENDED_ALREADY = defineFailure({
  kind: 'conflict', code: 'request-extended-already', title: 'The time to answer was extended already; it can be once (GDPR Art. 12(3)).',
});
export const TOLD_TOO_LATE = defineFailure({
  kind: 'conflict', code: 'extension-told-too-late', title: 'An extension holds only when the person was told of it within the first month (GDPR Art. 12(3)).',
});
export const TIME_IN_FUTURE = defineFailure({ kind: 'invalid', code: 'time-in-future', title: 'The time given lies in the future.' });
export const TOLD_BEFORE_REQUEST = defineFailure({
  kind: 'invalid', code: 'told-before-request', title: 'The person cannot have been told before the request was received.',
});
export const ASSIGNEE_UNKNOWN = defineFailure({ kind: 'invalid', code: 'assignee-unknown', title: 'There is nobody of that user name who can log in and handle requests.' });
