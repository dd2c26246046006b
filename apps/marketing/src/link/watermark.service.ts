import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Watermark, WatermarkSchema } from '#contracts/watermark.v1.js';
import type { Delivery } from '#messaging/batch-server.js';
import { AnswerSender } from '../answering/answer-sender.service.js';
import { FreshnessService } from '../audience/freshness.service.js';
import { Pulse } from '../restore/pulse.service.js';
import { readLink, storeWatermark } from './link.sql.js';

/** Listens to how far the register says we have come. */
@Injectable()
export class WatermarkService {
  constructor(
    private readonly database: DataSource,
    private readonly answers: AnswerSender,
    private readonly pulse: Pulse,
    private readonly gate: FreshnessService,
  ) {}

  /**
   * Keeps the newest word of the batch. One that cannot be read is let go: W then stands still, which closes the
   * lists. When it shows that this database went back in time, it is not kept, and we are another marketing from then on.
   * When the register speaks of another marketing, it is told our epoch.
   */
  async hear(batch: readonly Delivery[]): Promise<void> {
    for (const word of batch.flatMap(parse)) {
      await this.pulse.compare(word, (manager) => storeWatermark(manager, word));
      const read = await readLink(this.database.manager);
      this.gate.judgeLink(read);
      if (word.marketingEpoch !== read.link.marketingEpoch) this.answers.sayHello();
    }
  }
}

function parse({ content }: Delivery): Watermark[] {
  try {
    const parsed = WatermarkSchema.safeParse(JSON.parse(content.toString('utf8')));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}
