import type { EntityManager } from 'typeorm';
import type { Order } from '#contracts/order.js';
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

/** The data has come (or there is none to come): remembers its order. The caller holds the rows. */
export async function settle(manager: EntityManager, orders: readonly (Order & { ref: string })[]): Promise<void> {
  await manager.query(
    `UPDATE ref_state AS s SET epoch = i.epoch, version = i.version, awaiting_data = false, pull_after = NULL
       FROM jsonb_to_recordset($1::jsonb) AS i (ref uuid, epoch bigint, version bigint)
      WHERE s.ref = i.ref AND NOT s.erased`,
    [JSON.stringify(orders)],
  );
}

const NAMES = CONTACT_COLUMNS.map(([name]) => name);
const DATA_NAMES = NAMES.filter((name) => name !== 'ref');
const UPSERT_CONTACTS = `
  INSERT INTO contact (${NAMES.join(', ')})
  SELECT ${NAMES.join(', ')}
    FROM jsonb_to_recordset($1::jsonb) AS i (${CONTACT_COLUMNS.map(([name, type]) => `${name} ${type}`).join(', ')})
  ON CONFLICT (ref) DO UPDATE
    SET (${DATA_NAMES.join(', ')}) = ROW (${DATA_NAMES.map((name) => `EXCLUDED.${name}`).join(', ')})`;

/** Stores whole contacts, over what was there. The caller holds the rows of `ref_state`. */
export async function storeContacts(manager: EntityManager, rows: readonly ContactRow[]): Promise<void> {
  await manager.query(UPSERT_CONTACTS, [JSON.stringify(rows)]);
}
