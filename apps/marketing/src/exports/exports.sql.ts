import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/caller.js';
import type { ExportRow } from './export.row.js';
import type { ExportState } from './export-state.js';

const COLUMNS = `id, number, recipient, purpose, channel, preset, delivery, bom, asked, condition, requested_by AS "requestedBy",
  requested_by_kind AS "requestedByKind", requested_at AS "requestedAt", expires_at AS "expiresAt", expires_at <= now() AS "isExpired",
  state, reason, started_at AS "startedAt", ended_at AS "endedAt", as_of AS "asOf", next_slot AS "nextSlot", last_slot AS "lastSlot",
  expected, rows, left_out AS "leftOut", bytes, sha256, file, tries, stored_version AS "storedVersion",
  (SELECT count(*) FROM export_handover AS h WHERE h.export_id = export.id) AS handovers`;

/** An export as it is asked for. */
export interface NewExport
  extends Pick<ExportRow, 'id' | 'recipient' | 'purpose' | 'channel' | 'preset' | 'delivery' | 'bom' | 'asked' | 'condition' | 'expected'> {
  readonly caller: Pick<Caller, 'kind' | 'subject'>;
  readonly expiryMs: number;
}

export async function insertExport(manager: EntityManager, made: NewExport): Promise<void> {
  await manager.query(
    `INSERT INTO export (id, recipient, purpose, channel, preset, delivery, bom, asked, condition, requested_by, requested_by_kind,
                         expires_at, expected)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now() + make_interval(secs => $12), $13)`,
    [made.id, made.recipient, made.purpose, made.channel, made.preset, made.delivery, made.bom, JSON.stringify(made.asked),
      JSON.stringify(made.condition), made.caller.subject, made.caller.kind, made.expiryMs / 1_000, made.expected],
  );
}

export async function readExport(manager: EntityManager, id: string): Promise<ExportRow | undefined> {
  const [row] = await manager.query<ExportRow[]>(`SELECT ${COLUMNS} FROM export WHERE id = $1`, [id]);
  return row;
}

/** Newest first. */
export function listExports(
  manager: EntityManager, { recipient, state, before, limit }: { recipient?: string | undefined; state?: string | undefined; before?: number | undefined; limit: number },
): Promise<ExportRow[]> {
  return manager.query<ExportRow[]>(
    `SELECT ${COLUMNS} FROM export
      WHERE ($1::text IS NULL OR recipient = $1) AND ($2::text IS NULL OR state = $2) AND ($3::bigint IS NULL OR number < $3)
      ORDER BY number DESC LIMIT $4`,
    [recipient ?? null, state ?? null, before ?? null, limit],
  );
}

/** Takes a waiting export to work on it; undefined when it is not waiting any more, or has expired. */
export async function beginExport(manager: EntityManager, id: string, worker: string, leaseMs: number): Promise<ExportRow | undefined> {
  const begun = await manager.query<{ id: string }[]>(
    `WITH begun AS (
       UPDATE export SET state = 'running', started_at = now(), next_slot = 0, rows = 0, left_out = 0, as_of = NULL, stored_version = NULL, tries = tries + 1,
              last_slot = (SELECT coalesce(max(slot), 0) FROM contact), worker = $2, worker_until = now() + make_interval(secs => $3)
        WHERE id = $1 AND state = 'waiting' AND expires_at > now() RETURNING id)
     SELECT id FROM begun`,
    [id, worker, leaseMs / 1_000],
  );
  return begun.length === 0 ? undefined : readExport(manager, id);
}

/** The oldest file that waits to be made. */
export async function nextWaitingFile(manager: EntityManager): Promise<string | undefined> {
  const [row] = await manager.query<{ id: string }[]>(
    `SELECT id FROM export WHERE state = 'waiting' AND delivery = 'file' AND expires_at > now() ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED`,
  );
  return row?.id;
}

/** Notes a block that has been read. False: it is not ours any more (cancelled, or taken for dead), and nothing of the block may leave. */
export async function noteBlock(
  manager: EntityManager, id: string, worker: string, column: 'members' | 'stored',
  read: { rows: number; leftOut: number; nextSlot: number; asOf: string; version: number },
): Promise<boolean> {
  const since = column === 'stored' ? 'stored_version' : 'given_version';
  const noted = await manager.query<unknown[]>(
    `WITH noted AS (
       UPDATE export SET rows = rows + $3, left_out = left_out + $4, next_slot = $5, as_of = least(as_of, $6::timestamptz),
              ${since} = least(${since}, $7::bigint)
        WHERE id = $1 AND worker = $2 AND state = 'running' RETURNING 1)
     SELECT 1 FROM noted`,
    [id, worker, read.rows, read.leftOut, read.nextSlot, read.asOf, read.version],
  );
  return noted.length > 0;
}

/** Puts down who is in a block of 65,536 slots, over what was put down for the same block before. */
export async function putMembers(manager: EntityManager, id: string, column: 'members' | 'stored', block: number, members: Buffer): Promise<void> {
  await manager.query(
    `INSERT INTO export_block (export_id, block, ${column}) VALUES ($1, $2, $3)
     ON CONFLICT (export_id, block) DO UPDATE SET ${column} = EXCLUDED.${column}`,
    [id, block, members],
  );
}

