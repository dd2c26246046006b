import type { EntityManager } from 'typeorm';

/**
 * Held shared by whoever reads people to hand them out, until the members are committed, and for a moment exclusively by whoever is
 * about to state an erasure: every reading that could still have seen the person is over then, and its members can be seen.
 */
const READING_LOCK = 4_417_007_001;

export const HOLD_READING_LOCK = `pg_advisory_xact_lock_shared(${READING_LOCK})`;

/** Waits until nobody is reading who began before this call. New readings begin after the transaction. */
export async function awaitReadings(manager: EntityManager): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock(${READING_LOCK})`);
}

export interface ErasedInExports {
  /** Recipients of exports that held the person, sorted, by reference. */
  readonly recipients: ReadonlyMap<string, readonly string[]>;
  /** References that a stored file still holds. */
  readonly stored: ReadonlySet<string>;
}

/** What exports know of erased people, also those whose members are not kept any more. Bitmaps are unpacked once a block, not once a person. */
export async function findInExports(manager: EntityManager, refs: readonly string[]): Promise<ErasedInExports> {
  const rows = await manager.query<{ ref: string; recipient: string; handed: boolean; stored: boolean }[]>(
    `WITH erased AS (SELECT ref, slot FROM ref_state WHERE ref = ANY ($1::uuid[]) AND slot IS NOT NULL),
          block AS (SELECT b.export_id, b.block, b.members || ''::bytea AS members, b.stored || ''::bytea AS stored
                      FROM export_block AS b WHERE b.block IN (SELECT slot >> 16 FROM erased))
     SELECT e.ref, x.recipient, bool_or(coalesce(get_bit(b.members, e.slot & 65535) = 1, false)) AS handed,
            bool_or(coalesce(get_bit(b.stored, e.slot & 65535) = 1, false)) AS stored
       FROM block AS b JOIN erased AS e ON e.slot >> 16 = b.block JOIN export AS x ON x.id = b.export_id
      GROUP BY e.ref, x.recipient
     UNION ALL
     SELECT e.ref, p.recipient, true, false FROM erased AS e JOIN export_past AS p ON p.block = e.slot >> 16 WHERE get_bit(p.members, e.slot & 65535) = 1
      ORDER BY ref, recipient`,
    [refs],
  );
  const recipients = new Map<string, string[]>();
  for (const { ref, recipient, handed } of rows) if (handed) recipients.set(ref, [...new Set([...recipients.get(ref) ?? [], recipient])]);
  return { recipients, stored: new Set(rows.filter(({ stored }) => stored).map(({ ref }) => ref)) };
}

/** Asks that files that hold these people be written anew without them. */
export async function askForCleanFiles(manager: EntityManager, refs: readonly string[]): Promise<void> {
  await manager.query(
    `UPDATE export SET clean_due = true
      WHERE state = 'ready' AND NOT clean_due AND id IN (
        SELECT b.export_id FROM export_block AS b JOIN ref_state AS s ON s.slot >> 16 = b.block
         WHERE s.ref = ANY ($1::uuid[]) AND b.stored IS NOT NULL AND get_bit(b.stored, s.slot & 65535) = 1)`,
    [refs],
  );
}
