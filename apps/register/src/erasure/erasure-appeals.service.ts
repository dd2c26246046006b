import { Injectable } from '@nestjs/common';
import type { Caller } from '#auth/access.js';
import { runInTransaction } from '#database/statement.js';
import { Failure } from '#http/failure.js';
import { ErasureLog } from '../erasure-log/erasure-log.service.js';
import { IdempotentWrites } from '../idempotency/idempotent-writes.service.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { dueOnReceipt } from '../requests/request.record.js';
import { Suppressions } from '../suppression/suppressions.service.js';
import type { Appeal, AppealDecision } from './appeal.schemas.js';
import { DECIDE_APPEAL, LOCK_APPEAL, LOCK_CASE, RECORD_APPEAL } from './erasure-cases.sql.js';
import {
  APPEAL_DECIDED, APPEAL_IN_FUTURE, APPEAL_NOT_FOUND, APPEAL_NOT_POSSIBLE, APPEAL_OWN_DECISION, APPEALED_ALREADY, ERASURE_CASE_NOT_FOUND, PERSON_MUST_DECIDE,
} from './erasure.errors.js';
import type { ErasureGround } from './erasure.schemas.js';

const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Who was erased for abuse may contest it. What she has of us is the case id; we know her no more. */
@Injectable()
export class ErasureAppeals {
  constructor(
    private readonly writes: IdempotentWrites,
    private readonly log: ErasureLog,
    private readonly suppressions: Suppressions,
  ) {}

  /** Due one calendar month on, as a request is. @throws Failure `erasure-case-not-found`, `appeal-not-possible`, `appealed-already`, `appeal-in-future` */
  record(write: WriteRequest, caller: Caller, caseId: string, { receivedAt: given, receivedBy }: Appeal): Promise<WriteAnswer> {
    const now = new Date();
    const receivedAt = given ?? now;
    if (receivedAt.getTime() > now.getTime() + CLOCK_TOLERANCE_MS) throw new Failure(APPEAL_IN_FUTURE);
    return this.writes.run(write, async (manager) => {
      const [found] = await runInTransaction<{ id: string; ground: ErasureGround; requested_by: string }>(manager, LOCK_CASE, [caseId]);
      if (!found) throw new Failure(ERASURE_CASE_NOT_FOUND);
      if (found.ground !== 'abuse') throw new Failure(APPEAL_NOT_POSSIBLE);
      const dueOn = dueOnReceipt(receivedAt);
      const recorded = await runInTransaction(manager, RECORD_APPEAL, [found.id, receivedAt, receivedBy, `${caller.kind}:${caller.subject}`, dueOn, found.requested_by]);
      if (recorded.length === 0) throw new Failure(APPEALED_ALREADY);
      return { answer: { status: 201, body: { caseId: found.id, dueOn }, location: `/v1/erasures/${found.id}` }, customerId: null };
    });
  }

  /**
   * Reversed: the mark of abuse goes from her addresses, here and in the log of erasures, so that no restore puts it there again.
   * @throws Failure `person-must-decide`, `appeal-not-found`, `appeal-own-decision`, `appeal-decided`, `erasure-log-away`
   */
  decide(write: WriteRequest, caller: Caller, caseId: string, { outcome }: AppealDecision): Promise<WriteAnswer> {
    if (caller.kind !== 'staff') throw new Failure(PERSON_MUST_DECIDE);
    return this.writes.run(write, async (manager) => {
      const [appeal] = await runInTransaction<{ contested: string; decided_at: Date | null }>(manager, LOCK_APPEAL, [caseId]);
      if (!appeal) throw new Failure(APPEAL_NOT_FOUND);
      if (appeal.contested === caller.subject) throw new Failure(APPEAL_OWN_DECISION);
      if (appeal.decided_at) throw new Failure(APPEAL_DECIDED);
      await runInTransaction(manager, DECIDE_APPEAL, [caseId, outcome, caller.subject, new Date()]);
      await this.log.noteAppeal(caseId, outcome);
      if (outcome === 'reversed') await this.suppressions.forgive(manager, await this.log.forgiven());
      return { answer: { status: 200, body: { caseId: caseId.toLowerCase(), outcome } }, customerId: null };
    });
  }
}
