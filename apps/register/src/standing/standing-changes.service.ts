import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CustomerRow } from '../customers/customer.row.js';
import { UPDATE_STANDING } from '../customers/customers.sql.js';
import { runInTransaction } from '#database/statement.js';
import type { Guarded } from '../suppression/suppressions.service.js';
import { concernsMarketing, type CustomerChange, markChanged } from '../sync/pending.js';
import { channelsOf } from '../sync/projection.js';
import { RECORD_STANDING } from './standing.sql.js';

export type StandingFields = Pick<CustomerRow, 'restricted_at' | 'restriction_reason' | 'ended_at' | 'end_reason'>;
export type StandingKind = 'restricted' | 'notice-sent' | 'restriction-lifted' | 'ended' | 'resumed' | 'hold-placed' | 'hold-ended' | 'erasure-queued';

/** What is kept of it for ever, or until the person is erased. */
export interface StandingEvent {
  readonly kind: StandingKind;
  readonly reason: string | null;
  readonly effectiveAt: Date;
  readonly actor: string;
}

/** The states of a person that take her out of marketing, with the record of who changed them. */
@Injectable()
export class StandingChanges {
  /** Changes a locked customer; resolves to her version afterwards. */
  async apply(manager: EntityManager, customer: Guarded<CustomerRow>, change: Partial<StandingFields>, why: CustomerChange['reason'], event: StandingEvent): Promise<number> {
    const after = { ...customer, ...change };
    const [before, channels] = [channelsOf(customer), channelsOf(after)];
    const [row] = await runInTransaction<{ version: number }>(manager, UPDATE_STANDING, [
      customer.id, concernsMarketing(customer.known_to_marketing, channels), after.restricted_at, after.restriction_reason, after.objected_at, after.ended_at, after.end_reason,
    ]);
    if (!row) throw new Error('the locked customer is gone');
    await markChanged(manager, { ref: customer.ref, version: row.version, before, after: channels, knownToMarketing: customer.known_to_marketing, reason: why });
    await this.note(manager, customer.id, event);
    return row.version;
  }

  /** Records what changes no state of hers. */
  async note(manager: EntityManager, customerId: string, { kind, reason, effectiveAt, actor }: StandingEvent): Promise<void> {
    await runInTransaction(manager, RECORD_STANDING, [customerId, kind, reason, effectiveAt, actor]);
  }
}
