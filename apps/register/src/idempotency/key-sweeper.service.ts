import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JsonLogger } from '#http/logger.js';
import { RepeatingTask } from '#tasks/repeating-task.js';
import { runStatement } from '#database/statement.js';
import { FORGET_OLD_KEYS } from './idempotency.sql.js';

const MOST_ROWS = 5_000;

/** Deletes idempotency entries after the day they are promised for. */
@Injectable()
export class KeySweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly task: RepeatingTask;

  constructor(dataSource: DataSource, logger: JsonLogger) {
    this.task = new RepeatingTask(async () => {
      const rows = await runStatement(dataSource, FORGET_OLD_KEYS, [MOST_ROWS]);
      return rows.length === MOST_ROWS ? 'more' : 'idle';
    }, { intervalMs: 10 * 60_000, onError: (error) => logger.failure('key-sweep-failed', error) });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }
}
