import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { runStatement } from '#database/statement.js';
import { JsonLogger } from '#http/logger.js';
import { RepeatingTask, type Turn } from '#tasks/repeating-task.js';
import { COUNT_UNANSWERED } from './erasure.sql.js';
import { ErasureReplay } from './erasure-replay.service.js';

const INTERVAL_MS = 60_000;
/** Marketing answers within 5 s when it is well. After this somebody should look. */
const ALARM_SECONDS = 300;

/** Before the register answers anybody, it agrees with the log of erasures; later it finishes what a crash has cut short, and tells of erasures that marketing leaves unanswered. */
@Injectable()
export class ErasureCompletion implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly task: RepeatingTask;

  constructor(
    private readonly dataSource: DataSource,
    private readonly replay: ErasureReplay,
    private readonly logger: JsonLogger,
  ) {
    this.task = new RepeatingTask(() => this.turn(), { intervalMs: INTERVAL_MS, onError: (error) => { logger.failure('erasure-completion-failed', error); } });
  }

  /** Nest serves and relays nothing until this has resolved. */
  async onModuleInit(): Promise<void> {
    const { erasedAgain, reopened } = await this.replay.run();
    if (erasedAgain > 0) this.logger.event('erased-again-by-the-log', { count: erasedAgain }, 'warn');
    if (reopened > 0) this.logger.event('erasure-cases-reopened-by-the-log', { count: reopened }, 'warn');
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  private async turn(): Promise<Turn> {
    const [late] = await runStatement<{ count: number }>(this.dataSource, COUNT_UNANSWERED, [ALARM_SECONDS]);
    if (late && late.count > 0) this.logger.event('erasures-unanswered', { count: late.count }, 'error');
    await this.replay.finishCutShort();
    return 'idle';
  }
}
