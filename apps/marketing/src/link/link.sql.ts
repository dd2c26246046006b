import type { EntityManager } from 'typeorm';
import type { Watermark } from '#contracts/watermark.v1.js';
import type { Link } from '../audience/freshness.js';

/** A row of `LINK_COLUMNS`. */
export interface LinkRow {
  readonly marketingEpoch: string;
  readonly registerEpoch: number | null;
  readonly watermark: Date | null;
  readonly watermarkEpoch: number;
  readonly watermarkMarketingEpoch: string | null;
  readonly issuedAt: Date;
  readonly receivedAt: Date;
  readonly pending: number | null;
  readonly reconcileDue: boolean;
  readonly audienceVersion: number;
  readonly now: Date;
  readonly begunAt: Date;
}

/** The link as it stands, the database's clock, and the register's own count of what waits. */
export interface LinkNow {
  readonly link: Link;
  readonly now: Date;
  /** The database's clock when the transaction began in which the link was read. */
  readonly begunAt: Date;
  readonly pending: number | null;
  /** Version of the contacts that this freshness is of. */
  readonly audienceVersion: number;
}

/** What `toLinkNow` reads, from `link_state`. */
export const LINK_COLUMNS = `
  marketing_epoch AS "marketingEpoch", register_epoch AS "registerEpoch", watermark,
  watermark_epoch AS "watermarkEpoch", watermark_marketing_epoch AS "watermarkMarketingEpoch",
  issued_at AS "issuedAt", received_at AS "receivedAt", pending, reconcile_due AS "reconcileDue",
  (SELECT version FROM audience_version) AS "audienceVersion", clock_timestamp() AS now, now() AS "begunAt"`;

export async function readLink(manager: EntityManager): Promise<LinkNow> {
  const [row] = await manager.query<[LinkRow]>(`SELECT ${LINK_COLUMNS} FROM link_state`);
  return toLinkNow(row);
}

export function toLinkNow(row: LinkRow): LinkNow {
  const { marketingEpoch, registerEpoch, watermark, issuedAt, receivedAt, reconcileDue } = row;
  const heard = watermark === null ? null : {
    epoch: row.watermarkEpoch, marketingEpoch: row.watermarkMarketingEpoch, watermark, issuedAt, receivedAt,
  };
  return { link: { marketingEpoch, registerEpoch, heard, reconcileDue }, now: row.now, begunAt: row.begunAt, pending: row.pending, audienceVersion: row.audienceVersion };
}

/**
 * A condition that holds while both sides speak of the incarnations they spoke of in `link`, lists were open then, and the database
 * was not put back meanwhile. What was judged by `link` is good for contacts read under it, too: within one incarnation time only takes
 * people away.
 */
export function unchanged({ marketingEpoch, registerEpoch, heard }: Link, place: (value: unknown) => string): string {
  return `EXISTS (SELECT 1 FROM link_state WHERE NOT reconcile_due AND marketing_epoch = ${place(marketingEpoch)}::uuid
    AND register_epoch = ${place(registerEpoch)}::bigint AND watermark_epoch = ${place(heard?.epoch)}::bigint
    AND watermark_marketing_epoch = ${place(heard?.marketingEpoch)}::uuid AND issued_at >= ${place(heard?.issuedAt)}::timestamptz)`;
}

/**
 * Keeps the newest watermark by issue time. Within one pair of epochs W never goes back; another pair starts anew,
 * however low. A lower epoch of the register is the past talking and is ignored. True when it was kept.
 */
export async function storeWatermark(manager: EntityManager, heard: Watermark): Promise<boolean> {
  const [{ kept }] = await manager.query<[{ kept: number }]>(
    `WITH kept AS (
       UPDATE link_state
          SET reconcile_due = reconcile_due OR coalesce(register_epoch < $1, false),
              register_epoch = $1,
              watermark = CASE WHEN watermark_epoch = $1 AND watermark_marketing_epoch IS NOT DISTINCT FROM $2::uuid
                               THEN greatest(watermark, $3::timestamptz) ELSE $3::timestamptz END,
              watermark_epoch = $1, watermark_marketing_epoch = $2::uuid,
              issued_at = $4::timestamptz, received_at = clock_timestamp(), pending = $5
        WHERE (register_epoch IS NULL OR register_epoch <= $1::bigint)
          AND (issued_at IS NULL OR watermark_epoch < $1 OR issued_at < $4::timestamptz)
       RETURNING 1)
     SELECT count(*) AS kept FROM kept`,
    [heard.epoch, heard.marketingEpoch, heard.watermark, heard.issuedAt, heard.pending],
  );
  return kept > 0;
}

/** Notes that the register speaks with this epoch; a rise closes the lists until both sides were compared. */
export async function noteRegisterEpoch(manager: EntityManager, epoch: number): Promise<void> {
  await manager.query(
    `UPDATE link_state SET reconcile_due = reconcile_due OR register_epoch IS NOT NULL, register_epoch = $1
      WHERE register_epoch IS NULL OR register_epoch < $1::bigint`,
    [epoch],
  );
}

/** A new incarnation of marketing, after a restore: lists stay closed until the register has told everything anew. */
export async function raiseMarketingEpoch(manager: EntityManager): Promise<string> {
  const [{ epoch }] = await manager.query<[{ epoch: string }]>(
    `WITH raised AS (UPDATE link_state SET marketing_epoch = gen_random_uuid(), reconcile_due = true RETURNING marketing_epoch)
     SELECT marketing_epoch AS epoch FROM raised`,
  );
  return epoch;
}
