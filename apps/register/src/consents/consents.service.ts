import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { CHANNELS, type Channel } from '#contracts/channel.js';
import { etagOf } from '#http/etag.js';
import { lockCustomer } from '../customers/customer.lock.js';
import type { CustomerRow } from '../customers/customer.row.js';
import { runInTransaction } from '#database/statement.js';
import { IdempotentWrites, type WriteResult } from '../idempotency/idempotent-writes.service.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { recordRequest } from '../requests/request.record.js';
import { concernsMarketing, markChanged } from '../sync/pending.js';
import { channelsOf, MARKETING_PURPOSE } from '../sync/projection.js';
import { Relay } from '../sync/relay.js';
import { ConsentRules } from './consent-rules.service.js';
import { type ConsentRecordRow, RECORD_DECISIONS } from './consents.sql.js';
import type { PutConsent, StopAll } from './consents.schemas.js';

interface Target {
  readonly purpose: string;
  readonly channel: Channel;
}

/** Decisions of a person about purposes and channels. */
@Injectable()
export class ConsentsService {
  constructor(
    private readonly writes: IdempotentWrites,
    private readonly rules: ConsentRules,
    private readonly relay: Relay,
  ) {}

  /** @throws Failure `customer-not-found`, or why the decision cannot be taken */
  async put(write: WriteRequest, caller: Caller, id: string, target: Target, consent: PutConsent): Promise<WriteAnswer> {
    const answer = await this.writes.run(write, async (manager) => {
      const customer = await lockCustomer(manager, id);
      const now = this.rules.now();
      await this.rules.assertAcceptable({ ...consent, purpose: target.purpose }, standingOf(customer), '#', now);
      const record = this.judged(customer, target, consent, caller, now);
      return this.record(manager, customer, [record]);
    });
    this.relay.wake();
    return answer;
  }

  /** Withdraws every channel of every purpose that rests on consent, in one call (GDPR Art. 7(3)). */
  async stopAll(write: WriteRequest, caller: Caller, id: string, evidence: StopAll): Promise<WriteAnswer> {
    const answer = await this.writes.run(write, async (manager) => this.withdrawAll(manager, await lockCustomer(manager, id), evidence, caller));
    this.relay.wake();
    return answer;
  }

  /** Objection to direct marketing: everything withdrawn, and closed until the person consents anew (GDPR Art. 21(2)). */
  async object(write: WriteRequest, caller: Caller, id: string, evidence: StopAll): Promise<WriteAnswer> {
    const answer = await this.writes.run(write, async (manager) => {
      const customer = await lockCustomer(manager, id);
      const known = customer.objected_at;
      const decidedAt = this.rules.countsFrom(evidence.decidedAt);
      const since = known && known > decidedAt ? known : decidedAt;
      await recordRequest(manager, customer.id, 'objection', caller);
      return this.withdrawAll(manager, customer, evidence, caller, since);
    });
    this.relay.wake();
    return answer;
  }

  private withdrawAll(manager: EntityManager, customer: CustomerRow, evidence: StopAll, caller: Caller, objectedAt = customer.objected_at): Promise<WriteResult> {
    const withdrawal = { ...evidence, decision: 'withdrawn' as const };
    // Channels never asked about are withdrawn as well: a later import of an older consent then changes nothing.
    const others = customer.consents.filter((c) => c.purpose !== MARKETING_PURPOSE);
    const targets = [...CHANNELS.map((channel) => ({ purpose: MARKETING_PURPOSE, channel })), ...others];
    const records = targets.map((target) => this.judged(customer, target, withdrawal, caller, this.rules.now()));
    return this.record(manager, { ...customer, objected_at: objectedAt }, records, customer);
  }

  private judged(customer: CustomerRow, target: Target, consent: PutConsent, caller: Caller, now: Date): ConsentRecordRow & { in_effect: boolean } {
    const current = customer.consents.find((c) => c.purpose === target.purpose && c.channel === target.channel);
    const state = current && { decision: current.decision, decidedAt: new Date(current.decided_at) };
    return { ...this.rules.recordOf(consent, target, caller), in_effect: this.rules.takesEffect(state, consent, standingOf(customer), now) };
  }

  private async record(
    manager: EntityManager, customer: CustomerRow, records: readonly (ConsentRecordRow & { in_effect: boolean })[], stored = customer,
  ): Promise<WriteResult> {
    const effective = records.filter((r) => r.in_effect);
    const isTarget = (a: Target) => (b: Target) => a.purpose === b.purpose && a.channel === b.channel;
    const consents = [...customer.consents.filter((c) => !effective.some(isTarget(c))), ...effective];
    // A fresh consent given after an objection is the lawful way back (R24).
    const objected = customer.objected_at;
    const returns = objected !== null && effective.some((r) => r.purpose === MARKETING_PURPOSE && r.decision === 'granted' && new Date(r.decided_at) > objected);
    const after: CustomerRow = { ...customer, consents, objected_at: returns ? null : objected };
    const [before, channels] = [channelsOf(stored), channelsOf(after)];
    const known = concernsMarketing(customer.known_to_marketing, channels);
    const [row] = await runInTransaction<{ version: number }>(manager, RECORD_DECISIONS, [customer.id, JSON.stringify(records), known, after.objected_at]);
    const version = row?.version ?? customer.version;
    const reason = after.objected_at ? 'objection' : 'consent';
    if (row) await markChanged(manager, { ref: customer.ref, version, before, after: channels, knownToMarketing: customer.known_to_marketing, reason });
    return {
      answer: { status: 200, body: { id: customer.id, version, inEffect: effective.length > 0 }, etag: etagOf(version) },
      customerId: customer.id,
    };
  }
}

function standingOf(customer: CustomerRow) {
  return { birthYear: customer.birth_year, restrictedAt: customer.restricted_at, endedAt: customer.ended_at };
}
