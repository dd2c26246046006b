import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller } from '#auth/caller.js';
import { Failure } from '#http/failure.js';
import { AudienceIndex } from '../audience-index/audience-index.service.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import { SelectionService } from '../segments/selection.service.js';
import { CURSOR_UNUSABLE } from './audience.errors.js';
import type { PersonRead } from '../reads/person-read.js';
import type { Count, CountAnswer, FreshnessAnswer, Page, Query } from './audience.schemas.js';
import { readPeople } from './audience.sql.js';
import { clauseOf } from './clause.js';
import { fingerprint, readCursor, writeCursor } from './cursor.js';
import { FreshnessService } from './freshness.service.js';
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
    private readonly selections: SelectionService,
    @Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'smallGroupThreshold'>,
  ) {}

  /**
   * Whoever is shown is on record, by the same statement.
   * @throws Failure `list-stale`, `cursor-unusable`, and those of a selection
   */
  async query({ limit, cursor, ...selection }: Query, read: PersonRead): Promise<Page> {
    const { channel, filter, condition } = await this.selections.resolve(this.database.manager, selection, new Date());
    const list = fingerprint(channel, filter);
    const after = cursor === undefined ? undefined : readCursor(cursor, list);
    if (cursor !== undefined && after === undefined) {
      throw new Failure(CURSOR_UNUSABLE, {
        errors: [{ pointer: '#/cursor', code: 'cursor-unusable', detail: 'must come from a page of the same channel and filter' }],
      });
    }
    const clause = clauseOf(channel, condition);
    for (let attempt = 1; ; attempt += 1) {
      const { value: slots, version, link } = await this.index.page(channel, condition, after ?? FIRST_PAGE, limit + 1);
      const asOf = this.gate.freshOrRefuse(this.gate.judgeLink(link).freshness);
      const shown = slots.slice(0, limit);
      const last = shown.at(-1);
      const contacts = last === undefined ? [] : await readPeople(this.database.manager, { channel, clause, slots: shown, link: link.link, read });
      // Have they all just left, or have the lists closed? The next look tells.
      if (contacts.length === 0 && last !== undefined && attempt < ATTEMPTS) continue;
      return { asOf, version, contacts, nextCursor: slots.length > limit && last !== undefined ? writeCursor(last, list) : null };
    }
  }

  /**
   * Counts are shown when stale too, and say so.
   * @throws Failure those of a selection
   */
  async count(selection: Count, { scopes }: Pick<Caller, 'scopes'>): Promise<CountAnswer> {
    const { channel, condition } = await this.selections.resolve(this.database.manager, selection, new Date());
    const { value, version, link } = await this.index.count(channel, condition);
    const { freshness } = this.gate.judgeLink(link);
    const asOf = freshness.asOf?.toISOString() ?? null;
    return { ...shownCount(value, this.config.smallGroupThreshold, scopes), asOf, version, stale: !freshness.fresh };
  }

  /** */
  async freshness(): Promise<FreshnessAnswer> {
    return this.gate.describe((await this.gate.judge(this.database.manager)).freshness);
  }
}
