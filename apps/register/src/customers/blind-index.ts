import { createHmac } from 'node:crypto';

/** The address as it is compared: NFC, no surrounding space, lower case. */
export function normaliseEmail(email: string): string {
  return email.normalize('NFC').trim().toLowerCase();
}

/**
 * A keyed hash (HMAC-SHA-256, 32 bytes) under which a value is unique and can be found, while neither the
 * index nor an error message of the database shows it.
 * @param field separates equal values of different fields
 */
export function blindIndex(key: Buffer, field: 'email' | 'phone', normalised: string): Buffer {
  return createHmac('sha256', key).update(`${field}\0${normalised}`).digest();
}
