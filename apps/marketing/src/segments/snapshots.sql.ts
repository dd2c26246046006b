import type { EntityManager } from 'typeorm';
import type { Channel } from '#contracts/channel.js';
import type { Cursor } from '#http/query.schemas.js';
import { clauseOf, SINCE } from '../audience/clause.js';
import type { Condition } from '../audience/condition.js';

export interface SnapshotRow {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly channel: Channel;
  readonly filter: Record<string, unknown>;
  readonly segmentId: string | null;
  readonly segmentVersion: number | null;
  readonly takenAt: Date;
  readonly asOf: Date;
  readonly version: number;
  readonly sizeAt: number;
  readonly expiresAt: Date;
}

const COLUMNS = `id, name, owner, channel, filter, segment_id AS "segmentId", segment_version AS "segmentVersion",
       taken_at AS "takenAt", as_of AS "asOf", version, size_at AS "sizeAt", expires_at AS "expiresAt"`;

export interface Taking {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly channel: Channel;
  readonly filter: object;
  readonly condition: Condition;
  readonly segment?: { readonly id: string; readonly version: number };
  /** Whole seconds since 1970. */
  readonly takenAt: number;
  readonly asOf: string;
  readonly retentionMonths: number;
}

/** Keeps emptied departures and new snapshots apart; held until the transaction ends. Must be its first statement. */
export async function announceSnapshot(manager: EntityManager): Promise<void> {
  await manager.query('LOCK TABLE snapshot IN ROW EXCLUSIVE MODE');
}

/**
 * Stores who meets the condition, in one statement, and so on one snapshot of the contacts and their version. A block is put
 * together of 1,024 words of 64 bits; `# 56` mirrors the bytes of a word, which int8send writes the other way round.
 */
export async function insertSnapshot(manager: EntityManager, taking: Taking): Promise<SnapshotRow> {
  const { id, name, owner, channel, filter, condition, segment, takenAt, asOf, retentionMonths } = taking;
  const { text, values } = clauseOf(channel, condition);
  const given = [id, name, owner, channel, JSON.stringify(filter), segment?.id ?? null, segment?.version ?? null, takenAt, asOf, retentionMonths];
  const $ = (nth: number): string => `$${values.length + nth}`;
  const [row] = await manager.query<[SnapshotRow]>(
    `WITH word AS (
       SELECT slot >> 6 AS word, bit_or(1::bigint << ((slot & 63) # 56)) AS bits, count(*) AS people
         FROM contact WHERE ${text} AND ${SINCE[channel]} <= to_timestamp(${$(8)}::double precision) GROUP BY slot >> 6),
     block AS (
       INSERT INTO snapshot_members (snapshot_id, block, members)
       SELECT ${$(1)}::uuid, b.block, string_agg(int8send(coalesce(w.bits, 0)), ''::bytea ORDER BY i.nth)
         FROM (SELECT DISTINCT word >> 10 AS block FROM word) AS b CROSS JOIN generate_series(0, 1023) AS i (nth)
         LEFT JOIN word AS w ON w.word = (b.block << 10) + i.nth
        GROUP BY b.block)
     INSERT INTO snapshot (id, name, owner, channel, filter, segment_id, segment_version, taken_at, as_of, expires_at, version, size_at)
     VALUES (${$(1)}::uuid, ${$(2)}::text, ${$(3)}::text, ${$(4)}::text, ${$(5)}::json, ${$(6)}::uuid, ${$(7)}::integer,
             to_timestamp(${$(8)}::double precision), ${$(9)}::timestamptz,
             to_timestamp(${$(8)}::double precision) + make_interval(months => ${$(10)}::integer),
             (SELECT version FROM audience_version), (SELECT coalesce(sum(people), 0) FROM word))
     RETURNING ${COLUMNS}`,
    [...values, ...given],
  );
  return row;
}

/**
 * Clears `found` (snapshot_id, block, bits) from the bitmaps, which are written anew only where somebody was on them. What is left is
 * worked out of the row that is written: where it was waited for, of what the other one left, or whom that one cleared would be back.
 */
const clear = (found: string): string => `
  UPDATE snapshot_members AS m SET members = clear_members(m.members, f.bits)
    FROM (${found}) AS f
   WHERE m.snapshot_id = f.snapshot_id AND m.block = f.block AND m.members <> clear_members(m.members, f.bits)`;

/**
 * Clears who has left between the moment of a snapshot and its commit. From here to the commit no contact changes: who leaves
 * later finds the snapshot. It must be a statement of its own after the lock, or it would not see what it has waited for.
 */
