import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { runInTransaction } from '#database/statement.js';
import { Failure } from '#http/failure.js';
import { CUSTOMER_RESTRICTED } from '../customers/customer.errors.js';
import type { CustomerRow } from '../customers/customer.row.js';
import { ErasureLog, type LogEntry } from '../erasure-log/erasure-log.service.js';
import { END_HOLD, FIND_HOLD, type HoldRow, QUEUE_ERASURE } from '../holds/holds.sql.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { recordPending, recordRequest } from '../requests/request.record.js';
import { StandingChanges } from '../standing/standing-changes.service.js';
import { type Guarded, Suppressions } from '../suppression/suppressions.service.js';
import { markErased } from '../sync/pending.js';
import { type AbuseDecision, decisionOf, suppressionReasonOf } from './abuse-decision.js';
import type { ErasureGround } from './erasure.schemas.js';
import { ALLOW_ERASING, ERASE_CUSTOMERS, FIND_KEPT } from './erasure.sql.js';
import { sealingKey, sealValues, valuesOf } from './sealed-values.js';

/** Why somebody is restricted whose erasure waits for the end of a legal hold. No caller can set or lift it. */
export const ERASURE_UNDER_HOLD = 'erasure-under-hold';

export type ErasureOutcome =
  | { readonly kind: 'erased'; readonly caseId: string }
  /** A legal hold stands: the demand is queued, the person restricted and out of marketing. */
  | { readonly kind: 'held'; readonly customerId: string; readonly reviewAt: Date };

export interface Erasure {
  readonly customerId: string;
  readonly ground: ErasureGround;
  readonly caller: Caller;
  /** With the ground `abuse`, and never without it. */
  readonly abuse?: AbuseDecision | null;
}

/** What is the same for all who are erased in one statement. */
interface Act {
  readonly ground: ErasureGround;
  readonly by: string;
  /** When their addresses were closed. */
  readonly since: Date;
  readonly abuse: AbuseDecision | null;
}

/** What became of many. Who was already gone is in none of the lists. */
export interface ManyErased {
  /** References, to be told to the log when the transaction is committed. */
  readonly refs: readonly string[];
  /** Customers under a legal hold: to be erased one by one, which queues them. */
  readonly held: readonly string[];
  /** Customers who wanted to be restricted, not erased (GDPR Art. 18(2)). */
  readonly restricted: readonly string[];
}

/** The one place where a person is erased, whoever asks: demand, decision on abuse, end of a hold, end of retention, a restored backup. */
@Injectable()
export class Eraser {
  private readonly sealingKey: Buffer;

  constructor(
    private readonly suppressions: Suppressions,
    private readonly changes: StandingChanges,
    private readonly log: ErasureLog,
    @Inject(REGISTER_CONFIG) config: Pick<RegisterConfig, 'keyEncryptionKey'>,
  ) {
    this.sealingKey = sealingKey(config.keyEncryptionKey);
  }

  /**
   * Within the caller's transaction. What the person did not ask for herself stops before a restriction (GDPR Art. 18(2)).
   * @throws Failure `customer-not-found`, `customer-restricted`, `erasure-log-away`
   */
  async erase(manager: EntityManager, erasure: Erasure): Promise<ErasureOutcome> {
    const { ground, caller, abuse = null } = erasure;
    if ((ground === 'abuse') !== (abuse !== null)) throw new Error('abuse is decided by a person, and nothing else is');
    // The id as it is stored: the triggers compare it as text, and a caller may write it in capitals.
    const customer = await this.suppressions.lockToSuppress(manager, erasure.customerId);
    if (isRestrictedByWish(customer) && ground !== 'request') throw new Failure(CUSTOMER_RESTRICTED, { extra: { restriction: customer.restriction_reason } });
    const [hold] = await runInTransaction<HoldRow>(manager, FIND_HOLD, [customer.id]);
    if (hold) return this.queue(manager, customer, hold, erasure);
    if (ground === 'request') await recordRequest(manager, customer.id, 'erasure', caller);
    const [erased] = await this.carryOut(manager, [customer], { ground, by: abuse?.decidedBy ?? nameOf(caller), since: new Date(), abuse });
    if (!erased) throw new Error('the locked customer is gone');
    return { kind: 'erased', caseId: erased.id };
  }

