import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { LapsedConsents } from '../consents/lapsed-consents.service.js';
import { expireDisclosures } from '../disclosures/disclosure.withdrawal.js';
import { runInTransaction } from '#database/statement.js';
import { ErasureLog } from '../erasure-log/erasure-log.service.js';
import { Eraser } from '../erasure/eraser.service.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { Suppressions } from '../suppression/suppressions.service.js';
import { lapses } from './lapse.js';
import { cutoff, RETENTION, type Rule, RULES, toldBy } from './retention-rules.js';
import { BEGIN_RUN, CLAIM, COUNT_RUN, DUE, FORGET_READS, NAME_READS, PREVIEW } from './retention.sql.js';

/** Customers of one transaction: what a crash undoes, and what others may have to wait for. Erasures are one statement, lapses some for each person. */
const CHUNK: Readonly<Record<Rule, number>> = { 'relationship-ended': 500, 'consent-inactive': 50, 'read-log': 1_000 };
/** Any number, the same in every instance. */
const LOCK = '7235613049152';
const ACTOR: Caller = { kind: 'program', subject: RETENTION, roles: [], scopes: [] };

export interface RulePreview {
  readonly rule: Rule;
  readonly due: number;
  /** Due, and kept because of a restriction, a legal hold, or because the register was told of the end only lately. */
  readonly spared: number;
  readonly oldest: Date | null;
}

/** `busy`: another instance is at it. `finished`: nothing was left for the day. */
export type ChunkOutcome = { readonly kind: 'busy' } | { readonly kind: 'finished' } | { readonly kind: 'more'; readonly done: number };

/** Ends what has been kept long enough (GDPR Art. 5(1)(e)), in small transactions: a run that is cut short goes on where it was. */
@Injectable()
export class Retention {
  constructor(
    private readonly dataSource: DataSource,
    private readonly suppressions: Suppressions,
    private readonly lapsed: LapsedConsents,
    private readonly eraser: Eraser,
    private readonly log: ErasureLog,
    @Inject(REGISTER_CONFIG) private readonly config: Pick<RegisterConfig, 'profile'>,
  ) {}

  /** What a run would do now. Changes nothing. */
  async preview(now: Date): Promise<RulePreview[]> {
    const found: RulePreview[] = [];
    for (const rule of RULES) {
      const [row] = await this.dataSource.query<Omit<RulePreview, 'rule'>[]>(PREVIEW[rule], [cutoff(rule, this.config.profile.purposes, now), ...this.furtherValues(rule, now)]);
      found.push({ rule, due: row?.due ?? 0, spared: row?.spared ?? 0, oldest: row?.oldest ?? null });
    }
    return found;
  }

  /** Does one chunk of today's run of a rule. @param again also when today's run has finished: what came due since */
  async chunk(rule: Rule, now: Date, again = false): Promise<ChunkOutcome> {
    const day = now.toISOString().slice(0, 10);
    let erased: readonly string[] = [];
    const outcome = await this.dataSource.transaction<ChunkOutcome>(async (manager) => {
      const [claim] = await runInTransaction<{ held: boolean }>(manager, CLAIM, [LOCK]);
      if (!claim?.held) return { kind: 'busy' };
      const [run] = await runInTransaction<{ finished_at: Date | null; position: string }>(manager, BEGIN_RUN, [day, rule]);
      if (!run) throw new Error('the run could not be begun');
      if (run.finished_at && !again) return { kind: 'finished' };
      const from = run.finished_at ? '-infinity' : run.position;
      const values = [cutoff(rule, this.config.profile.purposes, now), CHUNK[rule], from, ...this.furtherValues(rule, now)];
      const due = await runInTransaction<{ id: string; at: string }>(manager, DUE[rule], values);
      const applied = await this.apply(manager, rule, due.map(({ id }) => id), now);
      erased = applied.refs;
      const { done } = applied;
      const isLast = due.length < CHUNK[rule] || done === 0;
      await runInTransaction(manager, COUNT_RUN, [day, rule, done, isLast, due.map(({ at }) => at).sort().at(-1) ?? from]);
      return isLast && done === 0 ? { kind: 'finished' } : { kind: 'more', done };
    });
    await this.log.markDone(erased);
    return outcome;
  }

  /** Who is restricted or held since our look is left out. Resolves to how many were done, and the references of those erased. */
  private async apply(manager: EntityManager, rule: Rule, ids: readonly string[], now: Date): Promise<{ done: number; refs: readonly string[] }> {
    switch (rule) {
      case 'relationship-ended': {
        const [before, told] = [cutoff(rule, this.config.profile.purposes, now), toldBy(now)];
        // She may have come back between our look and the lock, and may have ended it again.
        const { refs } = await this.eraser.eraseMany(manager, ids, rule, ACTOR, ({ ended_at: endedAt, end_told_at: toldAt }) =>
          endedAt !== null && endedAt <= before && (toldAt === null || toldAt <= told));
        return { done: refs.length, refs };
      }
      case 'consent-inactive': {
        let done = 0;
        for (const id of ids) if (await this.expire(manager, id, now)) done += 1;
        return { done, refs: [] };
      }
      case 'read-log': {
        await runInTransaction(manager, NAME_READS, [ids]);
        return { done: (await runInTransaction(manager, FORGET_READS, [ids])).length, refs: [] };
      }
      default: return rule satisfies never;
    }
  }

  /** She may have been active, or restricted, between our look and the lock. */
  private async expire(manager: EntityManager, id: string, now: Date): Promise<boolean> {
    const customer = await this.suppressions.lock(manager, id);
    if (customer.restricted_at) return false;
    const after = await this.lapsed.expire(manager, customer, now);
    const disclosures = await expireDisclosures(manager, customer, this.config.profile.purposes, now);
    return after !== customer || disclosures > 0;
  }

  /** The last parameters of DUE and PREVIEW, of the rules that have some. */
  private furtherValues(rule: Rule, now: Date): unknown[] {
    if (rule === 'relationship-ended') return [toldBy(now)];
    if (rule !== 'consent-inactive') return [];
    const periods = lapses(this.config.profile.purposes, now);
    return [periods.map(({ purpose }) => purpose), periods.map((lapse) => lapse.cutoff)];
  }
}
