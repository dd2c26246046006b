import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JsonLogger } from '#http/logger.js';
import { RepeatingTask, type Turn } from '#tasks/repeating-task.js';
import { inTransaction } from '../database/transaction.js';
import { deleteExpired, emptyDepartures } from './snapshots.sql.js';

/**
 * People cleared by one transaction: 0.2 s with 20 snapshots. Its locks are waited for only by the erased and by those who
 * come back with a consent older than a snapshot, but behind them waits every other change.
 */
const MOST_AT_ONCE = 2_500;
/**
 * Seconds that somebody who has left may stay in the bitmaps, unseen. A bitmap costs 8 kB a block however many are cleared
 * from it: at 1,000 withdrawals a second, a minute clears 60,000 people for what one second would cost.
 */
const INTERVAL_MS = 60_000;

/** Clears who has left from the snapshots, and deletes those that have expired. */
@Injectable()
export class SnapshotKeeper {
  readonly task: RepeatingTask;

  constructor(
    private readonly database: DataSource,
    logger: JsonLogger,
  ) {
    this.task = new RepeatingTask(() => this.turn(), {
      intervalMs: INTERVAL_MS,
      onError: (error) => logger.failure('snapshots-not-kept', error),
    });
  }

  /** Two instances at once take turns. */
  async turn(): Promise<Turn> {
    await deleteExpired(this.database.manager);
    return (await inTransaction(this.database, (manager) => emptyDepartures(manager, MOST_AT_ONCE))) ? 'more' : 'idle';
  }
}
