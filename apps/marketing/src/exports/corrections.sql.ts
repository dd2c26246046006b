import type { EntityManager } from 'typeorm';
import type { Channel } from '#contracts/channel.js';
import type { CorrectedField } from './presets.js';

export interface CorrectionRow {
  readonly ref: string;
  readonly channel: Channel;
  readonly fields: CorrectedField[];
  readonly noticedAt: Date;
  readonly number: number;
}

/** Whose data a recipient must correct and has not said that it has, in the order of numbers. */
export function readCorrections(manager: EntityManager, recipient: string, since: number, limit: number): Promise<CorrectionRow[]> {
  return manager.query<CorrectionRow[]>(
    `SELECT s.ref, e.channel, e.fields, e.noticed_at AS "noticedAt", e.number FROM export_correction AS e JOIN ref_state AS s ON s.slot = e.slot
      WHERE e.recipient = $1 AND e.acknowledged_at IS NULL AND e.number > $2 ORDER BY e.number LIMIT $3`,
    [recipient, since, limit],
  );
}

/** Returns how many. */
export async function acknowledgeCorrections(manager: EntityManager, recipient: string, upTo: number, by: string): Promise<number> {
  const [{ acknowledged }] = await manager.query<[{ acknowledged: number }]>(
    `WITH told AS (
       UPDATE export_correction SET acknowledged_at = now(), acknowledged_by = $3 WHERE recipient = $1 AND number <= $2 AND acknowledged_at IS NULL RETURNING slot)
     SELECT count(DISTINCT slot) AS acknowledged FROM told`,
    [recipient, upTo, by],
  );
  return acknowledged;
}

/** A file is taken that was made before these corrections: it brings the old data once more, so they must be told of once more. */
export async function forgetAcknowledgedOfOlderFile(manager: EntityManager, exportId: string): Promise<void> {
  await manager.query(
    `DELETE FROM export_correction AS e USING export AS x
      WHERE x.id = $1 AND e.recipient = x.recipient AND e.channel = x.channel AND e.acknowledged_at IS NOT NULL AND e.version > x.stored_version`,
    [exportId],
  );
}
