import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { etagOf } from '#http/etag.js';
import { defineFailure, Failure } from '#http/failure.js';
import { lockCustomer } from '../customers/customer.lock.js';
import type { CustomerRow } from '../customers/customer.row.js';
import { UPDATE_STANDING } from '../customers/customers.sql.js';
import { runInTransaction } from '#database/statement.js';
import { IdempotentWrites } from '../idempotency/idempotent-writes.service.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { recordRequest } from '../requests/request.record.js';
import { concernsMarketing, type CustomerChange, markChanged } from '../sync/pending.js';
import { channelsOf } from '../sync/projection.js';
import { Relay } from '../sync/relay.js';
import type { End, Restriction } from './standing.schemas.js';

export const STANDING_IN_FUTURE = defineFailure({ kind: 'invalid', code: 'standing-in-future', title: 'The time given lies in the future.' });

type Standing = Pick<CustomerRow, 'restricted_at' | 'restriction_reason' | 'objected_at' | 'ended_at' | 'end_reason'>;

/** Five minutes, as for consents: clocks of callers run ahead a little. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** The states of a person that take her out of marketing at once. */
@Injectable()
export class StandingService {
  constructor(
    private readonly writes: IdempotentWrites,
    private readonly relay: Relay,
  ) {}

  restrict(write: WriteRequest, caller: Caller, id: string, { reason }: Restriction): Promise<WriteAnswer> {
    const decide = (c: CustomerRow): Partial<Standing> => ({ restricted_at: c.restricted_at ?? new Date(), restriction_reason: reason });
    return this.change(write, id, 'restriction', decide, (manager, customer) => recordRequest(manager, customer.id, 'restriction', caller));
  }

  liftRestriction(write: WriteRequest, id: string): Promise<WriteAnswer> {
    return this.change(write, id, 'restriction', () => ({ restricted_at: null, restriction_reason: null }));
  }

  end(write: WriteRequest, id: string, { endedAt, reason }: End): Promise<WriteAnswer> {
    assertPast(endedAt);
    return this.change(write, id, 'end', () => ({ ended_at: endedAt, end_reason: reason }));
  }

  resume(write: WriteRequest, id: string): Promise<WriteAnswer> {
    return this.change(write, id, 'end', () => ({ ended_at: null, end_reason: null }));
  }

  private async change(
    write: WriteRequest, id: string, reason: CustomerChange['reason'], decide: (customer: CustomerRow) => Partial<Standing>,
    besides?: (manager: EntityManager, customer: CustomerRow) => Promise<void>,
  ): Promise<WriteAnswer> {
    const answer = await this.writes.run(write, async (manager) => {
      const customer = await lockCustomer(manager, id);
      const after: CustomerRow = { ...customer, ...decide(customer) };
      const [before, channels] = [channelsOf(customer), channelsOf(after)];
      const [row] = await runInTransaction<{ version: number }>(manager, UPDATE_STANDING, [
        id, concernsMarketing(customer.known_to_marketing, channels), after.restricted_at, after.restriction_reason, after.objected_at, after.ended_at, after.end_reason,
      ]);
      if (!row) throw new Error('the locked customer is gone');
      await besides?.(manager, customer);
      await markChanged(manager, { ref: customer.ref, version: row.version, before, after: channels, knownToMarketing: customer.known_to_marketing, reason });
      return { answer: { status: 200, body: { id, version: row.version }, etag: etagOf(row.version) }, customerId: id };
    });
    this.relay.wake();
    return answer;
  }
}

function assertPast(time: Date): void {
  if (time.getTime() > Date.now() + CLOCK_TOLERANCE_MS) throw new Failure(STANDING_IN_FUTURE);
}
