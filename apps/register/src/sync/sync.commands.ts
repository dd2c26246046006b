import type { DataSource, EntityManager } from 'typeorm';
import { ErasureLog } from '../erasure-log/erasure-log.service.js';
import type { RegisterConfig } from '../register.config.js';
import { acceptPulse } from '../restore/pulse.service.js';
import { beginResync, markPart } from './resync.js';

/** Never backwards, and never behind the clock: a database made anew or restored is newer than every one before it. */
const RAISE_EPOCH = `UPDATE link_state SET epoch = greatest(epoch + 1, extract(epoch FROM clock_timestamp())::bigint)`;
const COUNT_TOLD = `SELECT (SELECT count(*) FROM customer WHERE known_to_marketing)::int + (SELECT count(*) FROM erasure_case)::int AS count`;

/** Marks everybody in parts. Should it be cut short, the register goes on with it when it runs. */
async function markEverybody(dataSource: DataSource, first?: (manager: EntityManager) => Promise<unknown>): Promise<number> {
  await dataSource.transaction(async (manager) => {
    await first?.(manager);
    await beginResync(manager);
  });
  while (await markPart(dataSource));
  const [row] = await dataSource.query<{ count: number }[]>(COUNT_TOLD);
  return row?.count ?? 0;
}

/** Operator commands about the link to marketing. */
export const SYNC_COMMANDS = {
  resync: {
    usage: 'resync',
    summary: 'Tells marketing everything again. Always safe. The watermark stands still meanwhile, so lists close when it takes longer than their limit.',
    run: async (dataSource: DataSource): Promise<void> => {
      const marked = await markEverybody(dataSource);
      console.log(`${marked} customers will be told to marketing again. The watermark stands still until all of them are answered.`);
    },
  },
  'epoch:raise': {
    usage: 'epoch:raise',
    summary: 'After restoring the register’s database from a backup, before the service is started: makes it newer than everything sent before.',
    run: async (dataSource: DataSource, config: RegisterConfig): Promise<void> => {
      const marked = await markEverybody(dataSource, (manager) => manager.query(RAISE_EPOCH));
      const log = await ErasureLog.open(config);
      try {
        await acceptPulse(dataSource, log);
      } finally {
        await log.close();
      }
      console.log(`The epoch is raised. ${marked} customers will be told to marketing anew; its lists stay closed until all of them are answered.`);
    },
  },
} as const;
