import type { DataSource, EntityManager } from 'typeorm';
import { markEverything } from './sync.sql.js';

/** Never backwards, and never behind the clock: a database made anew or restored is newer than every one before it. */
const RAISE_EPOCH = `UPDATE link_state SET epoch = greatest(epoch + 1, extract(epoch FROM clock_timestamp())::bigint)`;

async function markAll(manager: EntityManager): Promise<number> {
  await markEverything(manager);
  const [row] = await manager.query<{ count: number }[]>('SELECT count(*)::int AS count FROM sync_pending');
  return row?.count ?? 0;
}

/** Operator commands about the link to marketing. */
export const SYNC_COMMANDS = {
  resync: {
    usage: 'resync',
    summary: 'Tells marketing everything again. Always safe. The watermark stands still meanwhile, so lists close when it takes longer than their limit.',
    run: async (dataSource: DataSource): Promise<void> => {
      const marked = await dataSource.transaction(markAll);
      console.log(`${marked} customers will be told to marketing again. The watermark stands still until all of them are answered.`);
    },
  },
  'epoch:raise': {
    usage: 'epoch:raise',
    summary: 'After restoring the register’s database from a backup, before the service is started: makes it newer than everything sent before.',
    run: async (dataSource: DataSource): Promise<void> => {
      const marked = await dataSource.transaction(async (manager) => {
        await manager.query(RAISE_EPOCH);
        return markAll(manager);
      });
      console.log(`The epoch is raised. ${marked} customers will be told to marketing anew; its lists stay closed until all of them are answered.`);
    },
  },
} as const;
