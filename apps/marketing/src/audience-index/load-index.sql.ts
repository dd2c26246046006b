import type { DataSource, QueryRunner } from 'typeorm';
import { copyContacts, readBacklog, readExtent } from './audience-index.sql.js';
import { ContactIndex } from './contact-index.js';

/** The process is ending. */
export class LoadStopped extends Error {
  override readonly name = 'LoadStopped';
}

/** Everything has changed, or the log of changes was lost, while the contacts were loaded. */
export class LoadOutrun extends Error {
  override readonly name = 'LoadOutrun';
}

/**
 * A new index of all contacts as they are on one snapshot; then again of what has changed meanwhile, until that is little.
 * @throws LoadStopped once `isStopping`; LoadOutrun when it has to be begun anew
 */
export async function loadIndex(database: DataSource, isStopping: () => boolean): Promise<ContactIndex> {
  const index = new ContactIndex();
  const runner = database.createQueryRunner();
  try {
    await copyOnOneSnapshot(runner, index, undefined, isStopping);
    for (;;) {
      const { isKnown, isSmall } = await readBacklog(runner, index.version);
      if (!isKnown) throw new LoadOutrun();
      if (isSmall) return index;
      await copyOnOneSnapshot(runner, index, index.version, isStopping);
    }
  } finally {
    await runner.release();
  }
}

async function copyOnOneSnapshot(runner: QueryRunner, index: ContactIndex, since: number | undefined, isStopping: () => boolean): Promise<void> {
  await runner.startTransaction('REPEATABLE READ');
  try {
    await runner.query('SET LOCAL statement_timeout = 0'); // ten million take longer than a statement may elsewhere
    const { version, incarnation, lastSlot } = await readExtent(runner);
    index.incarnation = incarnation;
    index.reserve((lastSlot ?? 0) + 1);
    await copyContacts(runner, since, ({ slot, contact }) => {
      if (isStopping()) throw new LoadStopped();
      index.put(slot, contact);
    });
    index.moveTo(version, []);
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}
