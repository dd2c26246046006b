import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { CHANNELS } from '#contracts/channel.js';
import { copyOut } from '#database/copy-out.js';
import { runStatement, type Statement } from '#database/statement.js';
import { type Clause, CITY_IN_LOWER_CASE } from '../audience/clause.js';
import { LINK_COLUMNS, type LinkNow, type LinkRow, toLinkNow } from '../link/link.sql.js';
import { type Bitmap, emptyBitmap, putBlock } from './bitmap.js';
import { ContactCopyReader } from './contact-copy.js';
import type { ContactPut, SnapshotMembers } from './contact-index.js';
import { contactOf, type ContactTold } from './contact-told.js';

/** Changed slots that are read as one answer; for more than these the contacts are loaded anew. */
const MOST_CHANGED = 20_000;
/** Versions that are looked up one by one. */
const MOST_VERSIONS = 20_000;

/** What the index holds of a contact, in the order of `ContactCopyReader` and `contactOf`. */
function indexColumns(moment: (column: string) => string): string {
  return ['language', 'country', 'occupation', CITY_IN_LOWER_CASE, 'postal_code', 'birth_year', 'interests',
    ...CHANNELS.flatMap((channel) => [
      moment(`${channel}_since`), `${channel}_wording_version || ':' || ${channel}_wording_id`, `${channel}_source`,
    ])].join(', ');
}

/** In JSON a moment goes as half seconds since 1970, see moment-column.ts. */
const HALF_SECONDS = (column: string): string =>
  `2 * floor(extract(epoch FROM ${column})) + (${column} <> date_trunc('second', ${column}))::integer`;

/**
 * Everything that has happened since version $1, in one statement and so on one snapshot: how fresh the contacts are, their
 * version, what the contacts changed since are now, and the members of the snapshots $4. Nested loops are forced by OFFSET 0,
 * as a plan that looks through all contacts or the whole log takes a hundred times as long.
 */
const NEWS: Statement = {
  name: 'audience_index_news',
  text: `
    WITH news AS MATERIALIZED (
      SELECT told.slots
        FROM audience_version AS at
        CROSS JOIN LATERAL generate_series($1::bigint + 1, least(at.version, $1::bigint + $2::bigint)) AS wanted (version)
        CROSS JOIN LATERAL (SELECT c.slots FROM contact_change AS c WHERE c.version = wanted.version OFFSET 0) AS told
    ), extent AS MATERIALIZED (
      SELECT count(*) AS versions, coalesce(bool_or(slots IS NULL), false) AS everything, coalesce(sum(cardinality(slots)), 0) AS changed FROM news
    ), changed AS MATERIALIZED (
      SELECT DISTINCT unnest(slots) AS slot FROM news WHERE (SELECT e.changed <= $3::bigint FROM extent AS e)
    )
    SELECT ${LINK_COLUMNS}, e.versions, e.everything, e.changed,
           (SELECT json_agg(json_build_array(s.slot, told.contact)) FROM changed AS s
              LEFT JOIN LATERAL (SELECT json_build_array(${indexColumns(HALF_SECONDS)}) AS contact
                                   FROM contact AS c WHERE c.slot = s.slot OFFSET 0) AS told ON true) AS contacts,
           (SELECT json_agg(json_build_array(m.snapshot_id, m.block, encode(m.members, 'hex')))
              FROM snapshot_members AS m WHERE m.snapshot_id = ANY ($4::uuid[])) AS members
      FROM link_state CROSS JOIN extent AS e`,
};

interface NewsRow extends LinkRow {
  readonly versions: number;
  readonly everything: boolean;
  readonly changed: number;
  readonly contacts: (readonly [slot: number, contact: ContactTold | null])[] | null;
  readonly members: (readonly [id: string, block: number, members: string])[] | null;
}

export interface News {
  readonly link: LinkNow;
  /** What is to be put; undefined: the log does not reach back to the version, or far too much has changed. */
  readonly puts: ContactPut[] | undefined;
  readonly members: SnapshotMembers;
}

export async function readNews(database: DataSource, since: number, snapshots: readonly string[]): Promise<News> {
  const [row] = await runStatement<NewsRow>(database, NEWS, [since, MOST_VERSIONS, MOST_CHANGED, snapshots]) as [NewsRow];
  const isWhole = row.versions === row.audienceVersion - since && !row.everything && row.changed <= MOST_CHANGED;
  return {
    link: toLinkNow(row),
    puts: isWhole ? (row.contacts ?? []).map(([slot, told]) => ({ slot, contact: told === null ? null : contactOf(told) })) : undefined,
    members: membersOf(snapshots, row.members ?? []),
  };
}

