import type { EntityManager } from 'typeorm';
import { type Channel, CHANNELS } from '#contracts/channel.js';
import { SINCE } from '../audience/clause.js';
import { GIVEN_FIELDS, type PresetId } from './presets.js';

/** What has happened to the people a recipient was given: who has left, who is back, whose data was corrected. */

const GIVEN = JSON.stringify(GIVEN_FIELDS);
const GIVEN_ROWS = (place: string): string => `jsonb_to_recordset(${place}::jsonb) AS p (preset text, channel text, fields text[])`;
/** When the consent of contact `c` for the channel of `x` was given. */
const SINCE_OF_CHANNEL = `CASE x.channel ${CHANNELS.map((channel) => `WHEN '${channel}' THEN c.${SINCE[channel]}`).join(' ')} END`;

/** Only one at a time looks at a recipient, so that numbers are committed in order. The version it was looked at before; null: never. */
export async function lockRecipient(manager: EntityManager, recipient: string): Promise<number | null> {
  await manager.query('INSERT INTO recipient_look (recipient) VALUES ($1) ON CONFLICT DO NOTHING', [recipient]);
  const [row] = await manager.query<[{ lookedAt: number | null }]>('SELECT looked_at AS "lookedAt" FROM recipient_look WHERE recipient = $1 FOR UPDATE', [recipient]);
  return row.lookedAt;
}

/** Whether the log of changes holds every version between these. */
export async function isLogWhole(manager: EntityManager, since: number, version: number): Promise<boolean> {
  const [{ isWhole }] = await manager.query<[{ isWhole: boolean }]>(
    'SELECT count(slots) = $2::bigint - $1 AS "isWhole" FROM contact_change WHERE version > $1 AND version <= $2', [since, version],
  );
  return isWhole;
}

export interface ExportToLookAt {
  readonly id: string;
  readonly channel: Channel;
  readonly preset: PresetId;
}

/** Exports of which everybody must be looked at: those that were begun to be taken since, or `all` that have members. Locked. */
export function exportsToLookAt(manager: EntityManager, recipient: string, all: boolean): Promise<ExportToLookAt[]> {
  return manager.query<ExportToLookAt[]>(
    `SELECT id, channel, preset FROM export AS x
      WHERE recipient = $1 AND (look_due OR ($2 AND EXISTS (SELECT 1 FROM export_block AS b WHERE b.export_id = x.id AND b.members IS NOT NULL)))
      ORDER BY id FOR UPDATE`,
    [recipient, all],
  );
}

/**
 * Puts corrections down, of `found` (channel, slot, fields, version) with $1 as the recipient. One that waits gets the fields added; one that was
 * acknowledged is told again for what is newer.
 */
const putCorrections = (found: string): string => `
  INSERT INTO export_correction AS e (recipient, channel, slot, fields, version, number)
  SELECT $1, channel, slot, fields, version, nextval('export_correction_number')
    FROM (SELECT f.channel, f.slot, array_agg(DISTINCT g.field ORDER BY g.field) AS fields, max(f.version) AS version
            FROM (${found}) AS f CROSS JOIN unnest(f.fields) AS g (field) GROUP BY f.channel, f.slot ORDER BY f.slot, f.channel) AS told
  ON CONFLICT (recipient, channel, slot) DO UPDATE
    SET fields = CASE WHEN e.acknowledged_at IS NULL THEN ARRAY(SELECT DISTINCT g FROM unnest(e.fields || EXCLUDED.fields) AS g ORDER BY g) ELSE EXCLUDED.fields END,
        version = EXCLUDED.version, number = EXCLUDED.number, acknowledged_at = NULL, acknowledged_by = NULL,
        noticed_at = CASE WHEN e.acknowledged_at IS NULL THEN e.noticed_at ELSE now() END
  WHERE EXCLUDED.version > e.version`;

/**
 * Takes back what nobody has acknowledged of those who have returned: when one of them leaves again, she gets a new number. What the recipient
 * still has of her is of before she left, so everything it was given counts as corrected.
 */
const takeBackReturned = (which: string): string => `returned AS (
    DELETE FROM export_removal AS r USING export AS x, contact AS c
     WHERE x.id = r.export_id AND r.acknowledged_at IS NULL AND c.slot = r.slot AND ${SINCE_OF_CHANNEL} IS NOT NULL AND ${which} RETURNING x.channel, x.preset, r.slot)`;

