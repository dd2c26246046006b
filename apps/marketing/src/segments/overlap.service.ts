import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller } from '#auth/caller.js';
import type { Channel } from '#contracts/channel.js';
import { AudienceIndex } from '../audience-index/audience-index.service.js';
import { FreshnessService } from '../audience/freshness.service.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import type { Overlap, OverlapAnswer } from './overlap.schemas.js';
import { type Selected, SelectionService } from './selection.service.js';
import { shownOverlap } from './shown-overlap.js';

/** Compares two lists of one channel. */
@Injectable()
export class OverlapService {
  constructor(
    private readonly database: DataSource,
    private readonly selections: SelectionService,
    private readonly index: AudienceIndex,
    private readonly gate: FreshnessService,
    @Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'smallGroupThreshold'>,
  ) {}

  /** All numbers are of one version of the contacts. @throws Failure those of a selection */
  async compare({ channel, ...sides }: Overlap, { scopes }: Pick<Caller, 'scopes'>): Promise<OverlapAnswer> {
    // The side with a segment says which channel the other one is about.
    const [lead, other] = sides.a.segment === undefined && sides.b.segment !== undefined ? ['b', 'a'] as const : ['a', 'b'] as const;
    const resolve = (side: 'a' | 'b', of: Channel | undefined): Promise<Selected> =>
      this.selections.resolve(this.database.manager, { channel: of, ...sides[side] }, new Date(), [side]);
    const first = await resolve(lead, channel);
    const second = await resolve(other, first.channel);
    const [a, b] = lead === 'a' ? [first.condition, second.condition] : [second.condition, first.condition];
    const { value: [inA = 0, inB = 0, both = 0], version, link } = await this.index.counts(first.channel, [a, b, { kind: 'all', of: [a, b] }]);
    const { freshness } = this.gate.judgeLink(link);
    return {
      channel: first.channel, ...shownOverlap({ a: inA, b: inB, both }, this.config.smallGroupThreshold, scopes),
      asOf: freshness.asOf?.toISOString() ?? null, version, stale: !freshness.fresh,
    };
  }
}
