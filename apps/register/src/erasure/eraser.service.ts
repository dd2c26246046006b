import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { runInTransaction } from '#database/statement.js';
import { Failure } from '#http/failure.js';
import { CUSTOMER_RESTRICTED } from '../customers/customer.errors.js';
import type { CustomerRow, LockedToErase, RowToErase } from '../customers/customer.row.js';
import { READ_TO_ERASE } from '../customers/customers.sql.js';
import { ErasureLog, type LogEntry } from '../erasure-log/erasure-log.service.js';
import { END_HOLDS, FIND_HOLD, type HoldRow, QUEUE_ERASURE } from '../holds/holds.sql.js';
import { lookAtWaiting } from '../holds/waiting-erasures.look.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { recordPending, recordRequests } from '../requests/request.record.js';
import { StandingChanges } from '../standing/standing-changes.service.js';
import { type Guarded, Suppressions } from '../suppression/suppressions.service.js';
import { markErased } from '../sync/pending.js';
import { type AbuseDecision, decisionOf, suppressionReasonOf } from './abuse-decision.js';
import type { ErasureGround } from './erasure.schemas.js';
import { ALLOW_ERASING, ERASE_CUSTOMERS, FIND_HELD, REMEMBER_ERASED } from './erasure.sql.js';
import { receiptOf, repeatHash } from './repeated-erasure.js';
import { sealingKey, sealValues, valuesOf } from './sealed-values.js';

/** Why somebody is restricted whose erasure waits for the end of a legal hold. No caller can set or lift it. */
export const ERASURE_UNDER_HOLD = 'erasure-under-hold';
/** And whose erasure did not stand any more when the hold ended: until she was told, and the restriction is lifted like any other. */
export const ERASURE_NOT_CARRIED_OUT = 'erasure-not-carried-out';

export type ErasureOutcome =
  /** `ref`: to be told to the log when the transaction is committed. */
  | { readonly kind: 'erased'; readonly caseId: string; readonly ref: string }
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
  /** When it was asked for and their addresses were closed; or, of what was erased before, when that was of each, by customer id. */
  readonly since: Date | ReadonlyMap<string, Date>;
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

/** Grounds on which many can be erased at once: a decision on abuse is about one person. */
export type ManyGround = Exclude<ErasureGround, 'abuse'>;

interface Sorted {
  readonly free: RowToErase[];
  readonly held: string[];
  readonly restricted: string[];
}

/** The one place where a person is erased, whoever asks: demand, decision on abuse, end of a hold, end of retention, a restored backup. */
@Injectable()
export class Eraser {
  private readonly sealingKey: Buffer;

  constructor(
    private readonly suppressions: Suppressions,
    private readonly changes: StandingChanges,
    private readonly log: ErasureLog,
    @Inject(REGISTER_CONFIG) private readonly config: Pick<RegisterConfig, 'keyEncryptionKey' | 'indexKey'>,
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
    if (ground === 'request') await recordRequests(manager, [customer.id], 'erasure', caller);
    const [erased] = await this.carryOut(manager, [customer], { ground, by: abuse?.decidedBy ?? nameOf(caller), since: new Date(), abuse });
    if (!erased) throw new Error('the locked customer is gone');
    return { kind: 'erased', caseId: erased.id, ref: erased.ref };
  }

  /**
   * Many at once, within the caller's transaction: some 500 are a good number.
   * @param isStillDue asked of each under her lock: somebody may have changed since she was chosen; @throws Failure `erasure-log-away`
   */
  async eraseMany(manager: EntityManager, customerIds: readonly string[], ground: ManyGround, caller: Caller, isStillDue = (_customer: LockedToErase): boolean => true): Promise<ManyErased> {
    const customers = (await this.suppressions.lockManyToSuppress(manager, customerIds)).filter(isStillDue);
    const { free, held, restricted } = await this.sort(manager, customers, ground);
    if (ground === 'request') await recordRequests(manager, free.map(({ id }) => id), 'erasure', caller);
    const erased = await this.carryOut(manager, free, { ground, by: nameOf(caller), since: new Date(), abuse: null });
    return { refs: erased.map(({ ref }) => ref), held, restricted };
  }

  /** What `eraseMany` would do with them now. Changes and locks nothing. */
  async judgeMany(manager: EntityManager, customerIds: readonly string[], ground: ManyGround): Promise<Readonly<Record<'free' | 'held' | 'restricted', number>>> {
    const { free, held, restricted } = await this.sort(manager, await runInTransaction<RowToErase>(manager, READ_TO_ERASE, [customerIds]), ground);
    return { free: free.length, held: held.length, restricted: restricted.length };
  }

  /**
   * Customers are there again who were erased before, all on one ground and by one hand: neither a hold nor a restriction of a restored
   * backup keeps them. Resolves to how many were erased. @param entries by customer id; those on abuse one at a time
   */
  async eraseAgain(manager: EntityManager, entries: ReadonlyMap<string, LogEntry>): Promise<number> {
    const customers = await this.suppressions.lockManyToSuppress(manager, [...entries.keys()]);
    const [entry] = entries.values();
    if (!entry || customers.length === 0) return 0;
    await runInTransaction(manager, END_HOLDS, [customers.map(({ id }) => id)]);
    const since = new Map([...entries].map(([id, { logged_at: at }]) => [id, at]));
    const act = { ground: entry.ground as ErasureGround, by: entry.requested_by, since, abuse: decisionOf(entry) };
    return (await this.carryOut(manager, customers, act)).length;
  }

