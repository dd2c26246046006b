import type { CreateCustomer, PatchCustomer } from './customers.schemas.js';
import type { CustomerRow } from './customer.row.js';

/** The fields a caller can set, as the register stores them. */
export type CustomerFields = Pick<CustomerRow,
  'first_name' | 'last_name' | 'email' | 'phone' | 'street_address' | 'postal_code' | 'city' | 'country' | 'language' | 'birth_year' | 'occupation' | 'interests'>;

/** What a request says about fields: names as in the API, for provenance; values as in the store. */
export interface FieldChanges {
  readonly values: Partial<CustomerFields>;
  /** Names of fields that were given a value. */
  readonly set: readonly string[];
  /** Names of fields that were cleared. */
  readonly cleared: readonly string[];
}

export const NO_FIELDS: CustomerFields = {
  first_name: null, last_name: null, email: null, phone: null, street_address: null, postal_code: null, city: null, country: null,
  language: null, birth_year: null, occupation: null, interests: [],
};

const SIMPLE = {
  'contact.firstName': 'first_name', 'contact.lastName': 'last_name', 'contact.email': 'email', 'contact.phone': 'phone',
  'contact.language': 'language', 'demographics.birthYear': 'birth_year', 'demographics.occupation': 'occupation',
} as const;

/** The changes a create or patch body asks for: absent stays, null clears (RFC 7396). */
export function changesOf(body: Pick<CreateCustomer | PatchCustomer, 'contact' | 'demographics' | 'interests'>): FieldChanges {
  const flat: Record<string, unknown> = {
    ...prefixed('contact', body.contact),
    ...prefixed('demographics', body.demographics),
    interests: body.interests,
  };
  const values: Record<string, unknown> = {};
  for (const [name, column] of Object.entries(SIMPLE)) if (flat[name] !== undefined) values[column] = flat[name];
  const address = flat['contact.address'] as { street: string; postalCode: string; city: string; country: string } | null | undefined;
  if (address !== undefined) {
    values['street_address'] = address?.street ?? null;
    values['postal_code'] = address?.postalCode ?? null;
    values['city'] = address?.city ?? null;
    values['country'] = address?.country ?? null;
  }
  if (body.interests !== undefined) values['interests'] = body.interests ?? [];
  const named = Object.entries(flat).filter(([, value]) => value !== undefined);
  const isEmpty = (value: unknown) => value === null || (Array.isArray(value) && value.length === 0);
  return {
    values,
    set: named.filter(([, value]) => !isEmpty(value)).map(([name]) => name),
    cleared: named.filter(([, value]) => isEmpty(value)).map(([name]) => name),
  };
}

function prefixed(prefix: string, object: object | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object ?? {}).map(([key, value]) => [`${prefix}.${key}`, value]));
}
