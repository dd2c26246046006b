import { Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { Metrics } from '#http/metrics.js';
import { ageMs } from '../audience/freshness.js';
import { FreshnessService } from '../audience/freshness.service.js';
import { type LinkNow, readLink } from '../link/link.sql.js';
import { type Backlogs, countBacklogs } from './operations.sql.js';

/** What the operator watches. No label carries a reference or anything about a person. */
@Injectable()
export class MarketingMetrics {
  /** Messages by what they did: ignore, drop, erase, stay-erased, pull. */
  readonly messages: Counter<'change'>;
  /** References whose newest change is in place, and answered. Its rate is applied/s. */
  readonly applied: Counter;
  readonly parkings: Counter<'reason'>;
  readonly answersSent: Counter;
  readonly pullFailures: Counter<'reason'>;
  readonly reconcileAlarms: Counter<'kind'>;
  readonly reconcileRuns: Counter<'outcome'>;
  /** Each time this process found that its database had been put back. */
  readonly wentBack: Counter;
  private looking: Promise<Snapshot> | undefined;

  constructor(
    metrics: Metrics,
    private readonly database: DataSource,
    private readonly gate: FreshnessService,
  ) {
    const registers = [metrics.registry];
    const counter = <L extends string>(name: string, help: string, labelNames: L[] = []): Counter<L> =>
      new Counter({ name, help, labelNames, registers });
    this.messages = counter('lupa_messages_total', 'Messages by what they did', ['change']);
    this.applied = counter('lupa_applied_total', 'References whose newest change is in place');
    this.parkings = counter('lupa_parkings_total', 'Messages put aside', ['reason']);
    this.answersSent = counter('lupa_answers_sent_total', 'Answers the broker has confirmed');
    this.pullFailures = counter('lupa_pull_failures_total', 'References whose data could not be taken', ['reason']);
    this.reconcileAlarms = counter('lupa_reconcile_alarms_total', 'Contacts that differed from the register without a change on its way', ['kind']);
    this.reconcileRuns = counter('lupa_reconcile_runs_total', 'Comparisons with the register', ['outcome']);
    this.wentBack = counter('lupa_database_went_back_total', 'Times the database was found older than what the register was told of it');
    this.registerGauges(metrics.registry);
  }

  /** Gauges are read from the database when they are scraped; while it is away they keep their last value. */
  private registerGauges(registry: Registry): void {
    const gauge = (name: string, help: string, value: (snapshot: Snapshot) => number | undefined): void => {
      const take = async (self: Gauge): Promise<void> => {
        const read = value(await this.snapshot());
        if (read !== undefined) self.set(read);
      };
      new Gauge({ name, help, registers: [registry], collect(this: Gauge) { return take(this).catch(() => undefined); } });
    };
    gauge('lupa_parked_messages', 'Messages that wait for an operator', ({ backlogs }) => backlogs.parked);
    gauge('lupa_awaiting_contacts', 'Contacts whose data has not come from the register yet', ({ backlogs }) => backlogs.awaiting);
    gauge('lupa_answers_waiting', 'Answers not yet confirmed by the broker', ({ backlogs }) => backlogs.answers);
    gauge('lupa_register_pending', 'Customers with an unanswered change, by the latest word of the register',
      ({ state }) => state.pending ?? 0);
    gauge('lupa_lists_open', '1 when lists are shown, 0 when they are refused as stale',
      ({ state }) => (this.gate.judgeLink(state).freshness.fresh ? 1 : 0));
    gauge('lupa_watermark_age_seconds', 'Age of the lists; 0 before the first word of the register',
      ({ state }) => (state.link.heard === null ? undefined : ageMs(state.link.heard, state.now) / 1_000));
  }

  /** One look at the database for all gauges of one scrape. */
  private snapshot(): Promise<Snapshot> {
    this.looking ??= this.look().finally(() => { this.looking = undefined; });
    return this.looking;
  }

  private async look(): Promise<Snapshot> {
    const { manager } = this.database;
    return { state: await readLink(manager), backlogs: await countBacklogs(manager) };
  }
}

interface Snapshot {
  readonly state: LinkNow;
  readonly backlogs: Backlogs;
}
