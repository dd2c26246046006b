import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { etagOf } from '#http/etag.js';
import { Failure } from '#http/failure.js';
import { LapsedConsents } from '../consents/lapsed-consents.service.js';
import type { CustomerRow } from '../customers/customer.row.js';
import { runInTransaction } from '#database/statement.js';
import { ERASURE_UNDER_HOLD } from '../erasure/eraser.service.js';
import { LEGAL_HOLD } from '../holds/holds.errors.js';
import { IdempotentWrites } from '../idempotency/idempotent-writes.service.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { oweNotices } from '../disclosures/notice.owing.js';
import { recordRequest } from '../requests/request.record.js';
import { type Guarded, Suppressions } from '../suppression/suppressions.service.js';
import { Relay } from '../sync/relay.js';
import { type StandingFields, StandingChanges, type StandingKind } from './standing-changes.service.js';
import { NOT_RESTRICTED, NOTICE_NOT_SENT, NOTICE_TOO_EARLY, STANDING_IN_FUTURE } from './standing.errors.js';
import type { End, LiftNotice, Restriction } from './standing.schemas.js';
import { FIND_NOTICE, LAST_RESTRICTION } from './standing.sql.js';

/** Five minutes, as for consents: clocks of callers run ahead a little. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** By which a consent may come into use that nothing was heard of for long. */
const WAKING: ReadonlySet<StandingKind> = new Set(['restriction-lifted', 'resumed']);

interface Change {
  readonly kind: StandingKind;
  readonly fields: Partial<StandingFields>;
  readonly reason: string | null;
  readonly effectiveAt: Date;
}

/** The states of a person that take her out of marketing at once. */
@Injectable()
export class StandingService {
  constructor(
    private readonly writes: IdempotentWrites,
    private readonly suppressions: Suppressions,
    private readonly changes: StandingChanges,
    private readonly lapsed: LapsedConsents,
    private readonly relay: Relay,
  ) {}

  /** Storage only (GDPR Art. 18). A restriction that waits for an erasure under a legal hold keeps its reason. */
  restrict(write: WriteRequest, caller: Caller, id: string, { reason }: Restriction): Promise<WriteAnswer> {
    return this.change(write, caller, id, 'restriction', async (customer, manager) => {
      await recordRequest(manager, customer.id, 'restriction', caller);
      await oweNotices(manager, customer.id, 'restriction');
      const now = new Date();
      const kept = customer.restriction_reason === ERASURE_UNDER_HOLD ? ERASURE_UNDER_HOLD : reason;
      return { kind: 'restricted', fields: { restricted_at: customer.restricted_at ?? now, restriction_reason: kept }, reason, effectiveAt: now };
    });
  }

  /** Records that the person was told (Art. 18(3)). @throws Failure when she is not restricted, or the time cannot be right */
  async notice(write: WriteRequest, caller: Caller, id: string, { sentAt, sentBy }: LiftNotice): Promise<WriteAnswer> {
    assertPast(sentAt);
    return this.writes.run(write, async (manager) => {
      const customer = await this.suppressions.lock(manager, id);
      const { version } = customer;
      if (!customer.restricted_at) throw new Failure(NOT_RESTRICTED);
      if (sentAt < (await restrictedBy(manager, customer.id, customer.restricted_at)).since) throw new Failure(NOTICE_TOO_EARLY);
      await this.changes.note(manager, id, { kind: 'notice-sent', reason: sentBy, effectiveAt: sentAt, actor: caller.subject });
      return { answer: { status: 200, body: { id, version }, etag: etagOf(version) }, customerId: id };
    });
  }

  /** @throws Failure `notice-not-sent`, or `legal-hold` while an erasure waits for the end of a hold */
  liftRestriction(write: WriteRequest, caller: Caller, id: string): Promise<WriteAnswer> {
    return this.change(write, caller, id, 'restriction', async (customer, manager) => {
      if (customer.restriction_reason === ERASURE_UNDER_HOLD) throw new Failure(LEGAL_HOLD);
      if (customer.restricted_at) await assertNoticeSent(manager, customer.id, customer.restricted_at);
      return { kind: 'restriction-lifted', fields: { restricted_at: null, restriction_reason: null }, reason: null, effectiveAt: new Date() };
    });
  }

  end(write: WriteRequest, caller: Caller, id: string, { endedAt, reason }: End): Promise<WriteAnswer> {
    assertPast(endedAt);
    return this.change(write, caller, id, 'end', () => ({ kind: 'ended', fields: { ended_at: endedAt, end_reason: reason }, reason, effectiveAt: endedAt }));
  }

  resume(write: WriteRequest, caller: Caller, id: string): Promise<WriteAnswer> {
    return this.change(write, caller, id, 'end', () => ({ kind: 'resumed', fields: { ended_at: null, end_reason: null }, reason: null, effectiveAt: new Date() }));
  }

  private async change(
    write: WriteRequest, caller: Caller, id: string, why: 'restriction' | 'end',
    decide: (customer: Guarded<CustomerRow>, manager: EntityManager) => Change | Promise<Change>,
  ): Promise<WriteAnswer> {
    const answer = await this.writes.run(write, async (manager) => {
      const customer = await this.suppressions.lock(manager, id);
      const { fields, ...event } = await decide(customer, manager);
      // What has lapsed meanwhile does not come back with her.
      const present = WAKING.has(event.kind) ? await this.lapsed.expire(manager, customer, new Date()) : customer;
      const version = await this.changes.apply(manager, present, fields, why, { ...event, actor: caller.subject });
      return { answer: { status: 200, body: { id: customer.id, version }, etag: etagOf(version) }, customerId: customer.id };
    });
    this.relay.wake();
    return answer;
  }
}

/** The last restriction: what she was told of an earlier one says nothing of this. Its record, and since when it counts. */
async function restrictedBy(manager: EntityManager, id: string, restrictedAt: Date): Promise<{ record: string; since: Date }> {
  const [last] = await runInTransaction<{ id: string; at: Date }>(manager, LAST_RESTRICTION, [id]);
  return { record: last?.id ?? '0', since: last && last.at > restrictedAt ? last.at : restrictedAt };
}

async function assertNoticeSent(manager: EntityManager, id: string, restrictedAt: Date): Promise<void> {
  const { record, since } = await restrictedBy(manager, id, restrictedAt);
  const [notice] = await runInTransaction<{ sent_at: Date | null }>(manager, FIND_NOTICE, [id, since, record]);
  if (!notice?.sent_at || notice.sent_at > new Date()) throw new Failure(NOTICE_NOT_SENT);
}

function assertPast(time: Date): void {
  if (time.getTime() > Date.now() + CLOCK_TOLERANCE_MS) throw new Failure(STANDING_IN_FUTURE);
}
