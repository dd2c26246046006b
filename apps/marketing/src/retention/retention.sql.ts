import type { EntityManager } from 'typeorm';
import type { Channel } from '#contracts/channel.js';
import { putMembers } from '../exports/exports.sql.js';

export interface DueExport {
  readonly id: string;
  readonly number: number;
  readonly recipient: string;
  readonly channel: Channel;
  readonly preset: string;
}

/** The next export, by its number, that is over, was last taken so many months ago, and whose members are kept. */
export async function nextDueExport(manager: EntityManager, months: number, after: number): Promise<DueExport | undefined> {
  const [row] = await manager.query<DueExport[]>(
    `SELECT id, number, recipient, channel, preset FROM export AS x
      WHERE number > $2 AND state NOT IN ('waiting', 'running', 'ready') AND requested_at < now() - make_interval(months => $1)
        AND NOT EXISTS (SELECT 1 FROM export_handover AS h WHERE h.export_id = x.id AND h.taken_at >= now() - make_interval(months => $1))
        AND EXISTS (SELECT 1 FROM export_block AS b WHERE b.export_id = x.id AND b.members IS NOT NULL)
      ORDER BY number LIMIT 1`,
    [months, after],
  );
  return row;
}

/** Exports that gave the same recipient the same columns later. */
export async function laterExports(manager: EntityManager, { recipient, channel, preset, number }: DueExport): Promise<string[]> {
  const rows = await manager.query<{ id: string }[]>(
    'SELECT id FROM export WHERE recipient = $1 AND channel = $2 AND preset = $3 AND number > $4', [recipient, channel, preset, number],
  );
  return rows.map(({ id }) => id);
}

export interface RemovalSlots {
  readonly open: number[];
  readonly acknowledged: number[];
}

export async function removalsOf(manager: EntityManager, exportId: string): Promise<RemovalSlots> {
  const [row] = await manager.query<[RemovalSlots]>(
    `SELECT coalesce(array_agg(slot) FILTER (WHERE acknowledged_at IS NULL), '{}') AS open,
            coalesce(array_agg(slot) FILTER (WHERE acknowledged_at IS NOT NULL), '{}') AS acknowledged
       FROM export_removal WHERE export_id = $1`,
    [exportId],
  );
  return row;
}

/** Keeps of a block of members who is left; a block of nobody goes. */
export async function keepMembers(manager: EntityManager, exportId: string, block: number, members: Buffer | undefined): Promise<void> {
  if (members === undefined) await manager.query('DELETE FROM export_block WHERE export_id = $1 AND block = $2', [exportId, block]);
  else await putMembers(manager, exportId, 'members', block, members);
}

/** What was acknowledged of people who are no members any more. */
export async function forgetRemovals(manager: EntityManager, exportId: string, slots: readonly number[]): Promise<void> {
  await manager.query('DELETE FROM export_removal WHERE export_id = $1 AND slot = ANY ($2::integer[]) AND acknowledged_at IS NOT NULL', [exportId, slots]);
}

/** Whom a recipient was given by exports whose members are not kept any more, in one block. */
export async function readPast(manager: EntityManager, recipient: string, block: number): Promise<Buffer | undefined> {
  const [row] = await manager.query<{ members: Buffer }[]>('SELECT members FROM export_past WHERE recipient = $1 AND block = $2', [recipient, block]);
  return row?.members;
}

/** The caller holds the lock of the recipient. */
export async function writePast(manager: EntityManager, recipient: string, block: number, members: Buffer): Promise<void> {
  await manager.query(
    'INSERT INTO export_past (recipient, block, members) VALUES ($1, $2, $3) ON CONFLICT (recipient, block) DO UPDATE SET members = EXCLUDED.members',
    [recipient, block, members],
  );
}

/** Corrections that were carried out so long ago. Returns how many. */
export async function forgetCorrectionsTold(manager: EntityManager, months: number): Promise<number> {
  const [{ gone }] = await manager.query<[{ gone: number }]>(
    `WITH gone AS (DELETE FROM export_correction WHERE acknowledged_at < now() - make_interval(months => $1) RETURNING 1) SELECT count(*) AS gone FROM gone`, [months],
  );
  return gone;
}

/** Reads of persons that old, the oldest first. Numbers are given in the order of time, so the oldest are found without looking at all. */
export async function forgetReads(manager: EntityManager, months: number, most: number): Promise<number> {
  const [{ gone }] = await manager.query<[{ gone: number }]>(
    `WITH oldest AS (SELECT id FROM person_read ORDER BY id LIMIT $2),
          gone AS (DELETE FROM person_read AS r USING oldest AS o WHERE r.id = o.id AND r.read_at < now() - make_interval(months => $1) RETURNING 1)
     SELECT count(*) AS gone FROM gone`,
    [months, most],
  );
  return gone;
}

export async function countReads(manager: EntityManager, months: number): Promise<number> {
  const [{ due }] = await manager.query<[{ due: number }]>('SELECT count(*) AS due FROM person_read WHERE read_at < now() - make_interval(months => $1)', [months]);
  return due;
}
