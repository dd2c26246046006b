import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { Failure } from '#http/failure.js';
import { CUSTOMER_RESTRICTED } from '../customers/customer.errors.js';
import type { CustomerRow } from '../customers/customer.row.js';
import { runInTransaction } from '#database/statement.js';
import { FIND_HOLD, type HoldRow, QUEUE_ERASURE } from '../holds/holds.sql.js';
import { recordPending, recordRequest } from '../requests/request.record.js';
import { StandingChanges } from '../standing/standing-changes.service.js';
import { type Guarded, Suppressions } from '../suppression/suppressions.service.js';
import { markErased } from '../sync/pending.js';
import type { ErasureGround } from './erasure.schemas.js';
import { ALLOW_ERASING, ERASE_CUSTOMER } from './erasure.sql.js';

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
}

/** The one place where a person is erased, whoever asks: demand, decision on abuse, end of a hold, end of retention. */
@Injectable()
export class Eraser {
  constructor(
    private readonly suppressions: Suppressions,
    private readonly changes: StandingChanges,
  ) {}

  /**
   * Within the caller's transaction. What the person did not ask for herself stops before a restriction (GDPR Art. 18(2)).
   * @throws Failure `customer-not-found`, `customer-restricted`
   */
  async erase(manager: EntityManager, erasure: Erasure): Promise<ErasureOutcome> {
    // The id as it is stored: the triggers compare it as text, and a caller may write it in capitals.
    const customer = await this.suppressions.lockToSuppress(manager, erasure.customerId);
    const isOwnRestriction = customer.restricted_at !== null && customer.restriction_reason !== ERASURE_UNDER_HOLD;
    if (isOwnRestriction && erasure.ground !== 'request') throw new Failure(CUSTOMER_RESTRICTED, { extra: { restriction: customer.restriction_reason } });
    const [hold] = await runInTransaction<HoldRow>(manager, FIND_HOLD, [customer.id]);
    if (hold) return this.queue(manager, customer, hold, erasure);
    return this.carryOut(manager, customer, erasure);
  }

  private async carryOut(manager: EntityManager, customer: Guarded<CustomerRow>, { ground, caller }: Erasure): Promise<ErasureOutcome> {
    await runInTransaction(manager, ALLOW_ERASING, [customer.id]);
    if (ground === 'request') await recordRequest(manager, customer.id, 'erasure', caller);
    await this.suppressions.suppress(manager, customer, ground === 'abuse' ? 'abuse' : 'erased', new Date());
    const caseId = randomUUID();
    const [erased] = await runInTransaction<{ ref: string; version: number }>(manager, ERASE_CUSTOMER, [customer.id, caseId, ground, nameOf(caller)]);
    if (!erased) throw new Error('the locked customer is gone');
    await markErased(manager, erased.ref, erased.version);
    return { kind: 'erased', caseId };
  }

  /** The law keeps the data, and nothing more: the person is out of marketing at once, and restricted until the hold ends. */
  private async queue(manager: EntityManager, customer: Guarded<CustomerRow>, hold: HoldRow, { ground, caller }: Erasure): Promise<ErasureOutcome> {
    const outcome = { kind: 'held', customerId: customer.id, reviewAt: hold.review_at } as const;
    if (ground === 'request') await recordPending(manager, customer.id, 'erasure', caller);
    if (hold.queued_at) return outcome;
    const now = new Date();
    const by = nameOf(caller);
    await runInTransaction(manager, QUEUE_ERASURE, [customer.id, ground, by, now]);
    const restriction = { restricted_at: customer.restricted_at ?? now, restriction_reason: ERASURE_UNDER_HOLD };
    await this.changes.apply(manager, customer, restriction, 'restriction', { kind: 'erasure-queued', reason: ground, effectiveAt: now, actor: by });
    return outcome;
  }
}

/** The customer's own id would live on in the case: who asked is told by kind for her. */
function nameOf(caller: Caller): string {
  return caller.kind === 'customer' ? 'customer' : caller.subject;
}
