import { Injectable } from '@nestjs/common';
import { etagOf } from '#http/etag.js';
import { Failure } from '#http/failure.js';
import { CUSTOMER_RESTRICTED } from '../customers/customer.errors.js';
import { lockCustomer } from '../customers/customer.lock.js';
import { runInTransaction, type Statement } from '#database/statement.js';
import { IdempotentWrites } from '../idempotency/idempotent-writes.service.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { STANDING_IN_FUTURE } from '../standing/standing.errors.js';
import type { Activity } from './activity.schemas.js';

/** To the day: more would be a record of her habits, and a write for every visit. $1 customer id, $2 at */
const NOTE_ACTIVITY: Statement = {
  name: 'note-activity',
  text: `UPDATE customer SET active_at = date_trunc('day', $2::timestamptz) WHERE id = $1 AND active_at < date_trunc('day', $2::timestamptz)`,
};
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Signs of life that are neither a decision nor a correction: they keep her consents from lapsing. */
@Injectable()
export class ActivityService {
  constructor(private readonly writes: IdempotentWrites) {}

  /** @throws Failure `customer-not-found`, `customer-restricted`, `standing-in-future` */
  note(write: WriteRequest, id: string, { at }: Activity): Promise<WriteAnswer> {
    if (at.getTime() > Date.now() + CLOCK_TOLERANCE_MS) throw new Failure(STANDING_IN_FUTURE);
    return this.writes.run(write, async (manager) => {
      const customer = await lockCustomer(manager, id);
      if (customer.restricted_at) throw new Failure(CUSTOMER_RESTRICTED, { extra: { restriction: customer.restriction_reason } });
      await runInTransaction(manager, NOTE_ACTIVITY, [customer.id, at]);
      return { answer: { status: 200, body: { id: customer.id, version: customer.version }, etag: etagOf(customer.version) }, customerId: customer.id };
    });
  }
}
