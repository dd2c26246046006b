import type { Client } from 'pg';
import { ERASED, FIELDS, HELD, OPTED_IN, REMEMBERED_ERASED, TOMBSTONES_WITH_DATA } from './opted-in.sql.js';

/** What still moves between the two sides; at rest every number is 0. */
export interface Unrest {
  /** Customers with a change that marketing has not answered. */
  readonly pending: number;
  readonly openErasures: number;
  /** Contacts whose data marketing awaits. */
  readonly awaiting: number;
  /** Answers marketing has not sent. */
  readonly answers: number;
  readonly parked: number;
}

/** The outcome of the full join. References and names of fields only, never values. */
export interface Verdict {
  readonly optedIn: number;
  readonly contacts: number;
  readonly differing: readonly { readonly ref: string; readonly fields: readonly string[] }[];
  /** Opted in, and not held by marketing. */
  readonly missing: readonly string[];
  /** Held by marketing, and not opted in. */
  readonly extra: readonly string[];
  /** Rows of marketing with data of somebody who is out. */
  readonly tombstonesWithData: number;
  /** Closed erasure cases that marketing does not remember. */
  readonly forgotten: readonly string[];
}

export interface Sides {
  readonly register: Client;
  readonly marketing: Client;
}

type Row = Readonly<Record<string, unknown>> & { readonly ref: string };

/** True when marketing is exactly the opted-in customers. */
export function isEqual({ differing, missing, extra, tombstonesWithData, forgotten }: Verdict): boolean {
  return differing.length + missing.length + extra.length + tombstonesWithData + forgotten.length === 0;
}

export async function readUnrest({ register, marketing }: Sides): Promise<Unrest> {
  const { rows: [here] } = await register.query<{ pending: number; open: number }>(
    `SELECT (SELECT count(*) FROM sync_pending)::int AS pending,
            (SELECT count(*) FROM erasure_case WHERE answered_at IS NULL)::int AS open`);
  const { rows: [there] } = await marketing.query<{ awaiting: number; answers: number; parked: number }>(
    `SELECT (SELECT count(*) FROM ref_state WHERE awaiting_data)::int AS awaiting,
            (SELECT count(*) FROM answer)::int AS answers, (SELECT count(*) FROM parked)::int AS parked`);
  if (!here || !there) throw new Error('a count came without a row');
  return { pending: here.pending, openErasures: here.open, ...there };
}

export function isAtRest(unrest: Unrest): boolean {
  return Object.values(unrest).every((count: number) => count === 0);
}

/** More people than this are compared in 256 slices, by the first byte of the reference, so that memory stays flat. */
const AT_ONCE = 20_000;

/** Compares both sides field by field. */
export async function compareSides({ register, marketing }: Sides): Promise<Verdict> {
  const found = { optedIn: 0, contacts: 0, differing: [] as { ref: string; fields: string[] }[], missing: [] as string[], extra: [] as string[], forgotten: [] as string[] };
  const { rows: [size] } = await register.query<{ customers: number }>('SELECT count(*)::int AS customers FROM customer');
  const bytes = (size?.customers ?? 0) > AT_ONCE ? 1 : 256;
  const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
  for (let byte = 0; byte < 256; byte += bytes) {
    const range = [`${hex(byte)}000000-0000-0000-0000-000000000000`, `${hex(byte + bytes - 1)}ffffff-ffff-ffff-ffff-ffffffffffff`];
    const read = async (side: Client, statement: string): Promise<Map<string, Row>> =>
      new Map((await side.query<Row>(statement, range)).rows.map((row) => [row.ref, row]));
    const [wanted, held] = await Promise.all([read(register, OPTED_IN), read(marketing, HELD)]);
    const [erased, remembered] = await Promise.all([read(register, ERASED), read(marketing, REMEMBERED_ERASED)]);
    found.optedIn += wanted.size;
    found.contacts += held.size;
    found.extra.push(...[...held.keys()].filter((ref) => !wanted.has(ref)));
    found.forgotten.push(...[...erased.keys()].filter((ref) => !remembered.has(ref)));
    for (const [ref, row] of wanted) {
      const other = held.get(ref);
      if (other === undefined) found.missing.push(ref);
      else {
        const fields = FIELDS.filter((field) => JSON.stringify(row[field] ?? null) !== JSON.stringify(other[field] ?? null));
        if (fields.length > 0) found.differing.push({ ref, fields });
      }
    }
  }
  const { rows: [row] } = await marketing.query<{ count: number }>(TOMBSTONES_WITH_DATA);
  return { ...found, tombstonesWithData: row?.count ?? 0 };
}
