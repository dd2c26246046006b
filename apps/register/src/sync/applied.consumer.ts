import { EventPattern, Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { type Applied, AppliedSchema } from '#contracts/applied.v1.js';
import { JsonLogger } from '#http/logger.js';
import type { Delivery } from '#messaging/batch-server.js';
import { MessageController } from '#messaging/message-controller.js';
import { QUEUES } from '#messaging/topology.js';
import { runInTransaction } from '#database/statement.js';
import { adoptMarketingEpoch, notePulse } from './marketing-epoch.js';
import { Resync } from './resync.service.js';
import { SyncMetrics } from './sync.metrics.js';
import { CLEAR_ANSWERED } from './sync.sql.js';

/** Marketing's own word is the only thing that clears a pending change. */
@MessageController()
export class AppliedConsumer {
  constructor(
    private readonly dataSource: DataSource,
    private readonly metrics: SyncMetrics,
    private readonly resync: Resync,
    private readonly logger: JsonLogger,
  ) {}

  @EventPattern(QUEUES.applied)
  async handle(@Payload() batch: readonly Delivery[]): Promise<void> {
    const messages = batch.flatMap((delivery) => this.parse(delivery));
    const { cleared, closed, resync } = await this.dataSource.transaction(async (manager) => {
      let resync = false;
      const answers = new Map<string, object>();
      for (const message of messages) {
        const standing = await adoptMarketingEpoch(manager, message.marketingEpoch, message.appliedAt);
        if (standing === 'former') continue;
        resync ||= standing === 'adopted';
        if (message.pulse) await notePulse(manager, message.marketingEpoch, message.pulse);
        for (const answer of message.answers) answers.set(key(answer), { ...answer, erased: false, statement: null });
        for (const answer of message.erasures) answers.set(key(answer), { ...answer, erased: true });
      }
      const [row] = await runInTransaction<{ cleared: number; closed: number }>(manager, CLEAR_ANSWERED, [JSON.stringify([...answers.values()])]);
      return { cleared: row?.cleared ?? 0, closed: row?.closed ?? 0, resync };
    });
    this.metrics.countAnswers(cleared, closed);
    if (resync) {
      this.logger.event('marketing-epoch-adopted', {}, 'warn');
      this.resync.wake();
    }
  }

  /** What cannot be read clears nothing, so leaving it out is safe: the change stays pending and is sent again. */
  private parse(delivery: Delivery): Applied[] {
    try {
      const parsed = AppliedSchema.safeParse(JSON.parse(delivery.content.toString('utf8')));
      if (parsed.success) return [parsed.data];
    } catch {
      // Not JSON: told below like every other unreadable answer.
    }
    this.logger.event('answer-unreadable', { queue: QUEUES.applied }, 'error');
    return [];
  }
}

function key(answer: { ref: string; epoch: number; version: number }): string {
  return `${answer.ref} ${answer.epoch} ${answer.version}`;
}
