import { ROLE_SCOPES } from '#register/access/roles.js';
import type { Answer, TestRegister } from './register.js';

/** A token of somebody of data protection. */
export function staffToken(register: TestRegister, subject = 'maija'): Promise<string> {
  return register.token({ kind: 'staff', subject, scopes: ROLE_SCOPES['data-protection'] });
}

/** The preview of an erasure as staff see it, and the tag they confirm with. */
export async function preview(register: TestRegister, customerId: string, subject?: string): Promise<Answer & { readonly etag: string }> {
  const answer = await register.call('GET', `/v1/customers/${customerId}/erasure-preview`, { token: await staffToken(register, subject) });
  return { ...answer, etag: answer.headers.get('etag') ?? '' };
}

/** Somebody of the staff looks at the preview and decides that it was abuse. */
export async function decideAbuse(register: TestRegister, customerId: string, { subject = 'maija', reasonCode = 'payment-fraud' } = {}): Promise<Answer> {
  const { etag } = await preview(register, customerId, subject);
  const body = { customerId, ground: 'abuse', reasonCode };
  return register.call('POST', '/v1/erasures', { body, token: await staffToken(register, subject), headers: { 'if-match': etag } });
}
