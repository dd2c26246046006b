import type { EntityManager } from 'typeorm';
import type { Order } from '#contracts/order.js';
import type { AddressDigests } from '../contacts/address-digests.js';
import { CONTACT_COLUMNS, type ContactRow } from '../contacts/contact-row.js';

/**
 * Takes up to `limit` references whose data is awaited and due, for `leaseSeconds`: another instance asks for others
 * meanwhile, and no row stays locked while the register is asked, so a removal never waits for a pull.
 */
export async function claimAwaiting(manager: EntityManager, limit: number, leaseSeconds: number): Promise<string[]> {
  const rows = await manager.query<{ ref: string }[]>(
    `WITH due AS (SELECT ref FROM ref_state WHERE awaiting_data AND pull_after <= now()
                   ORDER BY pull_after LIMIT $1 FOR UPDATE SKIP LOCKED),
          claimed AS (UPDATE ref_state AS s SET pull_after = now() + make_interval(secs => $2)
                        FROM due WHERE s.ref = due.ref RETURNING s.ref)
     SELECT ref FROM claimed`,
    [limit, leaseSeconds],
  );
  return rows.map(({ ref }) => ref);
}

/** Ends every lease: whoever held one died with the process before this one, and asking twice does no harm. */
export async function endLeases(manager: EntityManager): Promise<void> {
  await manager.query('UPDATE ref_state SET pull_after = now() WHERE awaiting_data AND pull_after > now()');
}

/** Puts references back: to be asked for again after `seconds`. */
export async function postpone(manager: EntityManager, refs: readonly string[], seconds: number): Promise<void> {
  await manager.query(
    `UPDATE ref_state SET pull_after = now() + make_interval(secs => $2)
      WHERE awaiting_data AND ref = ANY (SELECT ref FROM ref_state WHERE ref = ANY ($1::uuid[]) ORDER BY ref FOR UPDATE)`,
    [refs, seconds],
  );
}

export interface Settled extends Order {
  readonly ref: string;
  /** A contact will be stored: it gets a slot, if it never had one. */
  readonly held: boolean;
}

/**
 * The data has come (or there is none to come): remembers its order. The caller holds the rows. Slots are given here and not
 * by a default of the column, because a default draws a number for every conflicting insert too: bitmaps would be mostly holes.
 */
export async function settle(manager: EntityManager, settled: readonly Settled[]): Promise<void> {
  await manager.query(
    `UPDATE ref_state AS s SET epoch = i.epoch, version = i.version, awaiting_data = false, pull_after = NULL,
            slot = CASE WHEN i.held THEN coalesce(s.slot, nextval('contact_slot')) ELSE s.slot END
       FROM jsonb_to_recordset($1::jsonb) AS i (ref uuid, epoch bigint, version bigint, held boolean)
      WHERE s.ref = i.ref AND NOT s.erased`,
    [JSON.stringify(settled)],
  );
}

const STORED: readonly (readonly [name: keyof ContactRow | keyof AddressDigests, type: string])[] =
  [...CONTACT_COLUMNS, ['email_digest', 'bytea'], ['phone_digest', 'bytea']];
const NAMES = STORED.map(([name]) => name);
const DATA_NAMES = NAMES.filter((name) => name !== 'ref');
const UPSERT_CONTACTS = `
  INSERT INTO contact (slot, ${NAMES.join(', ')})
  SELECT s.slot, ${NAMES.map((name) => `i.${name}`).join(', ')}
    FROM jsonb_to_recordset($1::jsonb) AS i (${STORED.map(([name, type]) => `${name} ${type}`).join(', ')})
    JOIN ref_state AS s ON s.ref = i.ref
  ON CONFLICT (ref) DO UPDATE
    SET (${DATA_NAMES.join(', ')}) = ROW (${DATA_NAMES.map((name) => `EXCLUDED.${name}`).join(', ')})`;

/** Stores whole contacts, over what was there. The caller holds the rows of `ref_state`, and has settled them. */
export async function storeContacts(manager: EntityManager, rows: readonly (ContactRow & AddressDigests)[]): Promise<void> {
  await manager.query(UPSERT_CONTACTS, [JSON.stringify(rows)]);
}