/** A snapshot of nobody has no blocks. */
function membersOf(snapshots: readonly string[], rows: readonly (readonly [string, number, string])[]): SnapshotMembers {
  const members = new Map<string, Bitmap>();
  for (const id of snapshots) {
    const own = rows.filter(([of]) => of === id);
    const bitmap = emptyBitmap((Math.max(-1, ...own.map(([, block]) => block)) + 1) * 65_536);
    for (const [, block, hex] of own) putBlock(bitmap, block, Buffer.from(hex, 'hex'));
    members.set(id, bitmap);
  }
  return members;
}

export interface Extent {
  readonly version: number;
  /** Changes when the database is restored. */
  readonly incarnation: string;
  /** The greatest slot in use; null: nobody is held. */
  readonly lastSlot: number | null;
}

export async function readExtent(runner: QueryRunner): Promise<Extent> {
  const [extent] = await runner.query(
    'SELECT version, marketing_epoch AS incarnation, (SELECT max(slot) FROM contact) AS "lastSlot" FROM audience_version CROSS JOIN link_state',
  ) as [Extent];
  return extent;
}

/** Whether what has changed since a version is known, and how much that is. */
export async function readBacklog(runner: QueryRunner, since: number): Promise<{ readonly isKnown: boolean; readonly isSmall: boolean }> {
  const [{ version, versions, changed }] = await runner.query(
    `SELECT (SELECT version FROM audience_version) AS version, count(slots) AS versions, coalesce(sum(cardinality(slots)), 0) AS changed
       FROM contact_change WHERE version > $1`, [since],
  ) as [{ version: number; versions: number; changed: number }];
  return { isKnown: versions === version - since, isSmall: changed <= MOST_CHANGED / 2 && versions <= MOST_VERSIONS / 2 };
}

/** Every contact, or every slot that changed since a version, one at a time: nothing is collected. */
export async function copyContacts(runner: QueryRunner, since: number | undefined, take: (put: ContactPut) => void): Promise<void> {
  const reader = new ContactCopyReader();
  const from = since === undefined ? 'contact AS c'
    : `(SELECT DISTINCT unnest(slots) AS slot FROM contact_change WHERE version > ${Math.trunc(since)}) AS s LEFT JOIN contact AS c USING (slot)`;
  await copyOut(runner, `COPY (SELECT slot, c.ref IS NOT NULL, ${indexColumns((column) => column)} FROM ${from}) TO STDOUT (FORMAT binary)`, (message) => {
    const put = reader.read(message);
    if (put !== undefined) take(put);
  });
}

/** Forgets what changed long ago and no waiting file is older than, some at a time. Returns whether there is more. */
export async function pruneChanges(manager: EntityManager, olderThanSeconds: number, most: number): Promise<boolean> {
  const [{ pruned }] = await manager.query<[{ pruned: number }]>(
    `WITH oldest AS (SELECT version FROM contact_change ORDER BY version LIMIT $2),
          pruned AS (DELETE FROM contact_change AS c USING oldest
                      WHERE c.version = oldest.version AND c.changed_at < now() - make_interval(secs => $1)
                        AND c.version <= coalesce((SELECT min(stored_version) FROM export WHERE state = 'ready'), c.version) RETURNING 1)
     SELECT count(*) AS pruned FROM pruned`,
    [olderThanSeconds, most],
  );
  return pruned === most;
}

/** Slots of the people who match, after a slot and in their order: what the index answers, by the table itself. */
export async function selectSlots(manager: EntityManager, clause: Clause, after: number, limit: number): Promise<number[]> {
  const place = clause.values.length;
  const rows = await manager.query<{ slot: number }[]>(
    `SELECT slot FROM contact WHERE ${clause.text} AND slot > $${place + 1}::integer ORDER BY slot LIMIT $${place + 2}`,
    [...clause.values, after, limit],
  );
  return rows.map(({ slot }) => slot);
}

/** Everybody who matches, by the table itself. */
export async function selectBitmap(manager: EntityManager, clause: Clause): Promise<Bitmap> {
  const rows = await manager.query<{ slots: number[] }[]>(
    `SELECT json_agg(slot) AS slots FROM contact WHERE ${clause.text} GROUP BY slot >> 16`, [...clause.values],
  );
  const last = rows.reduce((highest, { slots }) => slots.reduce((a, b) => Math.max(a, b), highest), -1);
  const bitmap = emptyBitmap(last + 1);
  for (const { slots } of rows) for (const slot of slots) bitmap[slot >>> 5] = (bitmap[slot >>> 5] as number) | (1 << (slot & 31));
  return bitmap;
}
