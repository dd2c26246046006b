import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Failure } from '#http/failure.js';
import { onOneSnapshot } from '../database/transaction.js';
import { readLink } from '../link/link.sql.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import { CURSOR_UNUSABLE, LIST_STALE } from './audience.errors.js';
import type { Count, CountAnswer, FreshnessAnswer, Page, Query } from './audience.schemas.js';
import { countSegment, readPage } from './audience.sql.js';
import { fingerprint, readCursor, writeCursor } from './cursor.js';
import { type Freshness, judgeFreshness } from './freshness.js';
import { segment } from './segment.js';

/** Lists for the marketing team: only while it is certain enough that nobody on them has left. */
@Injectable()
export class AudienceService {
  constructor(
    private readonly database: DataSource,
    @Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'freshnessLimitMs'>,
  ) {}

  /** @throws Failure `list-stale`, `cursor-unusable` */
  async query({ channel, filter, limit, cursor }: Query): Promise<Page> {
    const list = fingerprint(channel, filter);
    const after = cursor === undefined ? undefined : readCursor(cursor, list);
    if (cursor !== undefined && after === undefined) {
      throw new Failure(CURSOR_UNUSABLE, {
        errors: [{ pointer: '#/cursor', code: 'cursor-unusable', detail: 'must come from a page of the same channel and filter' }],
      });
    }
    return this.reading(async (manager) => {
      const asOf = this.freshOrRefuse(await this.judge(manager));
      const found = await readPage(manager, channel, segment(channel, filter), after, limit + 1);
      const contacts = found.slice(0, limit);
      const last = contacts.at(-1);
      return { asOf, contacts, nextCursor: found.length > limit && last ? writeCursor(last.ref, list) : null };
    });
  }

  /** Counts are shown when stale too, and say so. */
  count({ channel, filter }: Count): Promise<CountAnswer> {
    return this.reading(async (manager) => {
      const freshness = await this.judge(manager);
      const count = await countSegment(manager, segment(channel, filter));
      return { count, asOf: freshness.asOf?.toISOString() ?? null, stale: !freshness.fresh };
    });
  }

  /** */
  freshness(): Promise<FreshnessAnswer> {
    return this.reading(async (manager) => this.describe(await this.judge(manager)));
  }

  private async judge(manager: EntityManager): Promise<Freshness> {
    const { link, now } = await readLink(manager);
    return judgeFreshness(link, now, this.config.freshnessLimitMs);
  }

  private freshOrRefuse(freshness: Freshness): string {
    if (freshness.fresh) return freshness.asOf.toISOString();
    const { asOf, ageSeconds, limitSeconds, reason } = this.describe(freshness);
    throw new Failure(LIST_STALE, { extra: { asOf, ageSeconds, limitSeconds, reason }, retryAfterSeconds: 5 });
  }

  private describe(freshness: Freshness): FreshnessAnswer {
    return {
      fresh: freshness.fresh,
      asOf: freshness.asOf?.toISOString() ?? null,
      ageSeconds: freshness.ageMs === null ? null : freshness.ageMs / 1_000,
      limitSeconds: this.config.freshnessLimitMs / 1_000,
      ...(freshness.fresh ? {} : { reason: freshness.reason }),
    };
  }

  /** One snapshot, so that the freshness judged is the freshness of exactly the rows shown. */
  private reading<T>(read: (manager: EntityManager) => Promise<T>): Promise<T> {
    return onOneSnapshot(this.database, read);
  }
}
