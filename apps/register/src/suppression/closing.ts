import { addressesOf, type Addresses, type FormerValue } from './former-value.js';
import { type AddressKind, suppressionDigest } from './suppression-digest.js';

/** One address that is being closed, by its digest. */
export interface Closing {
  readonly kind: AddressKind;
  readonly digest: Buffer;
  readonly since: Date;
  /** Another customer's own by now: closed for what was decided while the former one had it, and open for what came after. */
  readonly isHandedOn: boolean;
}

/** Everything of one person that is to be closed: what she has, and what she had before. Each digest once. @param key of the list of suppressions */
export function closingsOf(key: Buffer, person: Addresses, former: readonly FormerValue[], since: Date): Closing[] {
  const now = addressesOf(person).map(({ kind, normalised }) => ({ kind, digest: suppressionDigest(key, kind, normalised), since, isHandedOn: false }));
  const before = former.map(({ kind, normalised, replacedAt, isHandedOn }) => ({
    kind, digest: suppressionDigest(key, kind, normalised), since: isHandedOn && replacedAt < since ? replacedAt : since, isHandedOn,
  }));
  return [...now, ...before];
}

/** What the log of erasures keeps of closings beside the email and phone of the time: digests in hexadecimal. */
export interface LoggedDigest {
  readonly kind: AddressKind;
  readonly digest: string;
  /** Up to when it is closed, of an address that was another's by then; null: since the erasure, and altogether. */
  readonly until: string | null;
}

export function loggedOf(closings: readonly Closing[]): LoggedDigest[] {
  return closings.map(({ kind, digest, since, isHandedOn }) => ({ kind, digest: digest.toString('hex'), until: isHandedOn ? since.toISOString() : null }));
}

/** @param since when the erasure was logged */
export function closingOf({ kind, digest, until }: LoggedDigest, since: Date): Closing {
  return { kind, digest: Buffer.from(digest, 'hex'), since: until === null ? since : new Date(until), isHandedOn: until !== null };
}
