import type { DataSource, EntityManager } from 'typeorm';
import { runInTransaction } from '#database/statement.js';
import { BEGIN_RESYNC, LOCK_RESYNC, MARK_PART, MOVE_RESYNC } from './resync.sql.js';

/** References marked in one transaction: a tenth of a second or two, so that nobody waits for it. */
const PART = 10_000;

/**
 * From this commit on the watermark stands at 1970, until everybody is marked and answered: a resync that dies on its way
 * leaves lists closed, never wrong. One that is under way begins anew.
 */
export async function beginResync(manager: EntityManager): Promise<void> {
  await runInTransaction(manager, BEGIN_RESYNC, []);
}

/**
 * Marks the next references, in a transaction of its own. Several at once take turns, by the lock of the one row that says how far it has come.
 * @returns whether there may be more to mark
 */
export function markPart(dataSource: DataSource, size = PART): Promise<boolean> {
  return dataSource.transaction(async (manager) => {
    const [link] = await runInTransaction<{ resync_after: string | null }>(manager, LOCK_RESYNC, []);
    if (link === undefined || link.resync_after === null) return false;
    const [part] = await runInTransaction<{ last: string | null }>(manager, MARK_PART, [link.resync_after, size]);
    const last = part?.last ?? null;
    await runInTransaction(manager, MOVE_RESYNC, [last]);
    return last !== null;
  });
}
