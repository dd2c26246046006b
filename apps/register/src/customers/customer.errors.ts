import { defineFailure } from '#http/failure.js';

export const CUSTOMER_NOT_FOUND = defineFailure({ kind: 'not-found', code: 'customer-not-found', title: 'There is no customer with this id.' });
export const EMAIL_TAKEN_ALREADY = defineFailure({
  kind: 'conflict', code: 'email-taken', title: 'Another customer of this register has this email address.',
});
export const CUSTOMER_RESTRICTED = defineFailure({
  kind: 'conflict', code: 'customer-restricted',
  title: 'Processing of this customer is restricted: the data is stored and nothing else (GDPR Art. 18).',
});
export const RELATIONSHIP_ENDED = defineFailure({
  kind: 'conflict', code: 'relationship-ended', title: 'The customer relationship has ended.',
});
export const SOURCE_OUTRANKED = defineFailure({
  kind: 'conflict', code: 'source-outranked', title: 'What the customer told us herself is not overwritten from a public source.',
});
