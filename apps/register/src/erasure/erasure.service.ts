import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { runInTransaction } from '#database/statement.js';
import { requireIfMatchTag } from '#http/etag.js';
import { Failure } from '#http/failure.js';
import { CUSTOMER_NOT_FOUND } from '../customers/customer.errors.js';
import { ErasurePreviews } from '../erasure-preview/erasure-previews.service.js';
import { ErasureLog } from '../erasure-log/erasure-log.service.js';
import { LEGAL_HOLD } from '../holds/holds.errors.js';
import { IdempotentWrites, type WriteResult } from '../idempotency/idempotent-writes.service.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { Suppressions } from '../suppression/suppressions.service.js';
import { Relay } from '../sync/relay.js';
import { Eraser } from './eraser.service.js';
import { PERSON_MUST_DECIDE } from './erasure.errors.js';
import type { RequestErasure } from './erasure.schemas.js';
import { FIND_ERASED } from './erasure.sql.js';
import { receiptOf, repeatHash } from './repeated-erasure.js';

/** State of a remembered answer: the erasure waits for the end of a legal hold. */
const HELD = 'waiting-for-hold';

/** Erasure (GDPR Art. 17): gone here at once; the case closes when marketing has answered and nothing is found anywhere. */
@Injectable()
export class ErasureService {
  constructor(
    private readonly writes: IdempotentWrites,
    private readonly suppressions: Suppressions,
    private readonly previews: ErasurePreviews,
    private readonly eraser: Eraser,
    private readonly log: ErasureLog,
    private readonly relay: Relay,
    @Inject(REGISTER_CONFIG) private readonly config: Pick<RegisterConfig, 'indexKey'>,
  ) {}

  /**
   * Staff confirm with what they have been shown; the person herself and the programs that act on her demand or by a timer need not. Whoever
   * asks again within a day of the erasure gets the case that there is.
   * @throws Failure `customer-not-found`, `customer-restricted`, `erasure-log-away`, `person-must-decide`, those of If-Match, or `legal-hold`:
   * then it is done when the hold ends
   */
  async request(write: WriteRequest, caller: Caller, demand: RequestErasure, ifMatch: string | undefined): Promise<WriteAnswer> {
    const { customerId, ground } = demand;
    if (ground === 'abuse' && caller.kind !== 'staff') throw new Failure(PERSON_MUST_DECIDE);
    const seen = caller.kind === 'staff' ? requireIfMatchTag(ifMatch) : undefined;
    const abuse = demand.ground === 'abuse' ? { reasonCode: demand.reasonCode, decidedBy: caller.subject, decidedAt: new Date() } : null;
    let erased: string | undefined;
    const answer = await this.writes.run(write, (manager) => this.unlessErased(manager, demand, async () => {
      if (seen !== undefined) {
        const { id } = await this.suppressions.lockToSuppress(manager, customerId);
        await this.previews.assertSeen(manager, id, seen);
      }
      const outcome = await this.eraser.erase(manager, { customerId, ground, caller, abuse });
      // Committed and remembered as an answer, told as a problem: a repeated request hears the same.
      if (outcome.kind === 'held') return { answer: { status: 202 as const, body: { state: HELD, reviewAt: outcome.reviewAt.toISOString() } }, customerId: outcome.customerId };
      erased = outcome.ref;
      return { answer: receiptOf(outcome.caseId), customerId: null };
    }));
    this.relay.wake();
    await this.log.noteDone(erased);
    const { state, reviewAt } = answer.body;
    if (state === HELD) throw new Failure(LEGAL_HOLD, { extra: caller.kind === 'customer' ? {} : { reviewAt } });
    return answer;
  }

  /** What was cut short may have been finished since, and an answer may have been lost: neither is a customer who never was. */
  private async unlessErased(manager: EntityManager, demand: RequestErasure, erase: () => Promise<WriteResult>): Promise<WriteResult> {
    try {
      return await erase();
    } catch (error) {
      if (!(error instanceof Failure) || error.definition !== CUSTOMER_NOT_FOUND) throw error;
      const values = [repeatHash(this.config.indexKey, demand.customerId), demand.ground === 'abuse' ? demand.reasonCode : null];
      const [erased] = await runInTransaction<Pick<WriteResult, 'answer'>>(manager, FIND_ERASED, values);
      if (!erased) throw error;
      return { answer: erased.answer, customerId: null };
    }
  }
}
