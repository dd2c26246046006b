import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { Failure } from '#http/failure.js';
import { LEGAL_HOLD } from '../holds/holds.errors.js';
import { IdempotentWrites } from '../idempotency/idempotent-writes.service.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { Relay } from '../sync/relay.js';
import { Eraser } from './eraser.service.js';
import { ErasureCaseEntity } from './erasure-case.entity.js';
import { ERASURE_CASE_NOT_FOUND } from './erasure.errors.js';
import type { ErasureCaseView, RequestErasure } from './erasure.schemas.js';

/** State of a remembered answer: the erasure waits for the end of a legal hold. */
const HELD = 'waiting-for-hold';

/** Erasure (GDPR Art. 17): gone here at once; the case closes when marketing has answered. */
@Injectable()
export class ErasureService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writes: IdempotentWrites,
    private readonly eraser: Eraser,
    private readonly relay: Relay,
  ) {}

  /** @throws Failure `customer-not-found`, `customer-restricted`, or `legal-hold`: then it is done when the hold ends */
  async request(write: WriteRequest, caller: Caller, { customerId, ground }: RequestErasure): Promise<WriteAnswer> {
    const answer = await this.writes.run(write, async (manager) => {
      const outcome = await this.eraser.erase(manager, { customerId, ground, caller });
      // Committed and remembered as an answer, told as a problem: a repeated request hears the same.
      if (outcome.kind === 'held') return { answer: { status: 202 as const, body: { state: HELD, reviewAt: outcome.reviewAt.toISOString() } }, customerId: outcome.customerId };
      const body = { caseId: outcome.caseId, state: 'waiting-for-marketing' };
      return { answer: { status: 202 as const, body, location: `/v1/erasures/${outcome.caseId}` }, customerId: null };
    });
    this.relay.wake();
    const { state, reviewAt } = answer.body;
    if (state === HELD) throw new Failure(LEGAL_HOLD, { extra: caller.kind === 'customer' ? {} : { reviewAt } });
    return answer;
  }

  /** @throws Failure `erasure-case-not-found` */
  async find(caseId: string): Promise<ErasureCaseView> {
    const found = await this.dataSource.manager.findOneBy(ErasureCaseEntity, { id: caseId });
    if (!found) throw new Failure(ERASURE_CASE_NOT_FOUND);
    const { id, ground, requestedAt, rowsDeleted, answeredAt, statement } = found;
    return {
      caseId: id,
      ground,
      state: answeredAt ? 'closed' : 'waiting-for-marketing',
      requestedAt: requestedAt.toISOString(),
      rowsDeleted,
      marketing: answeredAt ? { answeredAt: answeredAt.toISOString(), statement: statement ?? '' } : null,
    };
  }
}
