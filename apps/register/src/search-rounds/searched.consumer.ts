import { EventPattern, Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { type SearchAnswered, SearchAnsweredSchema } from '#contracts/search.v1.js';
import { runStatement } from '#database/statement.js';
import { JsonLogger } from '#http/logger.js';
import type { Delivery } from '#messaging/batch-server.js';
import { MessageController } from '#messaging/message-controller.js';
import { QUEUES } from '#messaging/topology.js';
import { NOTE_ANSWER } from './search-rounds.sql.js';
import { readSearchStatement } from './signed-statement.js';

/** Writes marketing's answer down, for whichever instance of the register waits for it. */
@MessageController()
export class SearchedConsumer {
  constructor(
    private readonly dataSource: DataSource,
    private readonly logger: JsonLogger,
  ) {}

  @EventPattern(QUEUES.searched)
  async handle(@Payload() batch: readonly Delivery[]): Promise<void> {
    for (const delivery of batch) {
      const answer = this.parse(delivery);
      if (answer) await runStatement(this.dataSource, NOTE_ANSWER, [answer.roundId, answer.statement]);
    }
  }

  /** Without an answer that can be read the round is given up, and begun anew. */
  private parse(delivery: Delivery): SearchAnswered | undefined {
    try {
      const parsed = SearchAnsweredSchema.safeParse(JSON.parse(delivery.content.toString('utf8')));
      if (parsed.success && readSearchStatement(parsed.data.statement)?.roundId === parsed.data.roundId) return parsed.data;
    } catch {
      // Not JSON: told below like every other unreadable answer.
    }
    this.logger.event('answer-unreadable', { queue: QUEUES.searched }, 'error');
    return undefined;
  }
}
