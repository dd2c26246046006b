import type { EntityManager } from 'typeorm';
import type { Order } from '#contracts/order.js';
import { BUCKETS } from '#contracts/reconcile.v1.js';
import { CONTACT_COLUMNS, type ContactRow } from '../contacts/contact-row.js';
import type { RefOrder } from './comparison.js';

const COLUMNS = CONTACT_COLUMNS.map(([name]) => `c.${name}`).join(', ');

export type HeldRow = ContactRow & Order & { readonly awaitingData: boolean; readonly isStray: boolean };

/** The lowest reference of a bucket; of the one after the last there is none. */
function lowestRef(bucket: number): string | null {
  return bucket >= BUCKETS ? null : `${bucket.toString(16).padStart(2, '0')}000000-0000-0000-0000-000000000000`;
}

/** Contacts of neighbouring buckets with their order. A stray is a row that no message ever brought. */
export function readHeld(manager: EntityManager, firstBucket: number, count: number): Promise<HeldRow[]> {
  return manager.query<HeldRow[]>(
    `SELECT ${COLUMNS}, s.epoch, s.version, s.awaiting_data AS "awaitingData", s.ref IS NULL AS "isStray"
       FROM contact AS c LEFT JOIN ref_state AS s ON s.ref = c.ref
      WHERE c.ref >= $1::uuid AND ($2::uuid IS NULL OR c.ref < $2::uuid)`,
    [lowestRef(firstBucket), lowestRef(firstBucket + count)],
  );
}

export interface RememberedRow extends RefOrder {
  readonly awaitingData: boolean;
  readonly erased: boolean;
  readonly held: boolean;
}

/** Everything remembered of some references, and whether they are held by now. */
export function readRemembered(manager: EntityManager, refs: readonly string[]): Promise<RememberedRow[]> {
  return manager.query<RememberedRow[]>(
    `SELECT s.ref, s.epoch, s.version, s.awaiting_data AS "awaitingData", s.erased, c.ref IS NOT NULL AS held
       FROM ref_state AS s LEFT JOIN contact AS c ON c.ref = s.ref WHERE s.ref = ANY ($1::uuid[])`,
    [refs],
  );
}

/**
 * Lets the puller fetch the references; what is erased stays so. The order that is known stays too: the message of the newer
 * change, which may take channels away, has to find it news.
 */
export async function awaitData(manager: EntityManager, orders: readonly RefOrder[]): Promise<void> {
  await manager.query(
    `INSERT INTO ref_state AS s (ref, epoch, version, awaiting_data, pull_after)
     SELECT ref, epoch, version, true, now()
       FROM jsonb_to_recordset($1::jsonb) AS i (ref uuid, epoch bigint, version bigint) ORDER BY ref
     ON CONFLICT (ref) DO UPDATE
       SET awaiting_data = true, pull_after = EXCLUDED.pull_after
     WHERE NOT s.erased AND (s.epoch, s.version) <= (EXCLUDED.epoch, EXCLUDED.version)`,
    [JSON.stringify(orders)],
  );
}

/** Takes contacts out, unless something newer was applied since they were read. Returns those taken out. */
export async function takeOut(manager: EntityManager, orders: readonly RefOrder[]): Promise<string[]> {
  const rows = await manager.query<{ ref: string }[]>(
    `WITH unchanged AS (
       SELECT s.ref FROM ref_state AS s
         JOIN jsonb_to_recordset($1::jsonb) AS i (ref uuid, epoch bigint, version bigint)
           ON s.ref = i.ref AND (s.epoch, s.version) = (i.epoch, i.version)
        WHERE NOT s.awaiting_data ORDER BY s.ref FOR UPDATE OF s),
     gone AS (DELETE FROM contact WHERE ref IN (SELECT ref FROM unchanged) RETURNING ref)
     SELECT ref FROM gone`,
    [JSON.stringify(orders)],
  );
  return rows.map(({ ref }) => ref);
}

/** Claims the next comparison for this instance: when an epoch changed, or an hour after the latest. */
export async function claimRun(manager: EntityManager, hourly: number): Promise<boolean> {
  const [{ claimed }] = await manager.query<[{ claimed: number }]>(
    `WITH claimed AS (
       UPDATE link_state SET reconcile_claimed_at = now()
        WHERE reconcile_claimed_at < now() - make_interval(secs => CASE WHEN reconcile_due THEN 5 ELSE $1 END)
       RETURNING 1)
     SELECT count(*) AS claimed FROM claimed`,
    [hourly],
  );
  return claimed > 0;
}

/** Lists may open again, as far as this comparison is concerned: it was made between exactly these incarnations. */
export async function noteCompared(manager: EntityManager, marketingEpoch: string, registerEpoch: number): Promise<void> {
  await manager.query(
    `UPDATE link_state SET reconcile_due = false, reconcile_claimed_at = now()
      WHERE marketing_epoch = $1 AND register_epoch = $2`,
    [marketingEpoch, registerEpoch],
  );
}
