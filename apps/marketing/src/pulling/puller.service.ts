import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MAX_REFS, type Projection, type ProjectionReply } from '#contracts/projection.v1.js';
import { JsonLogger } from '#http/logger.js';
import { AmqpConnection } from '#messaging/amqp-connection.js';
import { RepeatingTask, type Turn } from '#tasks/repeating-task.js';
import { AnswerSender } from '../answering/answer-sender.service.js';
import { isDataError } from '#database/database-errors.js';
import { digestsOf } from '../contacts/address-digests.js';
import { inTransaction } from '../database/transaction.js';
import { answerFor, deleteContacts, lockStored } from '../intake/intake.sql.js';
import { RegisterClient } from '../link/register-client.service.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import { MarketingMetrics } from '../operations/marketing-metrics.service.js';
import { decidePulled } from './pulled-contact.js';
import { claimAwaiting, endLeases, postpone, settle, storeContacts } from './pulling.sql.js';

/** Requests under way together: while one reply is stored, the register already reads for the next. */
const REQUESTS_AT_ONCE = 2;
/** Longer than the register is given to answer, so that nobody else asks for the same meanwhile. */
const LEASE_SECONDS = 15;
/** A contact whose data cannot be stored is asked for again after this; the awaiting gauge shows that it is stuck. */
const STUCK_SECONDS = 60;

/** Fetches the data of contacts that wait for it, straight from the register: it never rests in the broker. */
@Injectable()
export class Puller {
  readonly task: RepeatingTask;
  /** The process before this one, or the database in the last turn, may have died while references were asked for. */
  private leasesDue = true;

  constructor(
    private readonly database: DataSource,
    private readonly connection: AmqpConnection,
    private readonly register: RegisterClient,
    private readonly answers: AnswerSender,
    private readonly metrics: MarketingMetrics,
    private readonly logger: JsonLogger,
    @Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'indexKey'>,
  ) {
    this.task = new RepeatingTask(() => this.turn(), {
      intervalMs: 1_000,
      onError: (error) => {
        this.leasesDue = true;
        logger.failure('pull-postponed', error);
      },
    });
    connection.onConnected(() => { this.task.wake(); });
  }

  wake(): void {
    this.task.wake();
  }

  /** One turn: up to two requests' worth of waiting references. While the register is away they keep waiting. */
  async turn(): Promise<Turn> {
    if (!this.connection.state().connected) return 'idle';
    if (this.leasesDue) {
      await endLeases(this.database.manager);
      this.leasesDue = false;
    }
    const most = REQUESTS_AT_ONCE * MAX_REFS;
    const refs = await claimAwaiting(this.database.manager, most, LEASE_SECONDS);
    const parts = [refs.slice(0, MAX_REFS), refs.slice(MAX_REFS)].filter((part) => part.length > 0);
    const outcomes = await Promise.allSettled(parts.map((part) => this.pull(part)));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return refs.length === most ? 'more' : 'idle';
  }

  private async pull(refs: readonly string[]): Promise<void> {
    try {
      await this.apply(await this.register.projections(refs));
    } catch (error) {
      await postpone(this.database.manager, refs, 0);
      throw error;
    }
    this.answers.task.wake();
  }

  private async apply(reply: ProjectionReply): Promise<void> {
    if (reply.unknown.length > 0) await this.applyUnknown(reply.unknown);
    await this.applyBisecting(reply.projections);
  }

  /** One person whose data the table refuses must not keep the other 499 waiting. */
  private async applyBisecting(projections: readonly Projection[]): Promise<void> {
    if (projections.length === 0) return;
    try {
      await this.applyTogether(projections);
    } catch (error) {
      if (!isDataError(error)) throw error;
      const [only] = projections;
      if (projections.length === 1 && only !== undefined) {
        this.metrics.pullFailures.inc({ reason: 'refused' });
        this.logger.failure('projection-refused', error);
        await postpone(this.database.manager, [only.ref], STUCK_SECONDS);
        return;
      }
      const middle = Math.ceil(projections.length / 2);
      await this.applyBisecting(projections.slice(0, middle));
      await this.applyBisecting(projections.slice(middle));
    }
  }

  private async applyTogether(projections: readonly Projection[]): Promise<void> {
    const applied = await inTransaction(this.database, async (manager) => {
      const stored = new Map((await lockStored(manager, projections.map(({ ref }) => ref))).map((row) => [row.ref, row]));
      const decided = projections.map((projection) => ({ projection, pulled: decidePulled(stored.get(projection.ref), projection) }));
      const taken = decided.filter(({ pulled }) => pulled.kind !== 'ignore').map(({ projection }) => projection);
      const rows = decided.flatMap(({ pulled }) => (pulled.kind === 'store' ? [{ ...pulled.row, ...digestsOf(this.config.indexKey, pulled.row) }] : []));
      const gone = decided.flatMap(({ projection, pulled }) => (pulled.kind === 'drop' ? [projection.ref] : []));
      if (taken.length === 0) return 0;
      const held = new Set(rows.map(({ ref }) => ref));
      await settle(manager, taken.map(({ ref, epoch, version }) => ({ ref, epoch, version, held: held.has(ref) })));
      if (rows.length > 0) await storeContacts(manager, rows);
      if (gone.length > 0) await deleteContacts(manager, gone);
      await answerFor(manager, taken.map(({ ref }) => ref));
      return taken.length;
    });
    this.metrics.applied.inc(applied);
  }

  /** The register has no such reference: nobody may be listed under it, and the waiting is over. */
  private async applyUnknown(refs: readonly string[]): Promise<void> {
    await inTransaction(this.database, async (manager) => {
      const waiting = (await lockStored(manager, refs)).filter((stored) => stored.awaitingData);
      if (waiting.length === 0) return;
      await deleteContacts(manager, waiting.map(({ ref }) => ref));
      await settle(manager, waiting.map((each) => ({ ...each, held: false })));
      await answerFor(manager, waiting.map(({ ref }) => ref));
    });
    this.metrics.pullFailures.inc({ reason: 'unknown' }, refs.length);
    this.logger.event('references-unknown-to-register', { count: refs.length }, 'warn');
  }
}