const OF_RETURNED = (given: string, version: string): string => `
  SELECT r.channel, r.slot, p.fields, ${version}::bigint AS version FROM returned AS r JOIN ${GIVEN_ROWS(given)} ON p.preset = r.preset AND p.channel = r.channel`;

/** Looks at everybody of one export: `gone` are its members who may not be written to. */
export async function noteDepartures(
  manager: EntityManager, { id, channel }: ExportToLookAt, recipient: string, gone: readonly number[], version: number,
): Promise<void> {
  await manager.query(`WITH ${takeBackReturned('r.export_id = $2')} ${putCorrections(OF_RETURNED('$4', '$3'))}`, [recipient, id, version, GIVEN]);
  if (gone.length === 0) return;
  await manager.query(
    `WITH closed AS (DELETE FROM export_correction WHERE recipient = $2 AND channel = $4 AND slot = ANY ($3::integer[]) AND acknowledged_at IS NULL)
     INSERT INTO export_removal (export_id, slot, recipient, number)
     SELECT $1, g.slot, $2, nextval('export_removal_number') FROM unnest($3::integer[]) AS g (slot)
      WHERE NOT EXISTS (SELECT 1 FROM export_removal AS r WHERE r.export_id = $1 AND r.slot = g.slot)
        AND NOT EXISTS (SELECT 1 FROM contact AS c WHERE c.slot = g.slot AND c.${SINCE[channel]} IS NOT NULL)`,
    [id, recipient, gone, channel],
  );
}

/** How many exports there are to the recipient. */
export async function countExports(manager: EntityManager, recipient: string): Promise<number> {
  const [{ count }] = await manager.query<[{ count: number }]>('SELECT count(*) FROM export WHERE recipient = $1', [recipient]);
  return count;
}

/** Slots of contacts that changed between two versions. */
export async function changedSlots(manager: EntityManager, since: number, version: number): Promise<number[]> {
  const [{ slots }] = await manager.query<[{ slots: number[] | null }]>(
    'SELECT array_agg(DISTINCT g.slot) AS slots FROM contact_change AS h CROSS JOIN unnest(h.slots) AS g (slot) WHERE h.version > $1 AND h.version <= $2', [since, version],
  );
  return slots ?? [];
}

/**
 * Looks at those who have changed, in all exports to the recipient at once. Of the members of its exports only the blocks are
 * read in which somebody has left: 200 exports of 50,000 people take as long as their 200 bits of her.
 */
export async function noteChanged(manager: EntityManager, recipient: string, slots: readonly number[], version: number): Promise<void> {
  await manager.query(
    `WITH ${takeBackReturned('r.recipient = $1 AND r.slot = ANY ($2::integer[])')} ${putCorrections(OF_RETURNED('$4', '$3'))}`, [recipient, slots, version, GIVEN],
  );
  await manager.query(
    `WITH gone AS MATERIALIZED (
            SELECT x.channel, n.slot FROM unnest($2::integer[]) AS n (slot) CROSS JOIN unnest($3::text[]) AS x (channel)
             WHERE NOT EXISTS (SELECT 1 FROM contact AS c WHERE c.slot = n.slot AND ${SINCE_OF_CHANNEL} IS NOT NULL)),
          held AS MATERIALIZED (
            SELECT x.id, x.number, x.channel, b.block, b.members || ''::bytea AS members FROM export AS x JOIN export_block AS b ON b.export_id = x.id
             WHERE x.recipient = $1 AND b.members IS NOT NULL AND (x.channel, b.block) IN (SELECT channel, slot >> 16 FROM gone)),
          closed AS (
            DELETE FROM export_correction AS e USING gone AS g WHERE e.recipient = $1 AND e.channel = g.channel AND e.slot = g.slot AND e.acknowledged_at IS NULL)
     INSERT INTO export_removal (export_id, slot, recipient, number)
     SELECT id, slot, $1, nextval('export_removal_number')
       FROM (SELECT h.id, g.slot FROM held AS h JOIN gone AS g ON g.channel = h.channel AND g.slot >> 16 = h.block AND get_bit(h.members, g.slot & 65535) = 1
              ORDER BY h.number, g.slot) AS found
     ON CONFLICT DO NOTHING`,
    [recipient, slots, CHANNELS],
  );
}

