import type { EntityManager } from 'typeorm';
import { forgetStored } from './exports.sql.js';

/** A file that was interrupted so often is not tried again. */
const MOST_TRIES = 3;

/** Renews the leases of a worker; returns what it still works on. */
export async function renewLeases(manager: EntityManager, worker: string, leaseMs: number): Promise<string[]> {
  const rows = await manager.query<{ id: string }[]>(
    `WITH renewed AS (UPDATE export SET worker_until = now() + make_interval(secs => $2) WHERE worker = $1 AND state = 'running' RETURNING id)
     SELECT id FROM renewed`,
    [worker, leaseMs / 1_000],
  );
  return rows.map(({ id }) => id);
}

/** Takes from the dead what they were working on: files wait again, downloads have failed. Returns how many. */
export async function takeFromTheDead(manager: EntityManager): Promise<number> {
  const rows = await manager.query<{ id: string }[]>(
    `WITH taken AS (
       UPDATE export SET worker = NULL, worker_until = NULL,
              state = CASE WHEN delivery = 'file' AND tries < ${MOST_TRIES} THEN 'waiting' ELSE 'failed' END,
              reason = CASE WHEN delivery = 'file' AND tries < ${MOST_TRIES} THEN NULL ELSE 'interrupted' END,
              ended_at = CASE WHEN delivery = 'file' AND tries < ${MOST_TRIES} THEN NULL ELSE now() END
        WHERE state = 'running' AND worker_until < now() RETURNING id)
     SELECT id FROM taken`,
  );
  if (rows.length > 0) await forgetStored(manager, rows.map(({ id }) => id));
  return rows.length;
}

/** Ends what nobody has taken in time, and what was ready for long enough. Returns how many. */
export async function expireExports(manager: EntityManager): Promise<number> {
  const rows = await manager.query<{ id: string }[]>(
    `WITH expired AS (
       UPDATE export SET state = 'expired', ended_at = now(), file = NULL, clean_due = false
        WHERE state IN ('waiting', 'ready') AND expires_at <= now() RETURNING id)
     SELECT id FROM expired`,
  );
  if (rows.length > 0) await forgetStored(manager, rows.map(({ id }) => id));
  return rows.length;
}

/** Files that must be written anew. */
export async function filesToClean(manager: EntityManager): Promise<string[]> {
  const rows = await manager.query<{ id: string }[]>(`SELECT id FROM export WHERE clean_due AND state = 'ready' ORDER BY number`);
  return rows.map(({ id }) => id);
}

/**
 * Of the files there are, those that belong to nothing: of no export, of one that is over, or not its file. While an export is
 * being made, every file of it is its own; while one is written anew (its row is locked), so is the next number.
 */
export async function orphansAmong(manager: EntityManager, files: readonly { id: string; number: number }[]): Promise<{ id: string; number: number }[]> {
  return manager.query<{ id: string; number: number }[]>(
    `SELECT f.id, f.number FROM jsonb_to_recordset($1::jsonb) AS f (id uuid, number integer)
      WHERE NOT EXISTS (SELECT 1 FROM export AS x WHERE x.id = f.id AND (x.state = 'running' OR x.file = f.number OR x.file + 1 = f.number))`,
    [JSON.stringify(files)],
  );
}
