import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller } from '#auth/caller.js';
import type { Channel } from '#contracts/channel.js';
import { Failure } from '#http/failure.js';
import { pointerOf } from '#http/pointer.js';
import { AudienceIndex } from '../audience-index/audience-index.service.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import { CURSOR_UNUSABLE, SNAPSHOT_UNKNOWN } from './audience.errors.js';
import type { Count, CountAnswer, FreshnessAnswer, Page, Query } from './audience.schemas.js';
import { readPeople } from './audience.sql.js';
import { clauseOf } from './clause.js';
import type { Condition } from './condition.js';
import { fingerprint, readCursor, writeCursor } from './cursor.js';
import type { Filter } from './filter.schemas.js';
import { FreshnessService } from './freshness.service.js';
import { resolveFilter, snapshotsIn } from './resolve-filter.js';
import { shownCount } from './small-group.js';

/** Before every slot. */
const FIRST_PAGE = -1;
const ATTEMPTS = 3;

/** Lists for the marketing team: only while it is certain enough that nobody on them has left. */
@Injectable()
export class AudienceService {
  constructor(
    private readonly database: DataSource,
    private readonly gate: FreshnessService,
    private readonly index: AudienceIndex,
    @Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'smallGroupThreshold'>,
  ) {}

  /** @throws Failure `list-stale`, `cursor-unusable`, `snapshot-unknown` */
  async query({ channel, filter, limit, cursor }: Query): Promise<Page> {
    const list = fingerprint(channel, filter);
    const after = cursor === undefined ? undefined : readCursor(cursor, list);
    if (cursor !== undefined && after === undefined) {
      throw new Failure(CURSOR_UNUSABLE, {
        errors: [{ pointer: '#/cursor', code: 'cursor-unusable', detail: 'must come from a page of the same channel and filter' }],
      });
    }
    const condition = conditionOf(channel, filter, new Date());
    const clause = clauseOf(channel, condition);
    for (let attempt = 1; ; attempt += 1) {
      const { value: slots, version, link } = await this.index.page(channel, condition, after ?? FIRST_PAGE, limit + 1);
      const asOf = this.gate.freshOrRefuse(this.gate.judgeLink(link).freshness);
      const shown = slots.slice(0, limit);
      const last = shown.at(-1);
      const contacts = last === undefined ? [] : await readPeople(this.database.manager, channel, clause, shown, link.link);
      // Have they all just left, or have the lists closed? The next look tells.
      if (contacts.length === 0 && last !== undefined && attempt < ATTEMPTS) continue;
      return { asOf, version, contacts, nextCursor: slots.length > limit && last !== undefined ? writeCursor(last, list) : null };
    }
  }

  /**
   * Counts are shown when stale too, and say so.
   * @throws Failure `snapshot-unknown`
   */
  async count({ channel, filter }: Count, { scopes }: Pick<Caller, 'scopes'>): Promise<CountAnswer> {
    const { value, version, link } = await this.index.count(channel, conditionOf(channel, filter, new Date()));
    const { freshness } = this.gate.judgeLink(link);
    const asOf = freshness.asOf?.toISOString() ?? null;
    return { ...shownCount(value, this.config.smallGroupThreshold, scopes), asOf, version, stale: !freshness.fresh };
  }

  /** */
  async freshness(): Promise<FreshnessAnswer> {
    return this.gate.describe((await this.gate.judge(this.database.manager)).freshness);
  }
}

/** @throws Failure `snapshot-unknown` */
function conditionOf(channel: Channel, filter: Filter, now: Date): Condition {
  const unknown = snapshotsIn(filter);
  if (unknown.length > 0) {
    const errors = unknown.map(({ path }) => ({ pointer: pointerOf(['filter', ...path]), code: 'snapshot-unknown', detail: 'must be the id of a snapshot' }));
    throw new Failure(SNAPSHOT_UNKNOWN, { errors });
  }
  return resolveFilter(filter, { channel, now });
}
