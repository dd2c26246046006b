import type { Channel } from '#contracts/channel.js';
import type { Projection } from '#contracts/projection.v1.js';
import { type Person, usableConsents } from '../consents/eligibility.js';
import type { ConsentJson, CustomerRow } from '../customers/customer.row.js';
import type { Closures } from '../suppression/closure.js';

/** The purpose whose consents decide what marketing may hold. */
export const MARKETING_PURPOSE = 'marketing';

/** What decides the channels of a customer: columns of hers, and what is suppressed of her addresses. */
export type PersonRow = Pick<CustomerRow,
  'birth_year' | 'guardian_at' | 'email' | 'phone' | 'street_address' | 'postal_code' | 'city' | 'restricted_at' | 'objected_at' | 'ended_at' | 'consents'>
  & { readonly closures: Closures };

function usable(row: PersonRow): (ConsentJson & { decidedAt: Date })[] {
  const person: Person = {
    birthYear: row.birth_year, guardianAt: row.guardian_at, closures: row.closures, email: row.email, phone: row.phone, streetAddress: row.street_address,
    postalCode: row.postal_code, city: row.city, restrictedAt: row.restricted_at, objectedAt: row.objected_at, endedAt: row.ended_at,
  };
  const consents = row.consents.filter((c) => c.purpose === MARKETING_PURPOSE).map((c) => ({ ...c, decidedAt: new Date(c.decided_at) }));
  return usableConsents(person, consents);
}

/** The channels marketing may use for this customer now, sorted. */
export function channelsOf(row: PersonRow): Channel[] {
  return usable(row).map((c) => c.channel);
}

/**
 * What marketing may hold of a customer: of the contact data only what the usable channels need (R8), and
 * nothing at all without a usable channel.
 * @param epoch of the register's database now
 */
export function projectionOf(row: CustomerRow & PersonRow, epoch: number): Projection {
  const consents = usable(row);
  const has = (...channels: Channel[]) => consents.some((c) => channels.includes(c.channel));
  const any = consents.length > 0;
  const post = has('post');
  return {
    ref: row.ref,
    epoch,
    version: row.version,
    grants: consents.map((c) => ({
      channel: c.channel,
      grantedAt: c.decidedAt.toISOString(),
      wordingId: c.wording_id ?? '',
      wordingVersion: c.wording_version ?? 0,
      sourceSystem: c.source_system,
    })),
    firstName: any ? row.first_name : null,
    lastName: any ? row.last_name : null,
    language: any ? row.language : null,
    birthYear: any ? row.birth_year : null,
    occupation: any ? row.occupation : null,
    interests: any ? [...row.interests].sort() : [],
    email: has('email') ? row.email : null,
    phone: has('sms', 'phone') ? row.phone : null,
    streetAddress: post ? row.street_address : null,
    postalCode: post ? row.postal_code : null,
    city: post ? row.city : null,
    country: post ? row.country : null,
  };
}
