import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { registerDataSource } from '../database/data-source.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';

/** It holds the lock; the thread that searches has another. */
const CONNECTIONS = 1;
const LOCK = `hashtext('lupa:search-rounds')`;

/** The connection of the rounds alone: a search takes minutes, and requests must not wait for it. */
@Injectable()
export class SearchConnections implements OnApplicationShutdown {
  private opened: Promise<DataSource> | undefined;

  constructor(@Inject(REGISTER_CONFIG) private readonly config: Pick<RegisterConfig, 'databaseUrl' | 'queryTimeoutMs'>) {}

  async onApplicationShutdown(): Promise<void> {
    const dataSource = await this.opened?.catch(() => undefined);
    await dataSource?.destroy();
  }

  dataSource(): Promise<DataSource> {
    this.opened ??= registerDataSource(this.config.databaseUrl, CONNECTIONS, this.config.queryTimeoutMs).initialize().catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  /** Does the work unless another instance of the register is at it. Undefined: it is. */
  async alone<T>(work: () => Promise<T>): Promise<T | undefined> {
    const runner = (await this.dataSource()).createQueryRunner();
    try {
      const [lock] = (await runner.query(`SELECT pg_try_advisory_lock(${LOCK}) AS held`)) as { held: boolean }[];
      if (lock?.held !== true) return undefined;
      try {
        return await work();
      } finally {
        await runner.query(`SELECT pg_advisory_unlock(${LOCK})`).catch(() => undefined); // a lost connection holds no lock
      }
    } finally {
      await runner.release();
    }
  }
}
