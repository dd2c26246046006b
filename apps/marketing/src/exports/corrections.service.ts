import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Corrections } from './corrections.schemas.js';
import { acknowledgeCorrections, readCorrections } from './corrections.sql.js';
import { RecipientLooks } from './recipient-looks.service.js';
import type { Acknowledged, RemovalQuery } from './removals.schemas.js';
import { RemovalsService } from './removals.service.js';

/** Tells recipients whose data they must correct (GDPR Art. 19): of whom, and which, never the data itself. */
@Injectable()
export class CorrectionsService {
  constructor(private readonly database: DataSource, private readonly looks: RecipientLooks, private readonly removals: RemovalsService) {}

  /** Also when the lists are stale. @throws Failure `recipient-not-found` */
  async ofRecipient(recipient: string, { since, limit }: RemovalQuery): Promise<Corrections> {
    await this.removals.assertKnown(recipient);
    await this.looks.look(recipient);
    const rows = await readCorrections(this.database.manager, recipient, since, limit + 1);
    const page = rows.slice(0, limit);
    return {
      corrections: page.map(({ ref, channel, fields, noticedAt }) => ({ ref, channel, fields, noticedAt: noticedAt.toISOString() })),
      upTo: page.at(-1)?.number ?? since,
      more: rows.length > limit,
    };
  }

  /** @throws Failure `recipient-not-found` */
  async acknowledge(recipient: string, upTo: number, by: string): Promise<Acknowledged> {
    await this.removals.assertKnown(recipient);
    return { acknowledged: await acknowledgeCorrections(this.database.manager, recipient, upTo, by) };
  }
}
