import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { ConsentChanged } from '#contracts/consent-changed.v1.js';
import { JsonLogger } from '#http/logger.js';
import type { Delivery } from '#messaging/batch-server.js';
import { AnswerSender } from '../answering/answer-sender.service.js';
import { ConcurrentChange, errorCode, isDataError } from '#database/database-errors.js';
import { inTransaction } from '../database/transaction.js';
import { noteRegisterEpoch } from '../link/link.sql.js';
import { MarketingMetrics } from '../operations/marketing-metrics.service.js';
import { Puller } from '../pulling/puller.service.js';
import { collapseByRef, type ContactChange, decideChange, rememberedAfter } from './contact-change.js';
import { type Delivered, readDelivered } from './delivered.js';
import { answerFor, deleteContacts, eraseEverywhere, keepOnly, lockStored, remember } from './intake.sql.js';
import { park, type Parking } from './parked.sql.js';
import { forgetMembers } from '../segments/snapshots.sql.js';

type Read = Extract<Delivered, { kind: 'read' }>;

/** A message that fails this often alone is parked. */
const MAX_FAILURES_ALONE = 3;

/** Applies what the register tells, one transaction per batch. */
@Injectable()
export class IntakeService {
  /** The highest register epoch noted by this process; saves a statement per batch. */
  private notedEpoch = 0;

  constructor(
    private readonly database: DataSource,
    private readonly answers: AnswerSender,
    private readonly puller: Puller,
    private readonly metrics: MarketingMetrics,
    private readonly logger: JsonLogger,
  ) {}

  /**
   * Resolves when every message of the batch is applied or parked, and that is committed. Rejects when the database
   * is away: then nothing was lost, and the batch comes again.
   */
  async take(queue: string, batch: readonly Pick<Delivery, 'content'>[]): Promise<void> {
    const delivered = batch.map(({ content }) => readDelivered(content));
    for (const each of delivered) {
      if (each.kind === 'unreadable') await this.park({ queue, content: each.content, ref: each.ref, reason: each.reason });
    }
    await this.applyBisecting(queue, delivered.filter((each) => each.kind === 'read'));
    this.answers.task.wake();
  }

  /** Finds the message that the database refuses by halving, so that it alone is put aside. */
  private async applyBisecting(queue: string, read: readonly Read[]): Promise<void> {
    const [only] = read;
    if (only === undefined) return;
    try {
      await this.applyTogether(read.map(({ message }) => message));
    } catch (error) {
      if (!isDataError(error)) throw error;
      if (read.length === 1) return this.retryAlone(queue, only);
      const middle = Math.ceil(read.length / 2);
      await this.applyBisecting(queue, read.slice(0, middle));
      await this.applyBisecting(queue, read.slice(middle));
    }
  }

  /** It has failed once when this is called. */
  private async retryAlone(queue: string, { content, message }: Read): Promise<void> {
    for (let failures = 1; ; ) {
      try {
        await this.applyTogether([message]);
        return;
      } catch (error) {
        if (!isDataError(error)) throw error;
        failures += 1;
        if (failures < MAX_FAILURES_ALONE) continue;
        await this.park({ queue, content, ref: message.ref, reason: `refused-${errorCode(error) ?? 'by-code'}` });
        return;
      }
    }
  }

  /** Applies messages in one transaction and wakes whoever has to go on from there. */
  async applyTogether(messages: readonly ConsentChanged[], within?: (manager: EntityManager) => Promise<void>): Promise<void> {
    const told = collapseByRef(messages);
    const epoch = Math.max(...told.map((message) => message.epoch));
    const changes = await inTransaction(this.database, async (manager) => {
      if (epoch > this.notedEpoch) await noteRegisterEpoch(manager, epoch);
      const done = await applyChanges(manager, told);
      await within?.(manager);
      return done;
    });
    this.notedEpoch = Math.max(this.notedEpoch, epoch);
    for (const { kind } of changes) this.metrics.messages.inc({ change: kind });
    this.metrics.applied.inc(changes.filter(({ kind }) => kind === 'drop' || kind === 'erase').length);
    if (changes.some(({ kind }) => kind === 'pull')) this.puller.wake();
    const refused = changes.filter(({ kind }) => kind === 'stay-erased').length;
    if (refused > 0) this.logger.event('erased-reference-stays-erased', { count: refused }, 'warn');
  }

  private async park(parking: Parking): Promise<void> {
    await park(this.database.manager, parking);
    this.metrics.parkings.inc({ reason: parking.reason });
    this.logger.event('message-parked', { queue: parking.queue, reason: parking.reason }, 'error');
  }
}

/** Decides and writes for messages of different references, sorted by reference. @throws ConcurrentChange */
async function applyChanges(manager: EntityManager, told: readonly ConsentChanged[]): Promise<ContactChange[]> {
  const refs = told.map(({ ref }) => ref);
  const stored = new Map((await lockStored(manager, refs)).map((row) => [row.ref, row]));
  const decided = told.map((message) => ({ ref: message.ref, change: decideChange(stored.get(message.ref), message) }));
  const remembered = decided.flatMap(({ ref, change }) => {
    const after = change.kind === 'ignore' ? undefined : rememberedAfter(stored.get(ref), change);
    return after === undefined ? [] : [{ ref, ...after }];
  });
  if (remembered.length > 0 && (await remember(manager, remembered)) < remembered.length) throw new ConcurrentChange();

  const refsOf = (kind: ContactChange['kind']): string[] => decided.filter(({ change }) => change.kind === kind).map(({ ref }) => ref);
  const dropped = refsOf('drop');
  const erased = refsOf('erase');
  const kept = decided.flatMap(({ ref, change }) => (change.kind === 'pull' && stored.has(ref) ? [{ ref, keep: change.keep }] : []));
  if (dropped.length > 0) await deleteContacts(manager, dropped);
  if (erased.length > 0) {
    await eraseEverywhere(manager, erased);
    await forgetMembers(manager, erased);
  }
  if (kept.length > 0) await keepOnly(manager, kept);
  await answerFor(manager, refs);
  return decided.map(({ change }) => change);
}
