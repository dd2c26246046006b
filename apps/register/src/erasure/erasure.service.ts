import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { Failure } from '#http/failure.js';
import { lockCustomer } from '../customers/customer.lock.js';
import { runInTransaction } from '#database/statement.js';
import { IdempotentWrites } from '../idempotency/idempotent-writes.service.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { recordRequest } from '../requests/request.record.js';
import { markErased } from '../sync/pending.js';
import { Relay } from '../sync/relay.js';
import { ErasureCaseEntity } from './erasure-case.entity.js';
import { ERASURE_CASE_NOT_FOUND } from './erasure.errors.js';
import type { ErasureCaseView, RequestErasure } from './erasure.schemas.js';
import { ALLOW_ERASING, ERASE_CUSTOMER } from './erasure.sql.js';

/** Erasure (GDPR Art. 17): gone here at once; the case closes when marketing has answered. */
@Injectable()
export class ErasureService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writes: IdempotentWrites,
    private readonly relay: Relay,
  ) {}

  /** @throws Failure `customer-not-found` */
  async request(write: WriteRequest, caller: Caller, { customerId, ground }: RequestErasure): Promise<WriteAnswer> {
    const answer = await this.writes.run(write, async (manager) => {
      // The id as it is stored: the triggers compare it as text, and a caller may write it in capitals.
      const { id } = await lockCustomer(manager, customerId);
      await runInTransaction(manager, ALLOW_ERASING, [id]);
      if (ground === 'request') await recordRequest(manager, id, 'erasure', caller);
      const caseId = randomUUID();
      // The customer's own id would live on in the case: who asked is told by kind for her.
      const requestedBy = caller.kind === 'customer' ? 'customer' : caller.subject;
      const [erased] = await runInTransaction<{ ref: string; version: number }>(manager, ERASE_CUSTOMER, [id, caseId, ground, requestedBy]);
      if (!erased) throw new Error('the locked customer is gone');
      await markErased(manager, erased.ref, erased.version);
      const body = { caseId, state: 'waiting-for-marketing' };
      return { answer: { status: 202 as const, body, location: `/v1/erasures/${caseId}` }, customerId: null };
    });
    this.relay.wake();
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