  private async sort(manager: EntityManager, customers: readonly RowToErase[], ground: ErasureGround): Promise<Sorted> {
    const kept = await runInTransaction<{ id: string }>(manager, FIND_HELD, [customers.map(({ id }) => id)]);
    const underHold = new Set(kept.map(({ id }) => id));
    const sorted: Sorted = { free: [], held: [], restricted: [] };
    for (const customer of customers) {
      if (isRestrictedByWish(customer) && ground !== 'request') sorted.restricted.push(customer.id);
      else if (underHold.has(customer.id)) sorted.held.push(customer.id);
      else sorted.free.push(customer);
    }
    return sorted;
  }

  /** Logged first, and committed there; then deleted here. */
  private async carryOut(
    manager: EntityManager, customers: readonly RowToErase[], { ground, by, since, abuse }: Act,
  ): Promise<{ id: string; ref: string; version: number }[]> {
    if (customers.length === 0) return [];
    const former = await this.suppressions.former(manager, customers);
    const people = customers.map((customer) => ({
      id: customer.id, ref: customer.ref,
      closings: this.suppressions.closingsOf(customer, former.get(customer.id), since instanceof Date ? since : since.get(customer.id)),
    }));
    const newEntries = people.map(({ ref, closings }) => ({ ref, caseId: randomUUID(), closings }));
    const cases = await this.log.append(newEntries, { ground, requestedBy: by, reasonCode: abuse?.reasonCode ?? null });
    const ids = customers.map(({ id }) => id);
    const caseIds = customers.map(({ ref }) => cases.get(ref) as string);
    const sealed = customers.map((customer, i) => sealValues(this.sealingKey, caseIds[i] as string, valuesOf(customer, former.get(customer.id))));
    await runInTransaction(manager, ALLOW_ERASING, [ids.join(',')]);
    await this.suppressions.suppress(manager, people, suppressionReasonOf(ground));
    const erased = await runInTransaction<{ id: string; ref: string; version: number }>(manager, ERASE_CUSTOMERS, [
      ids, caseIds, sealed, ground, by, abuse?.reasonCode ?? null, abuse?.decidedAt ?? null,
      ids.map((id) => (since instanceof Date ? null : since.get(id))),
    ]);
    await markErased(manager, erased);
    // Whoever asked may not have heard of it: the process may have died, or another may finish what it began.
    await runInTransaction(manager, REMEMBER_ERASED, [ids.map((id) => repeatHash(this.config.indexKey, id)), caseIds.map((id) => JSON.stringify(receiptOf(id)))]);
    return erased;
  }

  /** The law keeps the data, and nothing more: the person is out of marketing at once, her addresses are closed, and she is restricted until the hold ends. */
  private async queue(manager: EntityManager, customer: Guarded<CustomerRow>, hold: HoldRow, { ground, caller, abuse = null }: Erasure): Promise<ErasureOutcome> {
    const outcome = { kind: 'held', customerId: customer.id, reviewAt: hold.review_at } as const;
    const { grounds, wish } = await lookAtWaiting(manager, hold);
    if (wish !== null && ground !== 'request') throw new Failure(CUSTOMER_RESTRICTED, { extra: { restriction: wish } });
    if (ground === 'request') await recordPending(manager, customer.id, 'erasure', caller);
    if (grounds.includes(ground)) return outcome;
    const now = new Date();
    // As an objection closes them, while nobody knows what the end of the hold brings. Whose relationship has ended has asked for nothing, and may come back.
    if (ground !== 'relationship-ended') await this.suppressions.suppressOne(manager, customer, now, 'objected');
    const by = abuse?.decidedBy ?? nameOf(caller);
    // The hold keeps what came first, while it stands; of a decision on abuse it alone knows who made it, and why.
    if (grounds.length === 0 || ground === 'abuse') await runInTransaction(manager, QUEUE_ERASURE, [customer.id, ground, by, now, abuse?.reasonCode ?? null]);
    const restriction = { restricted_at: customer.restricted_at ?? now, restriction_reason: ERASURE_UNDER_HOLD };
    await this.changes.apply(manager, customer, restriction, 'restriction', { kind: 'erasure-queued', reason: ground, effectiveAt: now, actor: by });
    return outcome;
  }
}

function isRestrictedByWish({ restricted_at: at, restriction_reason: reason }: Pick<CustomerRow, 'restricted_at' | 'restriction_reason'>): boolean {
  return at !== null && reason !== ERASURE_UNDER_HOLD;
}

/** The customer's own id would live on in the case: who asked is told by kind for her. */
function nameOf(caller: Caller): string {
  return caller.kind === 'customer' ? 'customer' : caller.subject;
}
