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

/** In a fixed order, so that the rows of many people are objects of one shape. */
const CONTACT = { firstName: 'first_name', lastName: 'last_name', email: 'email', phone: 'phone', language: 'language' } as const;
const DEMOGRAPHICS = { birthYear: 'birth_year', occupation: 'occupation' } as const;

const COLUMNS = [
  ...Object.entries(CONTACT).map(([field, column]) => ({ group: 'contact', field, column, name: `contact.${field}` }) as const),
  ...Object.entries(DEMOGRAPHICS).map(([field, column]) => ({ group: 'demographics', field, column, name: `demographics.${field}` }) as const),
];

/** The changes a create or patch body asks for: absent stays, null clears (RFC 7396). */
export function changesOf({ contact, demographics, interests }: Pick<CreateCustomer | PatchCustomer, 'contact' | 'demographics' | 'interests'>): FieldChanges {
  const values: Record<string, unknown> = {};
  const [set, cleared]: [string[], string[]] = [[], []];
  const groups: Readonly<Record<'contact' | 'demographics', Readonly<Record<string, unknown>> | undefined>> = { contact, demographics };
  for (const { group, field, column, name } of COLUMNS) {
    const value = groups[group]?.[field];
    if (value === undefined) continue;
    values[column] = value;
    (value === null ? cleared : set).push(name);
  }
  const address = contact?.address;
  if (address !== undefined) {
    values['street_address'] = address?.street ?? null;
    values['postal_code'] = address?.postalCode ?? null;
    values['city'] = address?.city ?? null;
    values['country'] = address?.country ?? null;
    (address === null ? cleared : set).push('contact.address');
  }
  if (interests !== undefined) {
    values['interests'] = interests ?? [];
    (interests === null || interests.length === 0 ? cleared : set).push('interests');
  }
  return { values, set, cleared };
}