  /** Many at once, within the caller's transaction: some 500 are a good number. @throws Failure `erasure-log-away` */
  async eraseMany(manager: EntityManager, customerIds: readonly string[], ground: Exclude<ErasureGround, 'abuse'>, caller: Caller): Promise<ManyErased> {
    const customers = await this.suppressions.lockManyToSuppress(manager, customerIds);
    const kept = new Map((await runInTransaction<{ id: string; held: boolean }>(manager, FIND_KEPT, [customerIds])).map(({ id, held }) => [id, held]));
    const [held, restricted, free]: [string[], string[], CustomerRow[]] = [[], [], []];
    for (const customer of customers) {
      if (kept.get(customer.id) === true) held.push(customer.id);
      else if (isRestrictedByWish(customer) && ground !== 'request') restricted.push(customer.id);
      else free.push(customer);
    }
    if (ground === 'request') for (const { id } of free) await recordRequest(manager, id, 'erasure', caller);
    const erased = await this.carryOut(manager, free, { ground, by: nameOf(caller), since: new Date(), abuse: null });
    return { refs: erased.map(({ ref }) => ref), held, restricted };
  }

  /** Somebody is there again who was erased before: neither a hold nor a restriction of a restored backup keeps her. */
  async eraseAgain(manager: EntityManager, customerId: string, entry: LogEntry): Promise<void> {
    const customer = await this.suppressions.lockToSuppress(manager, customerId);
    await runInTransaction(manager, END_HOLD, [customer.id]);
    const { ground, requested_by: by, logged_at: since } = entry;
    await this.carryOut(manager, [customer], { ground: ground as ErasureGround, by, since, abuse: decisionOf(entry) });
  }

  /** Logged first, and committed there; then deleted here. */
  private async carryOut(
    manager: EntityManager, customers: readonly CustomerRow[], { ground, by, since, abuse }: Act,
  ): Promise<{ id: string; ref: string; version: number }[]> {
    if (customers.length === 0) return [];
    const cases = await this.log.append(customers.map((customer) => {
      const { email, phone } = this.suppressions.digestsOf(customer);
      return { ref: customer.ref, caseId: randomUUID(), emailDigest: email, phoneDigest: phone };
    }), { ground, requestedBy: by, reasonCode: abuse?.reasonCode ?? null });
    const ids = customers.map(({ id }) => id);
    const caseIds = customers.map(({ ref }) => cases.get(ref) as string);
    const sealed = customers.map((customer, i) => sealValues(this.sealingKey, caseIds[i] as string, valuesOf(customer)));
    await runInTransaction(manager, ALLOW_ERASING, [ids.join(',')]);
    await this.suppressions.suppress(manager, customers, suppressionReasonOf(ground), since);
    const erased = await runInTransaction<{ id: string; ref: string; version: number }>(manager, ERASE_CUSTOMERS, [
      ids, caseIds, sealed, ground, by, abuse?.reasonCode ?? null, abuse?.decidedAt ?? null,
    ]);
    await markErased(manager, erased);
    return erased;
  }

  /** The law keeps the data, and nothing more: the person is out of marketing at once, and restricted until the hold ends. */
  private async queue(manager: EntityManager, customer: Guarded<CustomerRow>, hold: HoldRow, { ground, caller, abuse = null }: Erasure): Promise<ErasureOutcome> {
    const outcome = { kind: 'held', customerId: customer.id, reviewAt: hold.review_at } as const;
    if (ground === 'request') await recordPending(manager, customer.id, 'erasure', caller);
    if (hold.queued_at) return outcome;
    const now = new Date();
    const by = abuse?.decidedBy ?? nameOf(caller);
    await runInTransaction(manager, QUEUE_ERASURE, [customer.id, ground, by, now, abuse?.reasonCode ?? null]);
    const restriction = { restricted_at: customer.restricted_at ?? now, restriction_reason: ERASURE_UNDER_HOLD };
    await this.changes.apply(manager, customer, restriction, 'restriction', { kind: 'erasure-queued', reason: ground, effectiveAt: now, actor: by });
    return outcome;
  }
}

function isRestrictedByWish({ restricted_at: at, restriction_reason: reason }: CustomerRow): boolean {
  return at !== null && reason !== ERASURE_UNDER_HOLD;
}

/** The customer's own id would live on in the case: who asked is told by kind for her. */
function nameOf(caller: Caller): string {
  return caller.kind === 'customer' ? 'customer' : caller.subject;
}
