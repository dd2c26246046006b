import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JsonLogger } from '#http/logger.js';
import { RepeatingTask, type Turn } from '#tasks/repeating-task.js';
import { Relay } from './relay.js';
import { markPart } from './resync.js';

/** A resync that somebody else has begun and not brought to its end, by dying for instance, is found this late. */
const INTERVAL_MS = 15_000;

/** Brings every resync to its end, whoever began it and whatever happened meanwhile. */
@Injectable()
export class Resync implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly task: RepeatingTask;

  constructor(
    private readonly dataSource: DataSource,
    private readonly relay: Relay,
    logger: JsonLogger,
  ) {
    this.task = new RepeatingTask(() => this.turn(), { intervalMs: INTERVAL_MS, retryMs: 1_000, onError: (error) => logger.failure('resync-interrupted', error) });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  /** To be called after a commit that began one. */
  wake(): void {
    this.task.wake();
  }

  private async turn(): Promise<Turn> {
    const more = await markPart(this.dataSource);
    if (more) this.relay.wake();
    return more ? 'more' : 'idle';
  }
}
