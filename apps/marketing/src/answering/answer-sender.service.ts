import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Applied, type ErasureStatement, MAX_ANSWERS } from '#contracts/applied.v1.js';
import { AmqpConnection } from '#messaging/amqp-connection.js';
import { ConfirmingClient, type Outgoing } from '#messaging/confirming-client.js';
import { PublishUnconfirmed } from '#messaging/messaging.errors.js';
import { ROUTING } from '#messaging/topology.js';
import { RepeatingTask, type Turn } from '#tasks/repeating-task.js';
import { JsonLogger } from '#http/logger.js';
import { askForCleanFiles, awaitReadings, type ErasedInExports, findInExports } from '../exports/erasures.sql.js';
import { ExportKeeper } from '../exports/export-keeper.service.js';
import { Pulse, type Told } from '../restore/pulse.service.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import { MarketingMetrics } from '../operations/marketing-metrics.service.js';
import { type AnswerRow, countRowsLeft, deleteAnswers, takeAnswers } from './answering.sql.js';
import { StatementSigner } from './statement-signer.service.js';

const NOT_EXPORTED: ErasedInExports = { recipients: new Map(), stored: new Set() };
/** So long the register may hear nothing before it is told at least how far this database has come. */
const SILENCE_MS = 30_000;
/** Answers published together: four full messages. */
const MAX_TAKEN = 4 * MAX_ANSWERS;

/**
 * Carries the answers to the register. They were written with the change itself; each is deleted only when the
 * broker has confirmed it, so a crash in between repeats answers and loses none.
 */
@Injectable()
export class AnswerSender {
  readonly task: RepeatingTask;
  /** The register is told our epoch at start, and whenever it speaks of another one. */
  private helloDue = true;
  /** By `performance.now()`. */
  private toldAt = 0;

  constructor(
    private readonly database: DataSource,
    private readonly connection: AmqpConnection,
    private readonly client: ConfirmingClient,
    private readonly signer: StatementSigner,
    private readonly metrics: MarketingMetrics,
    private readonly exports: ExportKeeper,
    private readonly pulse: Pulse,
    @Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'exports'>,
    logger: JsonLogger,
  ) {
    this.task = new RepeatingTask(() => this.turn(), {
      intervalMs: 1_000,
      onError: (error) => { logger.failure('answers-not-sent', error); },
    });
    connection.onConnected(() => { this.task.wake(); });
  }

  /** Tells the register our epoch as soon as possible. */
  sayHello(): void {
    this.helloDue = true;
    this.task.wake();
  }

  /** One turn: hello when due, then the oldest answers. Without a broker everything waits. */
  async turn(): Promise<Turn> {
    if (!this.connection.state().connected) return 'idle';
    if (this.helloDue || performance.now() - this.toldAt > SILENCE_MS) await this.publishHello();
    const { taken, confirmed } = await this.database.transaction((manager) => this.sendOldest(manager));
    this.metrics.answersSent.inc(confirmed);
    if (confirmed < taken) throw new PublishUnconfirmed('unknown');
    return taken === MAX_TAKEN ? 'more' : 'idle';
  }

  private async publishHello(): Promise<void> {
    const told = await this.pulse.beat();
    const [outcome = 'unknown'] = await this.client.publishAll([messageOf({ schema: 'applied.v1', ...told, answers: [], erasures: [] })]);
    if (outcome !== 'confirmed') throw new PublishUnconfirmed(outcome);
    this.helloDue = false;
    this.toldAt = performance.now();
  }

  private async sendOldest(manager: EntityManager): Promise<{ taken: number; confirmed: number }> {
    const due = await takeAnswers(manager, MAX_TAKEN);
    const erased = due.filter((row) => row.erased).map((row) => row.ref);
    const inExports = erased.length === 0 ? NOT_EXPORTED : await this.lookIntoExports(manager, erased);
    // What a stored file still holds is not erased yet: it is said when it is true.
    const rows = due.filter((row) => !inExports.stored.has(row.ref));
    if (rows.length === 0) return { taken: 0, confirmed: 0 };
    const rowsLeft = erased.length === 0 ? new Map<string, number>() : await countRowsLeft(manager, erased);
    const parts = chunks(rows, MAX_ANSWERS);
    // After they were committed, and committed itself: a database that is put back to before them has counted less.
    const told = await this.pulse.beat();
    const messages = await Promise.all(parts.map((part) => this.compose(part, told, rowsLeft, inExports.recipients)));
    const outcomes = await this.client.publishAll(messages.map(messageOf));
    const done = parts.flatMap((part, index) => (outcomes[index] === 'confirmed' ? part.map(({ id }) => id) : []));
    if (done.length > 0) {
      await deleteAnswers(manager, done);
      this.toldAt = performance.now();
    }
    return { taken: rows.length, confirmed: done.length };
  }

  /** Where the erased were handed to, once nobody is reading any more who could still have seen them. */
  private async lookIntoExports(manager: EntityManager, erased: readonly string[]): Promise<ErasedInExports> {
    await this.database.transaction('READ COMMITTED', awaitReadings);
    const found = await findInExports(manager, erased);
    if (found.stored.size > 0) {
      await askForCleanFiles(this.database.manager, [...found.stored]);
      this.exports.task.wake();
    }
    return found;
  }

  private recipient(id: string): ErasureStatement['recipients'][number] {
    const { name, country } = this.config.exports.recipients.find((each) => each.id === id) ?? { name: id, country: null };
    return { id, name, country };
  }

  private async compose(
    rows: readonly AnswerRow[], told: Told, rowsLeft: ReadonlyMap<string, number>, recipients: ErasedInExports['recipients'],
  ): Promise<Applied> {
    const orderOf = ({ ref, epoch, version }: AnswerRow) => ({ ref, epoch, version });
    const erasures = await Promise.all(rows.filter((row) => row.erased).map(async (row) => ({
      ...orderOf(row),
      statement: await this.signer.sign({
        ...orderOf(row), marketingEpoch: told.marketingEpoch, appliedAt: row.appliedAt.toISOString(),
        rowsDeleted: row.rowsDeleted, rowsLeft: rowsLeft.get(row.ref) ?? 0, recipients: (recipients.get(row.ref) ?? []).map((id) => this.recipient(id)),
      }),
    })));
    const answers = rows.filter((row) => !row.erased).map(orderOf);
    return { schema: 'applied.v1', ...told, answers, erasures };
  }
}

function messageOf(body: Applied): Outgoing {
  return { routingKey: ROUTING.applied, body };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
