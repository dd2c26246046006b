import { normaliseEmail } from '#addresses/email.js';
import { normalisePostal } from '#addresses/postal.js';
import type { AddressKind } from './suppression-digest.js';

/** What of a record says where its person is reached; columns of `customer`. */
export interface Addresses {
  readonly email: string | null;
  readonly phone: string | null;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly street_address: string | null;
  readonly postal_code: string | null;
}

/** One address of somebody. */
export interface Address {
  readonly kind: AddressKind;
  /** As it was written: the email, the phone; or first name, last name, street and postal code. */
  readonly texts: readonly string[];
  /** As it is compared. */
  readonly normalised: string;
}

/** An address that somebody had until it was overwritten. */
export interface FormerValue extends Address {
  readonly replacedAt: Date;
  /** It is another customer's own now. */
  readonly isHandedOn: boolean;
}

/**
 * Most former values of a kind, the latest. Whoever has more of one kind is a program gone wrong; and the messages that carry what is looked
 * for have room for no more than 20 groups a person (libs/contracts/search.v1.ts).
 */
export const MOST_FORMER = 10;

/** Every address of the record. */
export function addressesOf({ email, phone, first_name: firstName, last_name: lastName, street_address: street, postal_code: postalCode }: Addresses): Address[] {
  return [
    ...(email === null ? [] : [addressFrom('email', [email])]),
    ...(phone === null ? [] : [addressFrom('phone', [phone])]),
    // Less than all of it would be a whole family, or a whole street.
    ...(firstName === null || lastName === null || street === null || postalCode === null ? [] : [addressFrom('post', [firstName, lastName, street, postalCode])]),
  ];
}

/** As `addressesOf` has made it of these texts. */
export function addressFrom(kind: AddressKind, texts: readonly string[]): Address {
  const [first = '', lastName = '', street = '', postalCode = ''] = texts;
  switch (kind) {
    case 'email': return { kind, texts, normalised: normaliseEmail(first) };
    case 'phone': return { kind, texts, normalised: first };
    case 'post': return { kind, texts, normalised: normalisePostal({ firstName: first, lastName, street, postalCode }) };
    default: return kind satisfies never;
  }
}

/** What the record had before and has no more. Written another way it is the same. */
export function overwritten(before: Addresses, after: Addresses): Address[] {
  const kept = addressesOf(after);
  return addressesOf(before).filter((was) => !kept.some((is) => is.kind === was.kind && is.normalised === was.normalised));
}
