import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { runStatement } from '#database/statement.js';
import { JsonLogger } from '#http/logger.js';
import { RepeatingTask, type Turn } from '#tasks/repeating-task.js';
import { ErasureLog } from '../erasure-log/erasure-log.service.js';
import { BEAT, CATCH_UP } from './restore.sql.js';

const INTERVAL_MS = 30_000;

interface Counted { readonly count: number }

/**
 * Notices a restore that nobody has told of. A count in this database goes up while the register runs, and is then noted in the log of
 * erasures, which is never restored: where the log has seen more than there is, time has gone back.
 */
@Injectable()
export class Pulse implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly task: RepeatingTask;

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: ErasureLog,
    private readonly logger: JsonLogger,
  ) {
    this.task = new RepeatingTask(() => this.turn(), { intervalMs: INTERVAL_MS, onError: (error) => { logger.failure('pulse-not-noted', error); } });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  /** Ends the process when the database was put back under it: the next start tells what has to follow. Not in order, which would send what is left to marketing. */
  async beat(): Promise<void> {
    const seen = await this.log.seenPulse();
    const [pulse] = await runStatement<Counted>(this.dataSource, BEAT, []);
    if (!pulse || pulse.count > seen) return this.log.notePulse(pulse?.count ?? 0);
    this.logger.event('database-went-back-in-time', { count: seen - pulse.count + 1 }, 'error');
    process.exit(1);
  }

  private async turn(): Promise<Turn> {
    await this.beat();
    return 'idle';
  }
}

/** A restored database is accepted as it is: from here on it is the newest. */
export async function acceptPulse(dataSource: DataSource, log: ErasureLog): Promise<void> {
  await runStatement(dataSource, CATCH_UP, [await log.seenPulse()]);
}
