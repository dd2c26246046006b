import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MAX_ROUND_CASES } from '#contracts/search.v1.js';
import { runStatement } from '#database/statement.js';
import { JsonLogger } from '#http/logger.js';
import { RepeatingTask, type Turn } from '#tasks/repeating-task.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { SearchConnections } from './search-connections.service.js';
import { SearchRound } from './search-round.service.js';
import { LOOK_FOR_DUE } from './search-rounds.sql.js';
import { pauseAfter } from './verdict.js';

const LOOK_MS = 1_000;
const RETRY_MS = 5_000;

/** Begins a round when somebody is due and the pause after the last one is over; of several instances one at a time. */
@Injectable()
export class SearchRoundsTask implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly task: RepeatingTask;
  private readonly stopping = new AbortController();

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    private readonly connections: SearchConnections,
    private readonly round: SearchRound,
    logger: JsonLogger,
    @Inject(REGISTER_CONFIG) private readonly config: Pick<RegisterConfig, 'searchPauseMs'>,
  ) {
    this.task = new RepeatingTask(() => this.turn(), {
      intervalMs: Math.min(LOOK_MS, config.searchPauseMs ?? LOOK_MS), retryMs: RETRY_MS,
      onError: (error) => { if (!this.stopping.signal.aborted) logger.failure('search-round-failed', error); },
    });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    return this.task.stop();
  }

  private async turn(): Promise<Turn> {
    const [look] = await runStatement<{ due: boolean; took_ms: number | null; cases: number | null; ended_ms_ago: number | null }>(this.dataSource, LOOK_FOR_DUE, []);
    if (look?.due !== true) return 'idle';
    if (look.took_ms !== null && (look.ended_ms_ago ?? 0) < pauseAfter(look.took_ms, this.config.searchPauseMs, look.cases === MAX_ROUND_CASES)) return 'idle';
    await this.connections.alone(() => this.round.run(this.stopping.signal));
    return 'idle';
  }
}
