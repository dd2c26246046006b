import type { Channel } from '#contracts/channel.js';
import { actorTold } from '../access-log/reader-shown.js';
import type { Decision } from '../consents/consent.js';
import type { Provenance } from './provenance.js';
import type { CustomerView } from './customers.schemas.js';

/** One consent inside a customer row; times as PostgreSQL writes them in JSON. */
export interface ConsentJson {
  readonly purpose: string;
  readonly channel: Channel;
  readonly decision: Decision;
  readonly decided_at: string;
  readonly wording_id: string | null;
  readonly wording_version: number | null;
  readonly source_system: string;
}

/** A customer with the consents in force, as CUSTOMER_COLUMNS selects them. */
export interface CustomerRow {
  readonly id: string;
  readonly ref: string;
  readonly version: number;
  readonly known_to_marketing: boolean;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly street_address: string | null;
  readonly postal_code: string | null;
  readonly city: string | null;
  readonly country: string | null;
  readonly language: string | null;
  readonly birth_year: number | null;
  readonly guardian_at: Date | null;
  readonly occupation: string | null;
  readonly interests: string[];
  readonly provenance: Provenance;
  readonly restricted_at: Date | null;
  readonly restriction_reason: string | null;
  readonly objected_at: Date | null;
  readonly ended_at: Date | null;
  readonly end_reason: string | null;
  readonly active_at: Date;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly consents: ConsentJson[];
}

/** A customer as the API shows her. */
export function viewOf(row: CustomerRow): CustomerView {
  const { street_address: street, postal_code: postalCode, city, country } = row;
  return {
    id: row.id,
    version: row.version,
    contact: {
      firstName: row.first_name, lastName: row.last_name, email: row.email, phone: row.phone,
      address: street !== null && postalCode !== null && city !== null && country !== null ? { street, postalCode, city, country } : null,
      language: row.language,
    },
    demographics: { birthYear: row.birth_year, occupation: row.occupation },
    interests: row.interests,
    consents: row.consents.map(consentView),
    restriction: row.restricted_at && row.restriction_reason !== null ? { since: row.restricted_at.toISOString(), reason: row.restriction_reason } : null,
    objection: row.objected_at ? { since: row.objected_at.toISOString() } : null,
    guardianConsent: row.guardian_at ? { since: row.guardian_at.toISOString() } : null,
    end: row.ended_at && row.end_reason !== null ? { at: row.ended_at.toISOString(), reason: row.end_reason } : null,
    sources: row.provenance,
    activeAt: row.active_at.toISOString(),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** As the person herself sees it: not who wrote a value (see access-log/reader-shown.ts). */
export function ownViewOf(row: CustomerRow): CustomerView {
  const sources = Object.entries(row.provenance).map(([field, origin]) => [field, { ...origin, actor: actorTold(origin.actor, 'customer') }] as const);
  return { ...viewOf(row), sources: Object.fromEntries(sources) };
}

export function consentView(consent: ConsentJson): CustomerView['consents'][number] {
  const { wording_id: id, wording_version: version } = consent;
  return {
    purpose: consent.purpose,
    channel: consent.channel,
    decision: consent.decision,
    decidedAt: new Date(consent.decided_at).toISOString(),
    wording: id !== null && version !== null ? { id, version } : null,
    sourceSystem: consent.source_system,
  };
}

/** The names of the fields a reader was shown, for the read log: only those that hold something. */
export function shownFields(row: CustomerRow): string[] {
  return [
    ...Object.keys(row.provenance),
    ...(row.consents.length > 0 ? ['consents'] : []),
    ...(row.restricted_at ? ['restriction'] : []),
    ...(row.objected_at ? ['objection'] : []),
    ...(row.ended_at ? ['end'] : []),
    ...(row.guardian_at ? ['guardianConsent'] : []),
  ].sort();
}

/** What an erasure has to know of somebody. */
export type RowToErase = Pick<CustomerRow, 'id' | 'ref' | 'first_name' | 'last_name' | 'email' | 'phone' | 'street_address' | 'postal_code' | 'restricted_at' | 'restriction_reason' | 'ended_at'>;

/** A row of READ_TO_ERASE. */
export interface LockedToErase extends RowToErase {
  /** When the register was told of the end of the relationship. */
  readonly end_told_at: Date | null;
}
