import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { CHANNELS } from '#contracts/channel.js';
import { etagOf } from '#http/etag.js';
import type { CustomerRow } from '../customers/customer.row.js';
import { IdempotentWrites, type WriteResult } from '../idempotency/idempotent-writes.service.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { withdrawDisclosures } from '../disclosures/disclosure.withdrawal.js';
import { recordRequest } from '../requests/request.record.js';
import { closuresFor } from '../suppression/closure.js';
import { type Guarded, Suppressions } from '../suppression/suppressions.service.js';
import { MARKETING_PURPOSE } from '../sync/projection.js';
import { Relay } from '../sync/relay.js';
import { ConsentRules, type HeardStanding, type Target } from './consent-rules.service.js';
import { ConsentLedger } from './consent-ledger.service.js';
import type { JudgedRecord } from './consents.sql.js';
import type { PutConsent, StopAll } from './consents.schemas.js';

/** Decisions of a person about purposes and channels. */
@Injectable()
export class ConsentsService {
  constructor(
    private readonly writes: IdempotentWrites,
    private readonly rules: ConsentRules,
    private readonly suppressions: Suppressions,
    private readonly ledger: ConsentLedger,
    private readonly relay: Relay,
  ) {}

  /** @throws Failure `customer-not-found`, or why the decision cannot be taken */
  async put(write: WriteRequest, caller: Caller, id: string, target: Target, consent: PutConsent): Promise<WriteAnswer> {
    const answer = await this.writes.run(write, async (manager) => {
      const customer = await this.suppressions.lock(manager, id);
      const now = this.rules.now();
      await this.rules.assertAcceptable(consent, target, standingOf(customer, target), caller, '#', now);
      const record = this.judged(customer, target, consent, caller, now);
      return this.record(manager, customer, [record], caller);
    });
    this.relay.wake();
    return answer;
  }

  /** Withdraws every channel of every purpose that rests on consent, in one call (GDPR Art. 7(3)). */
  async stopAll(write: WriteRequest, caller: Caller, id: string, evidence: StopAll): Promise<WriteAnswer> {
    const answer = await this.writes.run(write, async (manager) => this.withdrawAll(manager, await this.suppressions.lock(manager, id), evidence, caller));
    this.relay.wake();
    return answer;
  }

  /**
   * Objection to direct marketing: everything withdrawn, and closed, by her record and by her addresses, until the person
   * consents anew herself (GDPR Art. 21(2)).
   */
  async object(write: WriteRequest, caller: Caller, id: string, evidence: StopAll): Promise<WriteAnswer> {
    const answer = await this.writes.run(write, async (manager) => {
      const customer = await this.suppressions.lockToSuppress(manager, id);
      const known = customer.objected_at;
      const decidedAt = this.rules.countsFrom(evidence.decidedAt);
      const since = known && known > decidedAt ? known : decidedAt;
      await recordRequest(manager, customer.id, 'objection', caller);
      await this.suppressions.suppressOne(manager, customer, since, 'objected');
      return this.withdrawAll(manager, customer, evidence, caller, since);
    });
    this.relay.wake();
    return answer;
  }

  private async withdrawAll(manager: EntityManager, customer: Guarded<CustomerRow>, evidence: StopAll, caller: Caller, objectedAt = customer.objected_at): Promise<WriteResult> {
    const withdrawal = { ...evidence, decision: 'withdrawn' as const };
    // Channels never asked about are withdrawn as well: a later import of an older consent then changes nothing.
    const others = customer.consents.filter((c) => c.purpose !== MARKETING_PURPOSE);
    const targets = [...CHANNELS.map((channel) => ({ purpose: MARKETING_PURPOSE, channel })), ...others];
    const records = targets.map((target) => this.judged(customer, target, withdrawal, caller, this.rules.now()));
    await withdrawDisclosures(manager, customer.id, { ...evidence, decidedAt: this.rules.countsFrom(evidence.decidedAt) }, caller.subject);
    return this.record(manager, customer, records, caller, objectedAt);
  }

  private judged(customer: Guarded<CustomerRow>, target: Target, consent: PutConsent, caller: Caller, now: Date): JudgedRecord {
    const current = customer.consents.find((c) => c.purpose === target.purpose && c.channel === target.channel);
    const state = current && { decision: current.decision, decidedAt: new Date(current.decided_at) };
    const outcome = this.rules.judge(state, consent, target, standingOf(customer, target), caller, now);
    const isInEffect = outcome.kind === 'takes-effect';
    return { ...this.rules.recordOf(consent, target, caller), in_effect: isInEffect, lifts_suppression: isInEffect && outcome.reopens === true };
  }

  private async record(
    manager: EntityManager, customer: Guarded<CustomerRow>, records: readonly JudgedRecord[], caller: Caller, objectedAt = customer.objected_at,
  ): Promise<WriteResult> {
    const by = caller.kind === 'customer' ? 'customer' : caller.subject;
    const version = await this.ledger.record(manager, customer, { records, objectedAt, activeAt: latest(records), by });
    const inEffect = records.some((r) => r.in_effect);
    return { answer: { status: 200, body: { id: customer.id, version, inEffect }, etag: etagOf(version) }, customerId: customer.id };
  }
}

function standingOf(customer: Guarded<CustomerRow>, { purpose, channel }: Target): HeardStanding {
  const { active_at: activeAt, birth_year: birthYear, guardian_at: guardianAt, restricted_at: restrictedAt, ended_at: endedAt } = customer;
  const objection = customer.objected_at && { since: customer.objected_at, reopened: [] };
  const closures = purpose === MARKETING_PURPOSE ? [...(objection ? [objection] : []), ...closuresFor(channel, customer, customer.closures)] : [];
  return { birthYear, guardianAt, restrictedAt, endedAt, closures, activeAt };
}

/** The latest of her decisions. */
function latest(records: readonly JudgedRecord[]): string | null {
  return records.map((record) => record.decided_at).sort().at(-1) ?? null;
}
