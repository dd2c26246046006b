import { hkdfSync } from 'node:crypto';
import { z } from 'zod';
import { open, seal } from '../access/key-encryption.js';
import type { CustomerRow } from '../customers/customer.row.js';
import type { FormerValue } from '../suppression/former-value.js';

/** What a search for leftovers of an erased person looks for; the shape that libs/search takes, without the case. */
const ValuesSchema = z.strictObject({
  values: z.array(z.strictObject({ kind: z.enum(['email', 'phone', 'customer-id', 'ref']), text: z.string() })),
  together: z.array(z.array(z.string())),
});
export type SearchValues = z.infer<typeof ValuesSchema>;

/** Key of the values that are kept, sealed, until the search for them has found nothing (HKDF-SHA-256, RFC 5869). 32 bytes. */
export function sealingKey(keyEncryptionKey: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', keyEncryptionKey, Buffer.alloc(0), 'lupa erasure search v1', 32));
}

/** Everything that tells who a person is: each address, both ids, and her name together with her street; and what she had before. */
export function valuesOf(customer: Pick<CustomerRow, 'id' | 'ref' | 'email' | 'phone' | 'first_name' | 'last_name' | 'street_address'>, former: readonly FormerValue[] = []): SearchValues {
  const { id, ref, email, phone, first_name: firstName, last_name: lastName, street_address: street } = customer;
  return {
    values: [
      { kind: 'customer-id', text: id }, { kind: 'ref', text: ref },
      ...(email === null ? [] : [{ kind: 'email' as const, text: email }]),
      ...(phone === null ? [] : [{ kind: 'phone' as const, text: phone }]),
      ...former.flatMap(({ kind, texts: [text = ''] }) => (kind === 'post' ? [] : [{ kind, text }])),
    ],
    together: [
      ...(firstName !== null && lastName !== null && street !== null ? [[firstName, lastName, street]] : []),
      ...former.filter(({ kind }) => kind === 'post').map(({ texts }) => texts.slice(0, 3)),
    ],
  };
}

/** Opens for this case only (AES-256-GCM). */
export function sealValues(key: Buffer, caseId: string, values: SearchValues): Buffer {
  return seal(JSON.stringify(values), key, caseId);
}

/** @throws Error when the key or the case is another, or the bytes were changed */
export function openValues(key: Buffer, caseId: string, sealed: Buffer): SearchValues {
  return ValuesSchema.parse(JSON.parse(open(sealed, key, caseId)));
}
