import type { EntityManager } from 'typeorm';
import type { Channel } from '#contracts/channel.js';
import { SINCE } from '../audience/clause.js';

/**
 * A file that is taken again brings back whoever had gone, was acknowledged, and has returned: from now on she counts as never gone. So does
 * everybody else who is in the file, be it that she left a moment ago: she goes out once more, and must be told of once more.
 */
export async function forgetAcknowledgedOfReturned(manager: EntityManager, exportId: string, channel: Channel): Promise<void> {
  await manager.query(
    `DELETE FROM export_removal AS r
      WHERE r.export_id = $1
        AND (EXISTS (SELECT 1 FROM contact AS c WHERE c.slot = r.slot AND c.${SINCE[channel]} IS NOT NULL)
          OR EXISTS (SELECT 1 FROM export_block AS b
                      WHERE b.export_id = $1 AND b.block = r.slot >> 16 AND b.stored IS NOT NULL AND get_bit(b.stored, r.slot & 65535) = 1))`, [exportId],
  );
}

export interface RemovalRow {
  readonly ref: string;
  readonly channel: Channel;
  readonly erased: boolean;
  readonly noticedAt: Date;
  readonly exports: string[];
  readonly number: number;
}

/** Who must go and has not been acknowledged, once per person and channel, in the order of the latest number. */
export function readRemovals(
  manager: EntityManager, { recipient, exportId }: { recipient: string; exportId?: string | undefined }, since: number, limit: number,
): Promise<RemovalRow[]> {
  return manager.query<RemovalRow[]>(
    `SELECT s.ref, r.channel, s.erased, r.noticed_at AS "noticedAt", r.exports, r.number
       FROM (SELECT m.slot, x.channel, min(m.noticed_at) AS noticed_at, array_agg(x.id ORDER BY x.number)::text[] AS exports, max(m.number) AS number
               FROM export_removal AS m JOIN export AS x ON x.id = m.export_id
              WHERE m.recipient = $1 AND m.acknowledged_at IS NULL AND ($2::uuid IS NULL OR m.export_id = $2)
              GROUP BY m.slot, x.channel HAVING max(m.number) > $3 ORDER BY max(m.number) LIMIT $4) AS r
       JOIN ref_state AS s ON s.slot = r.slot
      ORDER BY r.number`,
    [recipient, exportId ?? null, since, limit],
  );
}

/** Of all exports to the recipient, or of one. Returns how many people. */
export async function acknowledge(
  manager: EntityManager, { recipient, exportId }: { recipient: string; exportId?: string | undefined }, upTo: number, by: string,
): Promise<number> {
  const [{ acknowledged }] = await manager.query<[{ acknowledged: number }]>(
    `WITH gone AS (
       UPDATE export_removal SET acknowledged_at = now(), acknowledged_by = $3
        WHERE recipient = $1 AND number <= $2 AND acknowledged_at IS NULL AND ($4::uuid IS NULL OR export_id = $4) RETURNING slot)
     SELECT count(DISTINCT slot) AS acknowledged FROM gone`,
    [recipient, upTo, by, exportId ?? null],
  );
  return acknowledged;
}
