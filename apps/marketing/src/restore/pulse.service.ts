import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import type { Applied } from '#contracts/applied.v1.js';
import type { Watermark } from '#contracts/watermark.v1.js';
import { JsonLogger } from '#http/logger.js';
import { inTransaction } from '../database/transaction.js';
import { ExportKeeper } from '../exports/export-keeper.service.js';
import { raiseMarketingEpoch } from '../link/link.sql.js';
import { beat, isBehind, lockEpoch } from '../link/pulse.sql.js';
import { MarketingMetrics } from '../operations/marketing-metrics.service.js';
import { endOpenExports } from './restore.sql.js';

/** What a message says of the database that it comes of. */
export type Told = Required<Pick<Applied, 'marketingEpoch' | 'appliedAt' | 'pulse'>>;

/**
 * Notices a restore that nobody has told of. Before this process says anything to the register it counts on in its database, and says how far
 * it has come; the register repeats the most it was told with every watermark. Whoever finds less in the database than was said is in
 * one that was put back. No two processes count in the same row, so nothing that has happened since makes up for what was lost.
 */
@Injectable()
export class Pulse {
  private instance = randomUUID();
  /** What this process has counted last, and under which epoch. */
  private last: { readonly epoch: string; readonly count: number } | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly exports: ExportKeeper,
    private readonly metrics: MarketingMetrics,
    private readonly logger: JsonLogger,
  ) {}

  /** Counts on, and commits it. To be said after that, and of nothing that was committed later. */
  async beat(): Promise<Told> {
    for (;;) {
      const { instance, last } = this;
      const { count, marketingEpoch, now } = await beat(this.database.manager, instance);
      if (last !== undefined && last.epoch !== marketingEpoch) {
        this.instance = randomUUID();
        this.last = undefined;
      } else if (last !== undefined && count <= last.count) {
        await this.wentBack(marketingEpoch);
      } else {
        this.last = { epoch: marketingEpoch, count };
        return { marketingEpoch, appliedAt: now.toISOString(), pulse: { instance, count } };
      }
    }
  }

  /** Stores a watermark, unless it shows that this database was put back: then it opens nothing, in the same transaction. */
  async compare({ marketingEpoch, pulses = [] }: Watermark, store: (manager: EntityManager) => Promise<unknown>): Promise<void> {
    const ended = await inTransaction(this.database, async (manager) => {
      const epoch = await lockEpoch(manager);
      // What was said under another epoch is no measure of this one.
      if (epoch === marketingEpoch && await isBehind(manager, pulses)) return becomeAnother(manager);
      await store(manager);
      return undefined;
    });
    if (ended !== undefined) await this.tell(ended);
  }

  /** Unless somebody has noticed before. */
  private async wentBack(epoch: string): Promise<void> {
    const ended = await inTransaction(this.database, async (manager) => (await lockEpoch(manager)) === epoch ? becomeAnother(manager) : undefined);
    if (ended !== undefined) await this.tell(ended);
  }

  private async tell(exportsEnded: number): Promise<void> {
    this.metrics.wentBack.inc();
    this.logger.event('database-went-back-in-time', { count: exportsEnded, reason: 'restored-by-hand' }, 'error');
    // What their files hold is of the time that is gone. Should it fail, the keeper does it within a minute.
    await this.exports.sweep().catch((error: unknown) => { this.logger.failure('exports-not-kept', error); });
  }
}

/** As after a restore: lists are closed until the register has told everything anew, and no export goes on. Returns how many were ended. */
async function becomeAnother(manager: EntityManager): Promise<number> {
  await raiseMarketingEpoch(manager);
  return endOpenExports(manager);
}
