import type { EntityManager } from 'typeorm';
import type { Channel } from '#contracts/channel.js';
import type { PersonRead } from './person-read.js';

/** Held shared by the trigger `list_read`, and by erasures alone; the number stands in the migration too. */
const LIST_READS_LOCK = 4_417_007_002;

/** A page of a list may hold the person: as its index is asked. */
export const mayHold = (read: string, slot: string): string =>
  `cardinality(${read}.slots) > 0 AND int4range(${read}.slots[1], ${read}.slots[cardinality(${read}.slots)], '[]') @> ${slot} AND ${slot} = ANY (${read}.slots)`;

/** What a page shows of each person: data by the names that recipients hear of. */
export interface ListRead extends PersonRead {
  readonly channel: Channel;
  readonly fields: readonly string[];
}

/**
 * The entry for a page, as a part of the statement that reads it: without the entry there is no page. `people` is the part that has the
 * slots; of nobody there is no entry.
 */
export function noteListRead({ actor, actorKind, purpose, route, channel, fields }: ListRead, people: string, place: (value: unknown) => string): string {
  return `INSERT INTO person_read (actor, actor_kind, purpose, route, channel, fields, version, slots)
     SELECT ${[actor, actorKind, purpose, route, channel].map((value) => `${place(value)}::text`).join(', ')}, ${place(fields)}::text[],
            (SELECT version FROM audience_version), array_agg(slot ORDER BY slot) FROM ${people} HAVING count(*) > 0`;
}

/**
 * Takes erased people out of the pages that showed them; that there were such pages stays. Their contacts are deleted by an earlier statement
 * of the transaction: from the lock to its end no page is noted that could still have shown them.
 */
export async function forgetInListReads(manager: EntityManager, refs: readonly string[]): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock(${LIST_READS_LOCK})`);
  await manager.query(
    `WITH erased AS (SELECT slot FROM ref_state WHERE ref = ANY ($1::uuid[]) AND slot IS NOT NULL),
          found AS (SELECT DISTINCT r.id FROM erased AS e JOIN person_read AS r ON ${mayHold('r', 'e.slot')})
     UPDATE person_read AS r
        SET slots = ARRAY (SELECT s.slot FROM unnest(r.slots) WITH ORDINALITY AS s (slot, nth) WHERE s.slot NOT IN (SELECT slot FROM erased) ORDER BY s.nth)
       FROM found AS f WHERE r.id = f.id`,
    [refs],
  );
}