export interface Finished {
  readonly bytes: number;
  readonly sha256: Buffer;
}

/** Ends what a worker works on. False when it was not its any more. */
export async function endExport(
  manager: EntityManager, id: string, worker: string, end: ExportState, finished?: Finished, file?: number,
): Promise<boolean> {
  const ended = await manager.query<unknown[]>(
    `WITH ended AS (
       UPDATE export SET state = $3, reason = $4, ended_at = CASE WHEN $3 = 'ready' THEN NULL ELSE now() END, bytes = $5, sha256 = $6,
              file = $7, worker = NULL, worker_until = NULL
        WHERE id = $1 AND worker = $2 AND state = 'running' RETURNING 1)
     SELECT 1 FROM ended`,
    [id, worker, end.state, 'reason' in end ? end.reason : null, finished?.bytes ?? null, finished?.sha256 ?? null, file ?? null],
  );
  if (ended.length > 0 && file === undefined) await forgetStored(manager, [id]);
  return ended.length > 0;
}

/** Gives a file back that could not be finished: it waits again. */
export async function giveBack(manager: EntityManager, id: string, worker: string): Promise<void> {
  await manager.query(
    `UPDATE export SET state = 'waiting', started_at = NULL, worker = NULL, worker_until = NULL WHERE id = $1 AND worker = $2 AND state = 'running'`,
    [id, worker],
  );
  await forgetStored(manager, [id]);
}

/** The client went away after the last byte was handed to the system and before it was sent. */
export async function takeBackDelivered(manager: EntityManager, id: string): Promise<void> {
  await manager.query(
    `UPDATE export SET state = 'cancelled', reason = 'client-closed' WHERE id = $1 AND state = 'delivered' AND delivery = 'download'`, [id],
  );
}

/** Cancels what is not over; undefined when there was nothing to cancel. */
export async function cancelExport(manager: EntityManager, id: string): Promise<boolean> {
  const cancelled = await manager.query<unknown[]>(
    `WITH cancelled AS (
       UPDATE export SET state = 'cancelled', reason = 'by-caller', ended_at = now(), file = NULL, worker = NULL, worker_until = NULL, clean_due = false
        WHERE id = $1 AND state IN ('waiting', 'running', 'ready') RETURNING 1)
     SELECT 1 FROM cancelled`,
    [id],
  );
  if (cancelled.length > 0) await forgetStored(manager, [id]);
  return cancelled.length > 0;
}

/** No file holds anybody of these exports any more. */
export async function forgetStored(manager: EntityManager, ids: readonly string[]): Promise<void> {
  await manager.query('DELETE FROM export_block WHERE export_id = ANY ($1::uuid[]) AND members IS NULL', [ids]);
  await manager.query('UPDATE export_block SET stored = NULL WHERE export_id = ANY ($1::uuid[]) AND stored IS NOT NULL', [ids]);
}

/** The export, locked until the transaction ends. */
export async function lockExport(manager: EntityManager, id: string): Promise<ExportRow | undefined> {
  await manager.query('SELECT 1 FROM export WHERE id = $1 FOR UPDATE', [id]);
  return readExport(manager, id);
}

/** The file was written anew without some, and as everybody else was at a version. */
export async function replaceFile(
  manager: EntityManager, id: string, file: number, { bytes, sha256 }: Finished, { gone, version }: { gone: number; version: number },
): Promise<void> {
  await manager.query(
    'UPDATE export SET file = $2, bytes = $3, sha256 = $4, rows = rows - $5, clean_due = false, stored_version = $6 WHERE id = $1',
    [id, file, bytes, sha256, gone, version],
  );
}

/** The file is as its people were at a version. */
export async function markClean(manager: EntityManager, id: string, version: number): Promise<void> {
  await manager.query('UPDATE export SET clean_due = false, stored_version = $2 WHERE id = $1 AND (clean_due OR stored_version IS DISTINCT FROM $2)', [id, version]);
}

/** A ready file that cannot be handed out any more. */
export async function endReady(manager: EntityManager, id: string, end: ExportState): Promise<void> {
  await manager.query(
    `UPDATE export SET state = $2, reason = $3, ended_at = now(), file = NULL, clean_due = false WHERE id = $1 AND state = 'ready'`,
    [id, end.state, 'reason' in end ? end.reason : null],
  );
  await forgetStored(manager, [id]);
}

/** Begins the record of bytes that leave. Somebody may be new among the members, so departures and corrections must be looked for. */
export async function beginHandover(manager: EntityManager, id: string, takenBy: string): Promise<number> {
  const [{ handover }] = await manager.query<[{ handover: number }]>(
    `WITH looked AS (UPDATE export SET look_due = true, given_version = coalesce(given_version, stored_version) WHERE id = $1 RETURNING id)
     INSERT INTO export_handover (export_id, taken_by) SELECT id, $2 FROM looked RETURNING id AS handover`,
    [id, takenBy],
  );
  return handover;
}

export async function endHandover(manager: EntityManager, handover: number, outcome: 'complete' | 'broken'): Promise<void> {
  await manager.query('UPDATE export_handover SET outcome = $2 WHERE id = $1', [handover, outcome]);
}
