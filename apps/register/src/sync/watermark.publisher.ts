import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Pulse } from '#contracts/pulse.js';
import type { Watermark } from '#contracts/watermark.v1.js';
import { JsonLogger } from '#http/logger.js';
import { ConfirmingClient } from '#messaging/confirming-client.js';
import { ROUTING } from '#messaging/topology.js';
import { RepeatingTask, type Turn } from '#tasks/repeating-task.js';
import { runStatement } from '#database/statement.js';
import { READ_WATERMARK } from './sync.sql.js';
import { SyncMetrics } from './sync.metrics.js';

const INTERVAL_MS = 2_000;
/** An older one only says less. */
const EXPIRATION_MS = 60_000;

export interface WatermarkRow {
  readonly epoch: number;
  readonly marketing_epoch: string | null;
  readonly issued_at: Date;
  readonly watermark: Date;
  readonly pending: number;
  readonly pulses: Pulse[];
}

/** The watermark as it is now, with what it was read with; undefined only in a database without its one row of `link_state`. */
export async function readWatermark(dataSource: DataSource): Promise<WatermarkRow | undefined> {
  const [row] = await runStatement<WatermarkRow>(dataSource, READ_WATERMARK, []);
  return row;
}

/** Tells marketing every two seconds up to which moment it has answered everything. */
@Injectable()
export class WatermarkPublisher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly task: RepeatingTask;

  constructor(
    private readonly dataSource: DataSource,
    private readonly client: ConfirmingClient,
    private readonly metrics: SyncMetrics,
    logger: JsonLogger,
  ) {
    this.task = new RepeatingTask(() => this.turn(), { intervalMs: INTERVAL_MS, onError: (error) => logger.failure('watermark-failed', error) });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  private async turn(): Promise<Turn> {
    const row = await readWatermark(this.dataSource);
    if (!row) return 'idle';
    this.metrics.observe(row.pending, row.issued_at.getTime() - row.watermark.getTime());
    const body: Watermark = {
      schema: 'watermark.v1',
      epoch: row.epoch,
      marketingEpoch: row.marketing_epoch,
      watermark: row.watermark.toISOString(),
      issuedAt: row.issued_at.toISOString(),
      pending: row.pending,
      pulses: row.pulses,
    };
    await this.client.publishAll([{ routingKey: ROUTING.watermark, body, expirationMs: EXPIRATION_MS }]);
    return 'idle';
  }
}
