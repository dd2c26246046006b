import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { JsonLogger } from '#http/logger.js';
import { RepeatingTask, type Turn } from '#tasks/repeating-task.js';
import { Relay } from '../sync/relay.js';
import { RULES } from './retention-rules.js';
import { Retention } from './retention.service.js';

/** How soon after midnight (UTC) the run of the day begins, and how soon one goes on that another instance has dropped. */
const INTERVAL_MS = 10 * 60_000;

/** Somebody of the chunk was changed or erased by another hand meanwhile: the next look is right. */
const RETRY_MS = 5_000;

/** Runs the rules of retention once a day. Of several instances one at a time works, chunk by chunk. */
@Injectable()
export class RetentionTask implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly task: RepeatingTask;

  constructor(
    private readonly retention: Retention,
    private readonly relay: Relay,
    logger: JsonLogger,
  ) {
    this.task = new RepeatingTask(() => this.turn(), {
      intervalMs: INTERVAL_MS, retryMs: RETRY_MS, onError: (error) => logger.failure('retention-failed', error),
    });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  private async turn(): Promise<Turn> {
    let turn: Turn = 'idle';
    for (const rule of RULES) {
      const outcome = await this.retention.chunk(rule, new Date());
      if (outcome.kind !== 'more') continue;
      this.relay.wake();
      turn = 'more';
    }
    return turn;
  }
}
