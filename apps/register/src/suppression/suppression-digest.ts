import { hkdfSync } from 'node:crypto';
import { blindIndex } from '#addresses/blind-index.js';
import { normaliseEmail } from '#addresses/email.js';

/**
 * The key of the suppression list (HKDF-SHA-256, RFC 5869). Not the key of the blind indexes: with equal digests the list would
 * tell which customer of the live table, or of an old backup, was erased.
 */
export function suppressionKey(indexKey: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', indexKey, Buffer.alloc(0), 'lupa suppression v1', 32));
}

/** By what somebody is kept out. `post`: her name together with her postal address. */
export type AddressKind = 'email' | 'phone' | 'post';

/** The keyed hash (HMAC-SHA-256, 32 bytes) under which an address is suppressed. @param address an email as written, a phone in E.164, or what normalisePostal has made */
export function suppressionDigest(key: Buffer, kind: AddressKind, address: string): Buffer {
  return blindIndex(key, kind, kind === 'email' ? normaliseEmail(address) : address);
}
