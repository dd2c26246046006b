import { EventPattern, Payload } from '@nestjs/microservices';
import type { Delivery, Subscription } from '#messaging/batch-server.js';
import { MessageController } from '#messaging/message-controller.js';
import { QUEUES, ROUTING } from '#messaging/topology.js';
import { WatermarkService } from '../link/watermark.service.js';
import { IntakeService } from './intake.service.js';

/** Removals have a queue and a consumer of their own, so that none waits behind a million imported opt-ins. */
export const SUBSCRIPTIONS: readonly Subscription[] = [
  { queue: QUEUES.removals, pattern: ROUTING.removal, maxBatch: 500, maxWaitMs: 5, prefetch: 1_000 },
  { queue: QUEUES.changes, pattern: ROUTING.change, maxBatch: 500, maxWaitMs: 20, prefetch: 1_000 },
  { queue: QUEUES.watermark, pattern: ROUTING.watermark, maxBatch: 10, maxWaitMs: 1, prefetch: 10 },
];

/** What comes from the register. A batch is acked when its handler resolves, that is after the commit. */
@MessageController()
export class ConsentEventsController {
  constructor(
    private readonly intake: IntakeService,
    private readonly watermark: WatermarkService,
  ) {}

  @EventPattern(ROUTING.removal)
  removals(@Payload() batch: Delivery[]): Promise<void> {
    return this.intake.take(QUEUES.removals, batch);
  }

  @EventPattern(ROUTING.change)
  changes(@Payload() batch: Delivery[]): Promise<void> {
    return this.intake.take(QUEUES.changes, batch);
  }

  @EventPattern(ROUTING.watermark)
  watermarks(@Payload() batch: Delivery[]): Promise<void> {
    return this.watermark.hear(batch);
  }
}
