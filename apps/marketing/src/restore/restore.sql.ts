import type { EntityManager } from 'typeorm';
import type { Remembered } from '#contracts/remembered.v1.js';
import { forgetStored } from '../exports/exports.sql.js';
import { eraseEverywhere, lockStored, remember } from '../intake/intake.sql.js';
import { forgetMembers } from '../segments/snapshots.sql.js';

/** What is remembered of a reference that this database never heard of, or has forgotten: anything the register says is newer. */
const OLDEST = { epoch: 1, version: 1 } as const;

/**
 * Erases references as a message of their erasure would, whatever this database knew of them: a restored one has forgotten
 * erasures, and references too. Returns how many were not erased here before.
 */
export async function eraseForgotten(manager: EntityManager, refs: readonly string[]): Promise<number> {
  const stored = new Map((await lockStored(manager, refs)).map((row) => [row.ref, row]));
  const rows = [...new Set(refs)].flatMap((ref) => {
    const { epoch, version, erased } = stored.get(ref) ?? { ...OLDEST, erased: false };
    return erased ? [] : [{ ref, epoch, version, awaitingData: false, erased: true }];
  });
  if (rows.length > 0) await remember(manager, rows);
  await eraseEverywhere(manager, refs);
  await forgetMembers(manager, refs);
  return rows.length;
}

/** Ends every export that is not over: how it went on after the backup is not known. Returns how many. */
export async function endOpenExports(manager: EntityManager): Promise<number> {
  const ended = await manager.query<{ id: string }[]>(
    `WITH ended AS (
       UPDATE export SET state = 'failed', reason = CASE state WHEN 'ready' THEN 'file-lost' ELSE 'interrupted' END,
              ended_at = now(), file = NULL, clean_due = false, worker = NULL, worker_until = NULL
        WHERE state IN ('waiting', 'running', 'ready') RETURNING id)
     SELECT id FROM ended`,
  );
  if (ended.length > 0) await forgetStored(manager, ended.map(({ id }) => id));
  return ended.length;
}

/** What is remembered of the references behind the given one, in their order; at most `limit`. */
export function readMemory(manager: EntityManager, behind: string, limit: number): Promise<Omit<Remembered, 'schema'>[]> {
  return manager.query<Omit<Remembered, 'schema'>[]>(
    `SELECT s.ref, s.epoch, s.version, s.erased,
            array_remove(ARRAY[CASE WHEN c.email_since IS NOT NULL THEN 'email' END, CASE WHEN c.sms_since IS NOT NULL THEN 'sms' END,
              CASE WHEN c.phone_since IS NOT NULL THEN 'phone' END, CASE WHEN c.post_since IS NOT NULL THEN 'post' END], NULL) AS channels
       FROM ref_state AS s LEFT JOIN contact AS c ON c.ref = s.ref
      WHERE s.ref > $1::uuid ORDER BY s.ref LIMIT $2`,
    [behind, limit],
  );
}