/** $1 recipient, $2 since, $3 version: what was corrected since the last look, or since a file was made that was taken after it. */
const NEWS = `SELECT n.version, n.field, g.slot FROM correction AS n CROSS JOIN unnest(n.slots) AS g (slot)
  WHERE n.version <= $3 AND n.version > least($2, (SELECT min(stored_version) FROM export WHERE recipient = $1 AND look_due))`;

/** Slots of those whose data was corrected. */
export async function correctedSlots(manager: EntityManager, recipient: string, since: number, version: number): Promise<number[]> {
  const [{ slots }] = await manager.query<[{ slots: number[] | null }]>(`SELECT array_agg(DISTINCT slot) AS slots FROM (${NEWS}) AS news`, [recipient, since, version]);
  return slots ?? [];
}

/**
 * Puts down what was corrected of those whom the recipient was given, before, and who may be written to now; whoever may not is told of as a removal.
 * In an export that was taken since the last look, also what was corrected since its file was made.
 */
export async function noteCorrections(manager: EntityManager, recipient: string, since: number, version: number, slots: readonly number[]): Promise<void> {
  await manager.query(
    `WITH news AS MATERIALIZED (SELECT version, field, slot FROM (${NEWS}) AS every WHERE slot = ANY ($5::integer[])),
          held AS MATERIALIZED (
            SELECT x.id, x.channel, x.preset, x.given_version, CASE WHEN x.look_due THEN least(x.stored_version, $2) ELSE $2 END AS since,
                   b.block, b.members || ''::bytea AS members
              FROM export AS x JOIN export_block AS b ON b.export_id = x.id
             WHERE x.recipient = $1 AND b.members IS NOT NULL AND b.block IN (SELECT slot >> 16 FROM news))
     ${putCorrections(`
       SELECT x.channel, n.slot, CASE n.field WHEN 'everything' THEN p.fields ELSE ARRAY[n.field] END AS fields, n.version
         FROM held AS x JOIN news AS n ON n.slot >> 16 = x.block AND get_bit(x.members, n.slot & 65535) = 1 AND n.version > x.given_version AND n.version > x.since
         JOIN contact AS c ON c.slot = n.slot AND ${SINCE_OF_CHANNEL} IS NOT NULL
         JOIN ${GIVEN_ROWS('$4')} ON p.preset = x.preset AND p.channel = x.channel AND (n.field = 'everything' OR n.field = ANY (p.fields))
        WHERE NOT EXISTS (SELECT 1 FROM export_removal AS r WHERE r.export_id = x.id AND r.slot = n.slot AND r.acknowledged_at IS NOT NULL)`)}`,
    [recipient, since, version, GIVEN, slots],
  );
}

/** Everything up to a version was looked at; the exports are those that were locked. */
export async function endLook(manager: EntityManager, recipient: string, version: number, exports: readonly string[]): Promise<void> {
  if (exports.length > 0) await manager.query('UPDATE export SET look_due = false WHERE id = ANY ($1::uuid[]) AND look_due', [exports]);
  await manager.query('UPDATE recipient_look SET looked_at = greatest(looked_at, $2::bigint) WHERE recipient = $1', [recipient, version]);
}

/** Recipients of whom something may have to be noticed. */
export async function recipientsToLookAt(manager: EntityManager): Promise<string[]> {
  const rows = await manager.query<{ recipient: string }[]>(
    `SELECT recipient FROM recipient_look WHERE looked_at < (SELECT version FROM audience_version) UNION SELECT recipient FROM export WHERE look_due`,
  );
  return rows.map(({ recipient }) => recipient);
}

/** Forgets corrections that every recipient was looked at for, and that no file is older than. */
export async function forgetCorrections(manager: EntityManager): Promise<void> {
  await manager.query(
    `DELETE FROM correction WHERE version <= least(
       (SELECT version FROM audience_version), (SELECT min(coalesce(looked_at, 0)) FROM recipient_look),
       (SELECT min(coalesce(stored_version, given_version, 0)) FROM export WHERE look_due OR (delivery = 'file' AND state IN ('running', 'ready'))))`,
  );
}
