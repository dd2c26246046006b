import { defineFailure } from '#http/failure.js';

export const CERTIFICATE_NOT_ISSUED = defineFailure({
  kind: 'conflict', code: 'certificate-not-issued',
  title: 'This erasure has no certificate yet: it is issued when every store has answered and a search of all of them has found nothing.',
});
export const CLOSED_WITHOUT_CERTIFICATE = defineFailure({
  kind: 'gone', code: 'closed-without-certificate', title: 'This erasure was closed before there were certificates; marketing’s statement stands in the case.',
});
