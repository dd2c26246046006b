import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Watermark, WatermarkSchema } from '#contracts/watermark.v1.js';
import type { Delivery } from '#messaging/batch-server.js';
import { AnswerSender } from '../answering/answer-sender.service.js';
import { readLink, storeWatermark } from './link.sql.js';

/** Listens to how far the register says we have come. */
@Injectable()
export class WatermarkService {
  constructor(
    private readonly database: DataSource,
    private readonly answers: AnswerSender,
  ) {}

  /**
   * Keeps the newest word of the batch. One that cannot be read is let go: W then stands still, which closes the
   * lists. When the register speaks of another marketing, it is told our epoch.
   */
  async hear(batch: readonly Delivery[]): Promise<void> {
    for (const word of batch.flatMap(parse)) {
      await storeWatermark(this.database.manager, word);
      const { link } = await readLink(this.database.manager);
      if (word.marketingEpoch !== link.marketingEpoch) this.answers.sayHello();
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
