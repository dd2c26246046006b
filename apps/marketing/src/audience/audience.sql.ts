import type { EntityManager } from 'typeorm';
import type { Channel } from '#contracts/channel.js';
import { unchanged } from '../link/link.sql.js';
import { noteListRead } from '../reads/list-reads.sql.js';
import type { PersonRead } from '../reads/person-read.js';
import type { Contact } from './audience.schemas.js';
import { type Clause, SINCE } from './clause.js';
import type { Link } from './freshness.js';

/** What a channel needs to reach somebody, and no more. */
const REACH: Record<Channel, string> = {
  email: 'email',
  sms: 'phone',
  phone: 'phone',
  post: 'street_address, postal_code, city, country',
};

/** What everybody on a page is shown with, besides what reaches her. */
const ALWAYS = 'first_name, last_name, language, birth_year, occupation, interests';
/** The same as it is logged, by the names that corrections have. */
const ALWAYS_SHOWN = ['name', 'language', 'birthYear', 'occupation', 'interests', 'consents'] as const;
const REACHED_BY: Record<Channel, string> = { email: 'email', sms: 'phone', phone: 'phone', post: 'address' };

/** A page that is about to be shown. */
export interface AskedPage {
  readonly channel: Channel;
  readonly clause: Clause;
  readonly slots: readonly number[];
  readonly link: Link;
  readonly read: PersonRead;
}

interface PageRow {
  readonly ref: string;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly language: string | null;
  readonly birth_year: number | null;
  readonly occupation: string | null;
  readonly interests: string[];
  readonly granted_at: Date;
  readonly email?: string;
  readonly phone?: string;
  readonly street_address?: string | null;
  readonly postal_code?: string | null;
  readonly city?: string | null;
  readonly country?: string | null;
}

/**
 * The people of those slots who are on the list at this moment, in the order of slots, which are theirs for ever: no page
 * shows anybody twice. Nobody, when what was judged by `link` is not so any more. The same statement logs the read of exactly these people.
 */
export async function readPeople(manager: EntityManager, { channel, clause, slots, link, read }: AskedPage): Promise<Contact[]> {
  const values = [...clause.values];
  const place = (value: unknown): string => `$${values.push(value)}`;
  const rows = await manager.query<PageRow[]>(
    `WITH shown AS (
       SELECT slot, ref, ${ALWAYS}, ${SINCE[channel]} AS granted_at, ${REACH[channel]}
         FROM contact
        WHERE slot = ANY (${place(slots)}::integer[]) AND ${clause.text} AND ${unchanged(link, place)}),
     noted AS (${noteListRead({ ...read, channel, fields: [...ALWAYS_SHOWN, REACHED_BY[channel]] }, 'shown', place)})
     SELECT ref, ${ALWAYS}, granted_at, ${REACH[channel]} FROM shown ORDER BY slot`,
    values,
  );
  return rows.map((row) => toContact(channel, row));
}

export async function countPeople(manager: EntityManager, clause: Clause): Promise<number> {
  const [{ count }] = await manager.query<[{ count: number }]>(
    `SELECT count(*) AS count FROM contact WHERE ${clause.text}`, [...clause.values],
  );
  return count;
}

function toContact(channel: Channel, row: PageRow): Contact {
  return {
    ref: row.ref,
    firstName: row.first_name,
    lastName: row.last_name,
    language: row.language,
    birthYear: row.birth_year,
    occupation: row.occupation,
    interests: row.interests,
    grantedAt: row.granted_at.toISOString(),
    ...(row.email === undefined ? {} : { email: row.email }),
    ...(row.phone === undefined ? {} : { phone: row.phone }),
    ...(channel === 'post' ? { address: addressOf(row) } : {}),
  };
}

function addressOf({ street_address, postal_code, city, country }: PageRow): Contact['address'] {
  return { street: street_address ?? null, postalCode: postal_code ?? null, city: city ?? null, country: country ?? null };
}
