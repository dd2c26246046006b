import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Failure } from '#http/failure.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import { EXPORT_NOT_FOUND, RECIPIENT_NOT_FOUND } from './exports.errors.js';
import { readExport } from './exports.sql.js';
import { RecipientLooks } from './recipient-looks.service.js';
import type { Acknowledged, RemovalQuery, Removals } from './removals.schemas.js';
import { acknowledge, readRemovals } from './removals.sql.js';

/** Tells recipients whom they must remove: whoever they were given and who may not be written to any more. */
@Injectable()
export class RemovalsService {
  constructor(
    private readonly database: DataSource,
    private readonly looks: RecipientLooks,
    @Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'exports'>,
  ) {}

  /** Also when the lists are stale: whoever is known to have left must go. @throws Failure `recipient-not-found` */
  async ofRecipient(recipient: string, query: RemovalQuery): Promise<Removals> {
    await this.assertKnown(recipient);
    return this.page({ recipient }, query);
  }

  /** @throws Failure `export-not-found` */
  async ofExport(exportId: string, query: RemovalQuery): Promise<Removals> {
    return this.page({ recipient: await this.recipientOf(exportId), exportId }, query);
  }

  /** @throws Failure `recipient-not-found` */
  async acknowledge(recipient: string, upTo: number, by: string): Promise<Acknowledged> {
    await this.assertKnown(recipient);
    return { acknowledged: await acknowledge(this.database.manager, { recipient }, upTo, by) };
  }

  /** Of this export only: whoever reads its list has not been told of the others. @throws Failure `export-not-found` */
  async acknowledgeOfExport(exportId: string, upTo: number, by: string): Promise<Acknowledged> {
    const recipient = await this.recipientOf(exportId);
    return { acknowledged: await acknowledge(this.database.manager, { recipient, exportId }, upTo, by) };
  }

  private async page(of: { recipient: string; exportId?: string }, { since, limit }: RemovalQuery): Promise<Removals> {
    await this.looks.look(of.recipient);
    const rows = await readRemovals(this.database.manager, of, since, limit + 1);
    const page = rows.slice(0, limit);
    return {
      removals: page.map(({ ref, channel, erased, noticedAt, exports }) => ({ ref, channel, erased, noticedAt: noticedAt.toISOString(), exports })),
      upTo: page.at(-1)?.number ?? since,
      more: rows.length > limit,
    };
  }

  private async recipientOf(exportId: string): Promise<string> {
    const row = await readExport(this.database.manager, exportId);
    if (row === undefined) throw new Failure(EXPORT_NOT_FOUND);
    return row.recipient;
  }

  /** Configured now, or given people in the past. @throws Failure `recipient-not-found` */
  async assertKnown(recipient: string): Promise<void> {
    if (this.config.exports.recipients.some(({ id }) => id === recipient)) return;
    const past = await this.database.query<unknown[]>('SELECT 1 FROM export WHERE recipient = $1 LIMIT 1', [recipient]);
    if (past.length === 0) throw new Failure(RECIPIENT_NOT_FOUND);
  }
}
