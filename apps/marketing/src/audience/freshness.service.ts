import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Failure } from '#http/failure.js';
import { LinkMemory } from '../link/link-memory.js';
import { type LinkNow, readLink } from '../link/link.sql.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import { LIST_STALE } from './audience.errors.js';
import type { FreshnessAnswer } from './audience.schemas.js';
import { type Freshness, judgeFreshness } from './freshness.js';

/** How fresh the contacts of a version are, by the clock that filters are read by, too. */
export interface Judged {
  readonly freshness: Freshness;
  readonly version: number;
  readonly now: Date;
}

/** The gate before everything that shows who may be written to. */
@Injectable()
export class FreshnessService {
  private readonly memory = new LinkMemory();

  constructor(@Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'freshnessLimitMs'>) {}

  /** At start, before anything is heard: no list is shown by what stands in the database from before. */
  async begin(manager: EntityManager): Promise<void> {
    this.memory.begin((await readLink(manager)).link);
  }

  /** As of the snapshot that the caller reads on: ask in the same transaction as for the people. */
  async judge(manager: EntityManager): Promise<Judged> {
    return this.judgeLink(await readLink(manager));
  }

  /** By what was read of the link together with the people. */
  judgeLink(read: LinkNow): Judged {
    const { link, now, audienceVersion: version } = read;
    const freshness = judgeFreshness(link, now, this.config.freshnessLimitMs);
    if (this.memory.take(read) || !freshness.fresh) return { freshness, version, now };
    return { freshness: { ...freshness, fresh: false, reason: 'not-heard-since' }, version, now };
  }

  /**
   * The moment the lists are of (ISO 8601).
   * @throws Failure `list-stale`
   */
  freshOrRefuse(freshness: Freshness): string {
    if (freshness.fresh) return freshness.asOf.toISOString();
    const { asOf, ageSeconds, limitSeconds, reason } = this.describe(freshness);
    throw new Failure(LIST_STALE, { extra: { asOf, ageSeconds, limitSeconds, reason }, retryAfterSeconds: 5 });
  }

  describe(freshness: Freshness): FreshnessAnswer {
    return {
      fresh: freshness.fresh,
      asOf: freshness.asOf?.toISOString() ?? null,
      ageSeconds: freshness.ageMs === null ? null : freshness.ageMs / 1_000,
      limitSeconds: this.config.freshnessLimitMs / 1_000,
      ...(freshness.fresh ? {} : { reason: freshness.reason }),
    };
  }
}