export async function catchUp(manager: EntityManager, id: string): Promise<void> {
  await manager.query('SELECT version FROM audience_version FOR UPDATE');
  await manager.query(
    clear(`SELECT s.id AS snapshot_id, g.slot >> 16 AS block, array_agg(g.slot & 65535) AS bits
             FROM snapshot AS s JOIN departure AS d ON d.channel = s.channel AND d.version > s.version CROSS JOIN unnest(d.slots) AS g (slot)
            WHERE s.id = $1::uuid GROUP BY s.id, g.slot >> 16`),
    [id],
  );
}

/**
 * Empties departures of up to `most` people, oldest first, into the snapshots taken before them. No snapshot is being taken
 * meanwhile: it would miss them. Returns whether any may be left. The first statements of a transaction.
 */
export async function emptyDepartures(manager: EntityManager, most: number): Promise<boolean> {
  await manager.query('LOCK TABLE snapshot IN SHARE ROW EXCLUSIVE MODE');
  const [{ emptied }] = await manager.query<[{ emptied: number }]>(
    `WITH oldest AS (
       SELECT version, channel, sum(cardinality(slots)) OVER (ORDER BY version, channel) - cardinality(slots) AS before FROM departure),
     gone AS (
       DELETE FROM departure AS d USING oldest AS o
        WHERE d.version = o.version AND d.channel = o.channel AND o.before < $1 RETURNING d.version, d.channel, d.slots),
     cleared AS (${clear(`SELECT s.id AS snapshot_id, g.slot >> 16 AS block, array_agg(g.slot & 65535) AS bits
             FROM gone AS d JOIN snapshot AS s ON s.channel = d.channel AND s.version < d.version CROSS JOIN unnest(d.slots) AS g (slot)
            GROUP BY s.id, g.slot >> 16`)})
     SELECT coalesce(sum(cardinality(slots)), 0) AS emptied FROM gone`,
    [most],
  );
  return emptied >= most;
}

/** Clears references from every snapshot, for the erased. */
export async function forgetMembers(manager: EntityManager, refs: readonly string[]): Promise<void> {
  await manager.query(
    clear(`SELECT b.snapshot_id, b.block, array_agg(s.slot & 65535) AS bits
             FROM ref_state AS s JOIN snapshot_members AS b ON b.block = s.slot >> 16
            WHERE s.ref = ANY ($1::uuid[]) GROUP BY b.snapshot_id, b.block`),
    [refs],
  );
}

export async function deleteExpired(manager: EntityManager): Promise<void> {
  await manager.query('DELETE FROM snapshot WHERE expires_at <= now()');
}

/** False when there was none. */
export async function deleteSnapshot(manager: EntityManager, id: string): Promise<boolean> {
  const [{ gone }] = await manager.query<[{ gone: number }]>(
    'WITH gone AS (DELETE FROM snapshot WHERE id = $1 RETURNING 1) SELECT count(*) AS gone FROM gone', [id],
  );
  return gone > 0;
}

export async function readSnapshot(manager: EntityManager, id: string): Promise<SnapshotRow | undefined> {
  const [row] = await manager.query<SnapshotRow[]>(`SELECT ${COLUMNS} FROM snapshot WHERE id = $1 AND expires_at > now()`, [id]);
  return row;
}

/** Newest first, from those behind the given one. */
export function readSnapshots(manager: EntityManager, behind: Cursor<number> | undefined, limit: number): Promise<SnapshotRow[]> {
  return manager.query<SnapshotRow[]>(
    `SELECT ${COLUMNS} FROM snapshot
      WHERE expires_at > now() AND ($1::double precision IS NULL OR (taken_at, id) < (to_timestamp($1::double precision), $2::uuid))
      ORDER BY taken_at DESC, id DESC LIMIT $3`,
    [behind?.position ?? null, behind?.id ?? null, limit],
  );
}

/** Channel and moment (seconds since 1970) of those of the snapshots that exist. */
export async function readTaken(manager: EntityManager, ids: readonly string[]): Promise<Map<string, { channel: Channel; takenAt: number }>> {
  const rows = await manager.query<{ id: string; channel: Channel; takenAt: number }[]>(
    `SELECT id, channel, extract(epoch FROM taken_at)::double precision AS "takenAt" FROM snapshot
      WHERE id = ANY ($1::uuid[]) AND expires_at > now()`,
    [ids],
  );
  return new Map(rows.map(({ id, channel, takenAt }) => [id, { channel, takenAt }]));
}
