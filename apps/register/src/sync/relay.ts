import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ConsentChanged } from '#contracts/consent-changed.v1.js';
import { JsonLogger } from '#http/logger.js';
import { ConfirmingClient, type Outgoing } from '#messaging/confirming-client.js';
import { ROUTING } from '#messaging/topology.js';
import { RepeatingTask, type Turn } from '#tasks/repeating-task.js';
import { runStatement } from '#database/statement.js';
import type { CustomerRow } from '../customers/customer.row.js';
import { READ_STANDING_BY_REFS } from '../customers/customers.sql.js';
import { type Closable, Suppressions } from '../suppression/suppressions.service.js';
import { URGENCY } from './pending.js';
import { channelsOf, type PersonRow } from './projection.js';
import { CLAIM_DUE, PUT_BACK, RECLAIM, TURN_INTO_ERASURE } from './sync.sql.js';

const BATCH = 500;
/** Other instances of the register do not wake this one; this is how late it finds their leftovers. */
const POLL_MS = 250;
/** What could not be sent is tried again after this. */
const PUT_BACK_MS = 1_000;

/** One claimed row of sync_pending. */
export interface DueChange {
  readonly ref: string;
  readonly epoch: number;
  readonly version: number;
  readonly erased: boolean;
  readonly urgency: number;
  readonly reason: ConsentChanged['reason'];
}

type RelayedCustomer = PersonRow & Pick<CustomerRow, 'ref' | 'version'>;
type StandingRow = Omit<RelayedCustomer, 'closures'> & Closable;

/**
 * Tells marketing what has changed, from the state as it is now. A broker's confirm clears nothing: rows stay
 * until marketing answers, and are sent again until then. Two relays at once only make duplicates.
 */
@Injectable()
export class Relay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly task: RepeatingTask;
  /** The process before this one, or the database in the last turn, may have died between claim and confirm. */
  private reclaimDue = true;

  constructor(
    private readonly dataSource: DataSource,
    private readonly client: ConfirmingClient,
    private readonly suppressions: Suppressions,
    logger: JsonLogger,
  ) {
    this.task = new RepeatingTask(() => this.turn(), {
      intervalMs: POLL_MS,
      onError: (error) => {
        this.reclaimDue = true;
        logger.failure('relay-failed', error);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  /** To be called after a commit that marked something: a withdrawal is on its way in the same millisecond. */
  wake(): void {
    this.task.wake();
  }

  private async turn(): Promise<Turn> {
    if (this.reclaimDue) {
      await runStatement(this.dataSource, RECLAIM, []);
      this.reclaimDue = false;
    }
    const due = await runStatement<DueChange>(this.dataSource, CLAIM_DUE, [BATCH]);
    if (due.length === 0) return 'idle';
    const messages = await this.messagesFor(due);
    const outcomes = await this.client.publishAll(messages.map(({ outgoing }) => outgoing));
    const unsent = messages.filter((_, i) => outcomes[i] !== 'confirmed').map(({ ref }) => ref);
    if (unsent.length > 0) await runStatement(this.dataSource, PUT_BACK, [unsent, PUT_BACK_MS]);
    return unsent.length === 0 && due.length === BATCH ? 'more' : 'idle';
  }

  private async messagesFor(due: readonly DueChange[]): Promise<{ ref: string; outgoing: Outgoing }[]> {
    const living = due.filter((change) => !change.erased).map(({ ref }) => ref);
    const rows = living.length === 0 ? [] : await this.suppressions.guard(await runStatement<StandingRow>(this.dataSource, READ_STANDING_BY_REFS, [living]));
    const byRef = new Map(rows.map((row) => [row.ref, row]));
    const gone = living.filter((ref) => !byRef.has(ref));
    if (gone.length > 0) await runStatement(this.dataSource, TURN_INTO_ERASURE, [gone]);
    return due.flatMap((change) => {
      const body = messageOf(change, byRef.get(change.ref));
      if (!body) return [];
      const routingKey = change.urgency === URGENCY.change ? ROUTING.change : ROUTING.removal;
      return [{ ref: change.ref, outgoing: { routingKey, body } }];
    });
  }
}

function messageOf(change: DueChange, customer: RelayedCustomer | undefined): ConsentChanged | undefined {
  const { ref, epoch, erased, reason } = change;
  if (erased) return { schema: 'consent.changed.v1', ref, epoch, version: change.version, channels: [], erased, reason };
  if (!customer) return undefined;
  return { schema: 'consent.changed.v1', ref, epoch, version: customer.version, channels: channelsOf(customer), erased, reason };
}
