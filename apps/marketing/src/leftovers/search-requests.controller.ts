import { EventPattern, Payload } from '@nestjs/microservices';
import { SearchRequestedSchema } from '#contracts/search.v1.js';
import { JsonLogger } from '#http/logger.js';
import type { Delivery, Subscription } from '#messaging/batch-server.js';
import { MessageController } from '#messaging/message-controller.js';
import { QUEUES, ROUTING } from '#messaging/topology.js';
import { LeftoverSearch } from './leftover-search.service.js';

/** One at a time: a search reads everything there is, and another instance may take the next. */
export const SEARCH_SUBSCRIPTION: Subscription = { queue: QUEUES.search, pattern: ROUTING.search, maxBatch: 1, maxWaitMs: 0, prefetch: 1 };

/** The register asks to search again for the erased. A request is acked when it is answered: a crash before that repeats it. */
@MessageController()
export class SearchRequestsController {
  constructor(private readonly search: LeftoverSearch, private readonly logger: JsonLogger) {}

  @EventPattern(ROUTING.search)
  async requested(@Payload() batch: readonly Delivery[]): Promise<void> {
    for (const delivery of batch) {
      const roundId = this.roundOf(delivery);
      if (roundId !== undefined) await this.search.answer(roundId);
    }
  }

  /** What cannot be read is left out: the register asks anew for a round that nobody answered. */
  private roundOf({ content }: Delivery): string | undefined {
    try {
      const parsed = SearchRequestedSchema.safeParse(JSON.parse(content.toString('utf8')));
      if (parsed.success) return parsed.data.roundId;
    } catch {
      // Not JSON: told below like every other unreadable request.
    }
    this.logger.event('search-request-unreadable', { queue: QUEUES.search }, 'error');
    return undefined;
  }
}
