import type { DataSource } from 'typeorm';
import { runStatement } from '#database/statement.js';
import { isRestoreUnfinished, RESTORE_UNFINISHED } from '#database/unfinished-restore.js';
import type { ErasureLog } from '../erasure-log/erasure-log.service.js';
import { READ_PULSE } from './restore.sql.js';

/** What is said when a database is behind. */
export const DATABASE_IS_BEHIND = 'This database is older than the register that was in service with this log of erasures: it was restored, or made anew. '
  + 'Withdrawals may be lost in it, and marketing would take what it says for old. "npm run restore" does what has to follow; by hand: docs/restore.md, the last step of which, epoch:raise, lets the service start.';

/** Why nothing may be read from this database or brought into it: people may be missing in it, or in it, that the log of erasures tells of. Undefined: nothing is wrong. */
export async function whyNotWhole(dataSource: DataSource, log: ErasureLog): Promise<string | undefined> {
  if (await isRestoreUnfinished(dataSource)) return RESTORE_UNFINISHED;
  // The log is asked first: instances count on meanwhile, here before there.
  const seen = await log.seenPulse();
  const [pulse] = await runStatement<{ count: number }>(dataSource, READ_PULSE, []);
  return (pulse?.count ?? 0) < seen ? DATABASE_IS_BEHIND : undefined;
}
