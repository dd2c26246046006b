import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Caller } from '#auth/caller.js';
import type { Channel } from '#contracts/channel.js';
import { Failure } from '#http/failure.js';
import { pointerOf } from '#http/pointer.js';
import { onOneSnapshot } from '../database/transaction.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import { CURSOR_UNUSABLE, SNAPSHOT_UNKNOWN } from './audience.errors.js';
import type { Count, CountAnswer, FreshnessAnswer, Page, Query } from './audience.schemas.js';
import { countPeople, readPage } from './audience.sql.js';
import { clauseOf } from './clause.js';
import type { Condition } from './condition.js';
import { fingerprint, readCursor, writeCursor } from './cursor.js';
import type { Filter } from './filter.schemas.js';
import { FreshnessService } from './freshness.service.js';
import { resolveFilter, snapshotsIn } from './resolve-filter.js';
import { shownCount } from './small-group.js';

/** Lists for the marketing team: only while it is certain enough that nobody on them has left. */
@Injectable()
export class AudienceService {
  constructor(
    private readonly database: DataSource,
    private readonly gate: FreshnessService,
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
    return this.reading(async (manager) => {
      const { freshness, version, now } = await this.gate.judge(manager);
      const asOf = this.gate.freshOrRefuse(freshness);
      const found = await readPage(manager, channel, clauseOf(channel, conditionOf(channel, filter, now)), after, limit + 1);
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      const nextCursor = found.length > limit && last ? writeCursor(last.slot, list) : null;
      return { asOf, version, contacts: shown.map(({ contact }) => contact), nextCursor };
    });
  }

  /**
   * Counts are shown when stale too, and say so.
   * @throws Failure `snapshot-unknown`
   */
  count({ channel, filter }: Count, { scopes }: Pick<Caller, 'scopes'>): Promise<CountAnswer> {
    return this.reading(async (manager) => {
      const { freshness, version, now } = await this.gate.judge(manager);
      const count = await countPeople(manager, clauseOf(channel, conditionOf(channel, filter, now)));
      const asOf = freshness.asOf?.toISOString() ?? null;
      return { ...shownCount(count, this.config.smallGroupThreshold, scopes), asOf, version, stale: !freshness.fresh };
    });
  }

  /** */
  freshness(): Promise<FreshnessAnswer> {
    return this.reading(async (manager) => this.gate.describe((await this.gate.judge(manager)).freshness));
  }

  /** One snapshot, so that the freshness judged is the freshness of exactly the rows shown. */
  private reading<T>(read: (manager: EntityManager) => Promise<T>): Promise<T> {
    return onOneSnapshot(this.database, read);
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
