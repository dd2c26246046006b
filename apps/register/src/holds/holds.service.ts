import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { etagOf } from '#http/etag.js';
import { Failure } from '#http/failure.js';
import { BEFORE_ALL, cursorAfter } from '#http/query.schemas.js';
import type { Reading } from '../access-log/access-log.js';
import { Reader } from '../access-log/reader.service.js';
import { lockCustomer } from '../customers/customer.lock.js';
import type { CustomerRow } from '../customers/customer.row.js';
import { runInTransaction } from '#database/statement.js';
import type { AbuseDecision } from '../erasure/abuse-decision.js';
import { ERASURE_NOT_CARRIED_OUT, Eraser } from '../erasure/eraser.service.js';
import { ErasureLog } from '../erasure-log/erasure-log.service.js';
import { IdempotentWrites } from '../idempotency/idempotent-writes.service.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { StandingChanges } from '../standing/standing-changes.service.js';
import { type Guarded, Suppressions } from '../suppression/suppressions.service.js';
import { Relay } from '../sync/relay.js';
import { HOLD_NOT_FOUND, REVIEW_OUT_OF_RANGE } from './holds.errors.js';
import { END_HOLD, FIND_HOLD, type HoldRow, HOLDS_TO_REVIEW, PLACE_HOLD } from './holds.sql.js';
import type { Hold, HoldView, ReviewQuery } from './holds.schemas.js';
import { lookAtWaiting } from './waiting-erasures.look.js';

const YEAR_MS = 366 * 86_400_000;

/** Legal holds (GDPR Art. 17(3)): they keep data from being erased, and nobody in marketing. */
@Injectable()
export class HoldsService {
  constructor(
    private readonly writes: IdempotentWrites,
    private readonly reader: Reader,
    private readonly suppressions: Suppressions,
    private readonly eraser: Eraser,
    private readonly log: ErasureLog,
    private readonly changes: StandingChanges,
    private readonly relay: Relay,
  ) {}

  /** @throws Failure `customer-not-found`, `review-out-of-range` */
  place(write: WriteRequest, caller: Caller, id: string, { reason, owner, reviewAt }: Hold): Promise<WriteAnswer> {
    const now = new Date();
    if (reviewAt <= now || reviewAt.getTime() > now.getTime() + YEAR_MS) throw new Failure(REVIEW_OUT_OF_RANGE);
    return this.writes.run(write, async (manager) => {
      const { id: customerId, version } = await lockCustomer(manager, id);
      await runInTransaction(manager, PLACE_HOLD, [customerId, reason, owner, reviewAt, caller.subject]);
      await this.changes.note(manager, customerId, { kind: 'hold-placed', reason, effectiveAt: now, actor: caller.subject });
      return { answer: { status: 200, body: { id: customerId, version }, etag: etagOf(version) }, customerId };
    });
  }

  /** Ends the hold, and carries out the erasure that has waited for it, if that still stands. @throws Failure `customer-not-found`, `hold-not-found` */
  async end(write: WriteRequest, caller: Caller, id: string): Promise<WriteAnswer> {
    let erased: string | undefined;
    const answer = await this.writes.run(write, async (manager) => {
      const customer = await this.suppressions.lockToSuppress(manager, id);
      const customerId = customer.id;
      const [hold] = await runInTransaction<HoldRow>(manager, END_HOLD, [customerId]);
      if (!hold) throw new Failure(HOLD_NOT_FOUND);
      const { grounds: [ground], wish } = await lookAtWaiting(manager, hold);
      await this.changes.note(manager, customerId, { kind: 'hold-ended', reason: hold.reason, effectiveAt: new Date(), actor: caller.subject });
      if (!ground) {
        if (hold.queued_ground) await this.keep(manager, customer, wish, caller);
        return { answer: { status: 200 as const, body: { caseId: null, dropped: hold.queued_ground !== null } }, customerId };
      }
      const outcome = await this.eraser.erase(manager, { customerId, ground, caller, abuse: ground === 'abuse' ? queuedDecision(hold) : null });
      if (outcome.kind === 'held') throw new Error('the hold was just ended');
      erased = outcome.ref;
      return { answer: { status: 200 as const, body: { caseId: outcome.caseId, dropped: false } }, customerId: null };
    });
    this.relay.wake();
    await this.log.noteDone(erased);
    return answer;
  }

  /** What has waited does not stand any more. She was restricted for it, and is not let back into marketing before she was told (Art. 18(3)). */
  private async keep(manager: EntityManager, customer: Guarded<CustomerRow>, wish: string | null, caller: Caller): Promise<void> {
    const reason = wish ?? ERASURE_NOT_CARRIED_OUT;
    const now = new Date();
    const restriction = { restricted_at: customer.restricted_at ?? now, restriction_reason: reason };
    await this.changes.apply(manager, customer, restriction, 'restriction', { kind: 'restricted', reason, effectiveAt: now, actor: caller.subject });
  }

  /** @throws Failure `customer-not-found` or `hold-not-found`, which are one to the caller */
  find(id: string, reading: Reading): Promise<HoldView> {
    return this.reader.read(reading, async (manager) => {
      const [row] = await runInTransaction<HoldRow>(manager, FIND_HOLD, [id]);
      if (!row) throw new Failure(HOLD_NOT_FOUND);
      return { result: viewOf(row), shown: [shown(row)] };
    });
  }

  /** Holds whose owners have to look at them, the most urgent first. */
  toReview({ dueBefore, limit, cursor = BEFORE_ALL }: ReviewQuery, reading: Reading): Promise<{ holds: HoldView[]; next: string | null }> {
    return this.reader.read(reading, async (manager) => {
      const rows = await runInTransaction<HoldRow>(manager, HOLDS_TO_REVIEW, [dueBefore ?? new Date(), cursor.position, cursor.id, limit]);
      const last = rows.at(-1);
      const next = rows.length === limit && last ? cursorAfter(last.review_at.toISOString(), last.customer_id) : null;
      return { result: { holds: rows.map(viewOf), next }, shown: rows.map(shown) };
    });
  }
}

/** The decision on abuse that has waited for the end of the hold. */
function queuedDecision(hold: HoldRow): AbuseDecision | null {
  const { queued_by: decidedBy, queued_at: decidedAt, queued_reason: reasonCode } = hold;
  return decidedBy !== null && decidedAt ? { reasonCode, decidedBy, decidedAt } : null;
}

function shown(row: HoldRow): { id: string; fields: string[] } {
  return { id: row.customer_id, fields: ['legalHold'] };
}

function viewOf(row: HoldRow): HoldView {
  return {
    customerId: row.customer_id, reason: row.reason as HoldView['reason'], owner: row.owner,
    reviewAt: row.review_at.toISOString(), placedAt: row.placed_at.toISOString(),
    queuedErasure: row.queued_ground && row.queued_at ? { ground: row.queued_ground, askedAt: row.queued_at.toISOString() } : null,
  };
}
