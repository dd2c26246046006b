import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { MAX_ROUND_CASES, type SearchRequested } from '#contracts/search.v1.js';
import { runInTransaction, runStatement } from '#database/statement.js';
import { JsonLogger } from '#http/logger.js';
import { ConfirmingClient } from '#messaging/confirming-client.js';
import { ROUTING } from '#messaging/topology.js';
import { SearchThread } from '#search/search-thread.js';
import { searchedAtOf } from '../certificates/certificate-content.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { CaseClosing, type Kept } from './case-closing.service.js';
import { type OwnSearch, OwnStores } from './own-stores.service.js';
import { BEGIN_ROUND, END_ROUND, FORGET_ROUNDS, GIVE_UP_OPEN, READ_ANSWER } from './search-rounds.sql.js';
import { readSearchStatement } from './signed-statement.js';
import { type RoundCase, SoughtCases } from './sought-cases.service.js';
import { againAfter, type Findings, fitsCertificates, pauseAfter, verdictsOf } from './verdict.js';

/** How often is looked whether marketing has answered. */
const LOOK_MS = 200;
/** Lines that tell of single findings; the metric and the cases tell of all. */
const MOST_TOLD = 100;

const UNREADABLE: Findings = { found: [], unsearched: [{ store: 'register', place: 'what to look for', reason: 'unreadable' }] };

/** One search for everybody who is due, in every store, and what it has come to. */
@Injectable()
export class SearchRound {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    private readonly cases: SoughtCases,
    private readonly stores: OwnStores,
    private readonly closing: CaseClosing,
    private readonly client: ConfirmingClient,
    private readonly logger: JsonLogger,
    @Inject(REGISTER_CONFIG) private readonly config: Pick<RegisterConfig, 'searchPauseMs' | 'searchAnswerSeconds'>,
  ) {}

  /** By one instance at a time. @throws the signal's reason soon after it is aborted; the next round takes the cases up */
  async run(signal: AbortSignal): Promise<void> {
    const roundId = await this.begin();
    if (roundId === undefined) return;
    const startedAt = Date.now();
    const searched = await this.search(roundId, signal);
    if (searched === undefined) { await this.giveUp(roundId, startedAt, 'not-asked'); return; }
    const ownMs = Date.now() - startedAt;
    const statement = await this.answer(roundId, signal);
    if (statement === undefined) { await this.giveUp(roundId, Date.now() - ownMs, 'not-answered'); return; }
    await this.settle(roundId, searched.cases, searched.own, statement, startedAt);
  }

  /** Undefined when marketing could not be asked, which searches at the same time. */
  private async search(roundId: string, signal: AbortSignal): Promise<{ cases: readonly RoundCase[]; own: OwnSearch } | undefined> {
    const thread = new SearchThread(signal);
    try {
      const cases = await this.cases.begin(roundId, (page) => thread.lookFor(page));
      const body: SearchRequested = { schema: 'search.requested.v1', roundId };
      const [outcome] = await this.client.publishAll([{ routingKey: ROUTING.search, body }]);
      return outcome === 'confirmed' ? { cases, own: await this.stores.search(thread) } : undefined;
    } finally {
      await thread.end();
    }
  }

  private begin(): Promise<string | undefined> {
    const roundId = randomUUID();
    return this.dataSource.transaction(async (manager) => {
      await runInTransaction(manager, GIVE_UP_OPEN, []);
      await runInTransaction(manager, FORGET_ROUNDS, []);
      const cases = await runInTransaction(manager, BEGIN_ROUND, [roundId, MAX_ROUND_CASES]);
      return cases.length > 0 ? roundId : undefined;
    });
  }

  /** Undefined when none came in time. */
  private async answer(roundId: string, signal: AbortSignal): Promise<string | undefined> {
    const until = Date.now() + this.config.searchAnswerSeconds * 1_000;
    for (;;) {
      const [row] = await runStatement<{ statement: string | null }>(this.dataSource, READ_ANSWER, [roundId]);
      if (!row || row.statement !== null) return row?.statement ?? undefined;
      if (Date.now() > until) return undefined;
      await pause(LOOK_MS, undefined, { signal });
    }
  }

  private async settle(roundId: string, cases: readonly RoundCase[], own: OwnSearch, jws: string, startedAt: number): Promise<void> {
    const content = readSearchStatement(jws);
    if (content?.cases !== cases.length) { await this.giveUp(roundId, startedAt, 'other-cases'); return; }
    const tookMs = Date.now() - startedAt;
    const pauseMs = pauseAfter(tookMs, this.config.searchPauseMs);
    const verdicts = verdictsOf(cases.map(({ caseId }) => caseId), own, content);
    const kept: Kept[] = cases.flatMap(({ caseId, searches, isReadable }) => {
      const findings = verdicts.get(caseId) ?? (isReadable ? null : UNREADABLE);
      return findings ? [{ id: caseId, findings, again_ms: againAfter(searches + 1, pauseMs) }] : [];
    });
    await this.closing.keep(roundId, kept, searchedAtOf(own.stores, content));
    const clean = fitsCertificates(jws) ? cases.filter(({ caseId, isReadable }) => isReadable && verdicts.get(caseId) === null).map(({ caseId }) => caseId) : [];
    const closed = await this.closing.close(roundId, clean, { own: own.stores, statement: { jws, content } }, pauseMs);
    await runStatement(this.dataSource, END_ROUND, [roundId, 'done', tookMs]);
    this.tell(kept, closed);
  }

  private async giveUp(roundId: string, startedAt: number, reason: string): Promise<void> {
    await runStatement(this.dataSource, END_ROUND, [roundId, 'given-up', Date.now() - startedAt]);
    this.logger.event('search-round-given-up', { reason }, 'warn');
  }

  private tell(kept: readonly Kept[], closed: number): void {
    if (closed > 0) this.logger.event('erasures-closed', { count: closed });
    if (kept.length > 0) this.logger.event('erasures-found', { count: kept.length }, 'error');
    const unsearched = new Map(kept.flatMap(({ findings }) => findings.unsearched.map((each) => [`${each.store} ${each.place}`, each] as const)));
    for (const { store, place, reason } of [...unsearched.values()].slice(0, MOST_TOLD)) this.logger.event('store-not-searched', { store, place: loggable(place), reason }, 'error');
    const found = kept.flatMap(({ id, findings }) => findings.found.map((each) => ({ caseId: id, ...each })));
    for (const { caseId, store, place, count } of found.slice(0, MOST_TOLD)) this.logger.event('erased-person-found', { caseId, store, place: loggable(place), count }, 'error');
  }
}

/** The log takes ASCII only. */
const loggable = (place: string): string => place.replaceAll('…', '...');
