import type { DataSource } from 'typeorm';
import { markEverything } from './sync.sql.js';

/** Never backwards, and never behind the clock: a database made anew or restored is newer than every one before it. */
const RAISE_EPOCH = `UPDATE link_state SET epoch = greatest(epoch + 1, extract(epoch FROM clock_timestamp())::bigint)`;

async function resync(dataSource: DataSource): Promise<void> {
  const marked = await dataSource.transaction(async (manager) => {
    await markEverything(manager);
    const [row] = await manager.query<{ count: number }[]>('SELECT count(*)::int AS count FROM sync_pending');
    return row?.count ?? 0;
  });
  console.log(`${marked} customers will be told to marketing again. Its lists stay closed until all of them are answered.`);
}

/** Operator commands about the link to marketing. */
export const SYNC_COMMANDS = {
  resync: {
    usage: 'resync',
    summary: 'Tells marketing everything again. Always safe; marketing’s lists are closed until it is through.',
    run: resync,
  },
  'epoch:raise': {
    usage: 'epoch:raise',
    summary: 'After restoring the register’s database from a backup, before the service is started: makes it newer than everything sent before.',
    run: async (dataSource: DataSource): Promise<void> => {
      await dataSource.query(RAISE_EPOCH);
      await resync(dataSource);
    },
  },
} as const;
