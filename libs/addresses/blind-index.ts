import { createHmac } from 'node:crypto';

/**
 * A keyed hash (HMAC-SHA-256, 32 bytes) under which a value can be found and compared, while neither the
 * index nor an error message of the database shows it.
 * @param field separates equal values of different fields
 * @param normalised as normaliseEmail, normalisePhone or normalisePostal write it
 */
export function blindIndex(key: Buffer, field: 'email' | 'phone' | 'post', normalised: string): Buffer {
  return createHmac('sha256', key).update(`${field}\0${normalised}`).digest();
}
