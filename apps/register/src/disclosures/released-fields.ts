import type { CustomerRow } from '../customers/customer.row.js';

/** The fields that can be disclosed, as the API names them. Permissions and states of a person are nobody else's. */
export const RELEASABLE_FIELDS = [
  'contact.firstName', 'contact.lastName', 'contact.email', 'contact.phone', 'contact.address', 'contact.language',
  'demographics.birthYear', 'demographics.occupation', 'interests',
] as const;
export type ReleasableField = (typeof RELEASABLE_FIELDS)[number];

/** Field name to value: text, year, codes, or an address with its parts. */
export type ReleasedData = Partial<Record<ReleasableField, string | number | string[] | Record<string, string | null>>>;

/** What of the fields asked for holds something; nothing else goes along. */
export function releasedData(row: CustomerRow, fields: readonly string[]): ReleasedData {
  const held = RELEASABLE_FIELDS.filter((field) => fields.includes(field)).map((field) => [field, valueOf(row, field)] as const);
  return Object.fromEntries(held.filter(([, value]) => value !== null));
}

function valueOf(row: CustomerRow, field: ReleasableField): ReleasedData[ReleasableField] | null {
  switch (field) {
    case 'contact.firstName': return row.first_name;
    case 'contact.lastName': return row.last_name;
    case 'contact.email': return row.email;
    case 'contact.phone': return row.phone;
    case 'contact.address':
      return row.street_address === null ? null : { street: row.street_address, postalCode: row.postal_code, city: row.city, country: row.country };
    case 'contact.language': return row.language;
    case 'demographics.birthYear': return row.birth_year;
    case 'demographics.occupation': return row.occupation;
    case 'interests': return row.interests.length === 0 ? null : row.interests;
    default: return field satisfies never;
  }
}
