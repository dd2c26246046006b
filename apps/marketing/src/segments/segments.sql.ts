import type { EntityManager } from 'typeorm';
import type { Channel } from '#contracts/channel.js';
import type { Segment, SegmentContent } from './segments.schemas.js';

interface SegmentRow {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly description: string;
  readonly channel: Channel;
  readonly filter: Record<string, unknown>;
  readonly owner: string;
  readonly changedBy: string;
  readonly changedAt: Date;
  readonly archivedAt: Date | null;
}

const COLUMNS = `s.id, v.version, v.name, v.description, v.channel, v.filter, s.owner, v.changed_by AS "changedBy",
       v.changed_at AS "changedAt", s.archived_at AS "archivedAt"`;
/** Names are compared, and sorted, letter case aside; by ICU, because the locales of servers disagree. */
const FOLDED = 'lower(name COLLATE "und-x-icu")';

const toSegment = (row: SegmentRow): Segment => ({
  ...row, changedAt: row.changedAt.toISOString(), archivedAt: row.archivedAt?.toISOString() ?? null,
});

/** The next version of a segment, in the same transaction as the segment's own row. */
async function insertVersion(manager: EntityManager, id: string, version: number, content: SegmentContent, author: string): Promise<void> {
  await manager.query(
    `INSERT INTO segment_version (segment_id, version, name, description, channel, filter, changed_by)
     VALUES ($1, $2, $3, $4, $5, $6::json, $7)`,
    [id, version, content.name, content.description, content.channel, JSON.stringify(content.filter), author],
  );
}

/** False when the name is taken. */
export async function insertSegment(manager: EntityManager, id: string, content: SegmentContent, owner: string): Promise<boolean> {
  const made = await manager.query<unknown[]>(
    `INSERT INTO segment (id, name, owner, version) VALUES ($1, $2, $3, 1)
     ON CONFLICT (${FOLDED}) WHERE archived_at IS NULL DO NOTHING RETURNING 1`,
    [id, content.name, owner],
  );
  if (made.length === 0) return false;
  await insertVersion(manager, id, 1, content, owner);
  return true;
}

/** @throws the database's unique violation when the name is taken */
export async function insertNextVersion(manager: EntityManager, id: string, version: number, content: SegmentContent, author: string): Promise<void> {
  await manager.query('UPDATE segment SET name = $2, version = $3 WHERE id = $1', [id, content.name, version]);
  await insertVersion(manager, id, version, content, author);
}

export interface Standing {
  readonly version: number;
  readonly archived: boolean;
}

/** The segment's newest version; its row stays locked until the transaction ends. */
export async function lockSegment(manager: EntityManager, id: string): Promise<Standing | undefined> {
  const [row] = await manager.query<Standing[]>('SELECT version, archived_at IS NOT NULL AS archived FROM segment WHERE id = $1 FOR UPDATE', [id]);
  return row;
}

export async function archiveSegment(manager: EntityManager, id: string): Promise<void> {
  await manager.query('UPDATE segment SET archived_at = now() WHERE id = $1 AND archived_at IS NULL', [id]);
}

/** A version of a segment; the newest when none is named. */
export async function readSegment(manager: EntityManager, id: string, version?: number): Promise<Segment | undefined> {
  const [row] = await manager.query<SegmentRow[]>(
    `SELECT ${COLUMNS} FROM segment AS s JOIN segment_version AS v ON v.segment_id = s.id AND v.version = coalesce($2::integer, s.version)
      WHERE s.id = $1`,
    [id, version ?? null],
  );
  return row && toSegment(row);
}

/** Segments that are not archived, by name, after the one with the given id. */
export async function readSegments(manager: EntityManager, after: string | undefined, limit: number): Promise<Segment[]> {
  const rows = await manager.query<SegmentRow[]>(
    `SELECT ${COLUMNS} FROM segment AS s JOIN segment_version AS v ON v.segment_id = s.id AND v.version = s.version
      WHERE s.archived_at IS NULL
        AND ($1::uuid IS NULL OR ${FOLDED.replace('name', 's.name')} > (SELECT ${FOLDED} FROM segment WHERE id = $1::uuid))
      ORDER BY ${FOLDED.replace('name', 's.name')} LIMIT $2`,
    [after ?? null, limit],
  );
  return rows.map(toSegment);
}

/** Versions of a segment, newest first, from those before the given one. */
export async function readVersions(manager: EntityManager, id: string, before: number | undefined, limit: number): Promise<Segment[]> {
  const rows = await manager.query<SegmentRow[]>(
    `SELECT ${COLUMNS} FROM segment AS s JOIN segment_version AS v ON v.segment_id = s.id
      WHERE s.id = $1 AND ($2::integer IS NULL OR v.version < $2) ORDER BY v.version DESC LIMIT $3`,
    [id, before ?? null, limit],
  );
  return rows.map(toSegment);
}
