/** Who stands on an envelope, and where it goes. */
export interface PostalName {
  readonly firstName: string;
  readonly lastName: string;
  readonly street: string;
  readonly postalCode: string;
}

/** A name with a postal address as it is compared: letters and digits only, lower case, NFKC. */
export function normalisePostal({ firstName, lastName, street, postalCode }: PostalName): string {
  return [firstName, lastName, street, postalCode].map((text) => text.normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{N}\p{M}]/gu, '')).join('\0');
}
