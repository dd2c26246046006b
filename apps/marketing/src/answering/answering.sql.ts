import type { EntityManager } from 'typeorm';
import { mayHold } from '../reads/list-reads.sql.js';

export interface AnswerRow {
  readonly id: number;
  readonly ref: string;
  readonly epoch: number;
  readonly version: number;
  readonly erased: boolean;
  readonly rowsDeleted: number;
  readonly appliedAt: Date;
}

/** The oldest answers not yet sent; locked, so that another instance takes others. */
export function takeAnswers(manager: EntityManager, limit: number): Promise<AnswerRow[]> {
  return manager.query<AnswerRow[]>(
    `SELECT id, ref, epoch, version, erased, rows_deleted AS "rowsDeleted", applied_at AS "appliedAt"
       FROM answer ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [limit],
  );
}

export async function deleteAnswers(manager: EntityManager, ids: readonly number[]): Promise<void> {
  await manager.query('DELETE FROM answer WHERE id = ANY ($1::bigint[])', [ids]);
}

/** Tables with a column `ref` that an erasure must leave empty; `ref_state` (tombstone) and `answer` are not among them. */
export const TABLES_TO_SCAN = ['contact', 'parked', 'person_read'] as const;

/** The re-scan after an erasure: how many rows are left of each reference, and how many pages of lists; references with none are absent. */
export async function countRowsLeft(manager: EntityManager, refs: readonly string[]): Promise<Map<string, number>> {
  const scans = TABLES_TO_SCAN.map((table) => `SELECT ref FROM ${table} WHERE ref = ANY ($1::uuid[])`);
  const pages = `SELECT s.ref FROM ref_state AS s JOIN person_read AS r ON ${mayHold('r', 's.slot')} WHERE s.ref = ANY ($1::uuid[])`;
  const rows = await manager.query<{ ref: string; rows: number }[]>(
    `SELECT ref, count(*) AS rows FROM (${[...scans, pages].join(' UNION ALL ')}) AS left_over GROUP BY ref`,
    [refs],
  );
  return new Map(rows.map(({ ref, rows: count }) => [ref, count]));
}
