import { blindIndex } from '#addresses/blind-index.js';
import { normaliseEmail } from '#addresses/email.js';
import { normalisePhone } from '#addresses/phone.js';
import { createHmac } from 'node:crypto';
import type { ContactRow } from './contact-row.js';

export type AddressKind = 'email' | 'phone';

/** Under what a contact is found by address: keyed by marketing's own key, written as PostgreSQL reads a bytea. */
export interface AddressDigests {
  readonly email_digest: string | null;
  readonly phone_digest: string | null;
}

const E164 = /^\+[1-9]\d{6,14}$/;

/**
 * The digest (32 bytes) under which a contact with this address would be stored; undefined when nobody can have it. A phone
 * may be written in any usual way; E.164, as lists give it, is taken as it is, which is 20 times as fast.
 */
export function digestOf(key: Buffer, kind: AddressKind, address: string): Buffer | undefined {
  const normalised = kind === 'email' ? normaliseEmail(address) : E164.test(address) ? address : normalisePhone(address);
  return normalised === undefined || normalised === '' ? undefined : blindIndex(key, kind, normalised);
}

/** The digests of what a row holds; the register has written the phone in E.164. */
export function digestsOf(key: Buffer, { email, phone }: Pick<ContactRow, 'email' | 'phone'>): AddressDigests {
  return {
    email_digest: email === null ? null : bytea(blindIndex(key, 'email', normaliseEmail(email))),
    phone_digest: phone === null ? null : bytea(blindIndex(key, 'phone', phone)),
  };
}

/** Tells the same key again without telling it. */
export function keyCheck(key: Buffer): Buffer {
  return createHmac('sha256', key).update('the key of the address digests').digest();
}

function bytea(digest: Buffer): string {
  return `\\x${digest.toString('hex')}`;
}
