import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { compareOrder } from '#contracts/order.js';
import { projectionDigest } from '#contracts/projection.v1.js';
import { bucketDigest, type BucketEntry, bucketOf, BUCKETS, type DigestReply, linkKeyCheck } from '#contracts/reconcile.v1.js';
import { JsonLogger } from '#http/logger.js';
import { AmqpConnection } from '#messaging/amqp-connection.js';
import { ConfigurationError } from '#service/configuration.js';
import { RepeatingTask, type Turn } from '#tasks/repeating-task.js';
import { toProjection } from '../contacts/contact-row.js';
import { inTransaction } from '../database/transaction.js';
import { deleteContacts } from '../intake/intake.sql.js';
import { readLink } from '../link/link.sql.js';
import { RegisterClient } from '../link/register-client.service.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import { MarketingMetrics } from '../operations/marketing-metrics.service.js';
import { Puller } from '../pulling/puller.service.js';
import { compareBucket, type LocalEntry, type RefOrder, type Repairs } from './comparison.js';
import { awaitData, claimRun, noteCompared, readHeld, readRemembered, takeOut } from './reconcile.sql.js';

/** Buckets read and asked for together: 16,000 rows at a million contacts. */
const BUCKETS_AT_ONCE = 4;
const HOUR_SECONDS = 3_600;
const MINUTE_MS = 60_000;
const MAX_PROJECTIONS = 500;

/** What one comparison found. */
export interface ReconcileReport {
  readonly differingBuckets: number;
  /** References fetched (again) from the register. */
  readonly pulled: number;
  /** Contacts taken out because the register does not list them. */
  readonly takenOut: number;
  /** Of all those, the ones that no change on its way explains. */
  readonly alarms: number;
}

/** Compares both sides, bucket by bucket, and repairs marketing's. Two instances at once only do the work twice. */
@Injectable()
export class ReconcileService implements BeforeApplicationShutdown {
  readonly task: RepeatingTask;
  private ending = false;
  /** When to ask, besides by each comparison, whether both sides have the same key: at the start, and each minute until they have. */
  private askForKeyAt = 0;

  constructor(
    private readonly database: DataSource,
    private readonly connection: AmqpConnection,
    private readonly register: RegisterClient,
    private readonly puller: Puller,
    private readonly metrics: MarketingMetrics,
    private readonly logger: JsonLogger,
    @Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'linkDigestKey'>,
  ) {
    this.task = new RepeatingTask(() => this.turn(), {
      intervalMs: 2_000,
      onError: (error) => {
        this.metrics.reconcileRuns.inc({ outcome: 'postponed' });
        this.logger.failure('reconcile-postponed', error);
      },
    });
  }

  /** A comparison under way would hold up the end for as long as it takes. */
  beforeApplicationShutdown(): void {
    this.ending = true;
  }

  private async turn(): Promise<Turn> {
    if (!this.connection.state().connected) return 'idle';
    if (await claimRun(this.database.manager, HOUR_SECONDS)) {
      await this.run();
    } else if (Date.now() >= this.askForKeyAt) {
      this.askForKeyAt = Date.now() + MINUTE_MS;
      this.assertSameKey(await this.register.digests([0]));
    }
    return 'idle';
  }

  /**
   * One whole comparison. What is ours is read before the register is asked, so that a change in between makes
   * only the register look newer.
   * @throws RpcUnavailable when the register is away; what was repaired until then stays repaired. ConfigurationError when it has another key.
   */
  async run(): Promise<ReconcileReport> {
    const { link } = await readLink(this.database.manager);
    let report: ReconcileReport = { differingBuckets: 0, pulled: 0, takenOut: 0, alarms: 0 };
    const registerEpochs = new Set<number>();
    for (let first = 0; first < BUCKETS; first += BUCKETS_AT_ONCE) {
      if (this.ending) return report;
      const buckets = Array.from({ length: BUCKETS_AT_ONCE }, (_, index) => first + index);
      const local = await this.readLocal(first);
      const reply = await this.register.digests(buckets);
      this.assertSameKey(reply);
      registerEpochs.add(reply.epoch);
      for (const { bucket, digest } of reply.digests) {
        const held = local.get(bucket) ?? [];
        if (digest !== bucketDigest(held)) report = add(report, await this.repairBucket(bucket, held));
      }
    }
    // A register restored half-way through was compared in part only: the next run is due at once.
    const [registerEpoch, another] = registerEpochs;
    if (registerEpoch !== undefined && another === undefined) await noteCompared(this.database.manager, link.marketingEpoch, registerEpoch);
    this.metrics.reconcileRuns.inc({ outcome: 'complete' });
    this.logger.event('reconcile-complete', { count: report.differingBuckets });
    return report;
  }

  /** What is held, by bucket. Contacts whose data is awaited are not settled, and left out. */
  private async readLocal(first: number): Promise<Map<number, LocalEntry[]>> {
    const rows = await readHeld(this.database.manager, first, BUCKETS_AT_ONCE);
    const strays = rows.filter((row) => row.isStray).map(({ ref }) => ref);
    if (strays.length > 0) {
      await deleteContacts(this.database.manager, strays);
      this.alarm('stray', strays.length);
    }
    const byBucket = new Map<number, LocalEntry[]>();
    for (const row of rows) {
      if (row.isStray || row.awaitingData) continue;
      const bucket = bucketOf(row.ref);
      const digest = projectionDigest(this.config.linkDigestKey, toProjection(row, row));
      const entry: LocalEntry = { ref: row.ref, epoch: row.epoch, version: row.version, state: 'held', digest };
      const entries = byBucket.get(bucket);
      if (entries === undefined) byBucket.set(bucket, [entry]);
      else entries.push(entry);
    }
    return byBucket;
  }

  /** Under another key everything would differ: all would be fetched anew, every time, and nothing be compared. */
  private assertSameKey({ keyCheck }: DigestReply): void {
    const isSame = keyCheck === undefined || keyCheck === linkKeyCheck(this.config.linkDigestKey);
    this.askForKeyAt = isSame ? Number.POSITIVE_INFINITY : Date.now() + MINUTE_MS;
    if (isSame) return;
    this.logger.event('link-digest-key-differs', {}, 'error');
    throw new ConfigurationError('LINK_DIGEST_KEY is not the one that the register has, so nothing can be compared with it. Give both services the same.');
  }

  private async repairBucket(bucket: number, held: readonly LocalEntry[]): Promise<ReconcileReport> {
    const { entries } = await this.register.bucket(bucket);
    const repairs = compareBucket(await this.withRemembered(held, entries), entries);
    const pulled = [...repairs.pull, ...repairs.differing];
    const gone = await inTransaction(this.database, async (manager) => {
      if (pulled.length > 0) await awaitData(manager, pulled);
      const out = [...repairs.unlisted, ...repairs.ahead];
      return out.length > 0 ? takeOut(manager, out) : [];
    });
    if (pulled.length > 0) this.puller.wake();
    const alarms = await this.raiseAlarms(repairs, new Set(gone));
    return { differingBuckets: 1, pulled: pulled.length, takenOut: gone.length, alarms };
  }

  /** Adds what is remembered of the references that the register lists and we do not hold. */
  private async withRemembered(held: readonly LocalEntry[], listed: readonly BucketEntry[]): Promise<LocalEntry[]> {
    const here = new Set(held.map(({ ref }) => ref));
    const missing = listed.map(({ ref }) => ref).filter((ref) => !here.has(ref));
    const remembered = missing.length > 0 ? await readRemembered(this.database.manager, missing) : [];
    return [...held, ...remembered.map((row): LocalEntry => ({
      ref: row.ref, epoch: row.epoch, version: row.version, digest: '',
      // Held by now, though not when we looked: the pull came in between, and the next comparison will tell.
      state: row.erased ? 'erased' : row.awaitingData || row.held ? 'awaiting' : 'out',
    }))];
  }

  private async raiseAlarms(repairs: Repairs, gone: ReadonlySet<string>): Promise<number> {
    const unexplained = await this.unexplained(repairs.unlisted.filter(({ ref }) => gone.has(ref)));
    const counts = {
      'other-content': repairs.differing.length,
      ahead: repairs.ahead.filter(({ ref }) => gone.has(ref)).length,
      unlisted: unexplained,
      'erased-but-listed': repairs.erased.length,
    };
    for (const [kind, count] of Object.entries(counts)) if (count > 0) this.alarm(kind, count);
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  /** How many have no newer change that tells why they are not listed: neither in the register nor, by now, here. */
  private async unexplained(orders: readonly RefOrder[]): Promise<number> {
    let count = 0;
    for (let first = 0; first < orders.length; first += MAX_PROJECTIONS) {
      const part = orders.slice(first, first + MAX_PROJECTIONS);
      const refs = part.map(({ ref }) => ref);
      const { projections } = await this.register.projections(refs);
      const known = [...projections, ...(await readRemembered(this.database.manager, refs))];
      count += part.filter((ours) => !known.some((later) => later.ref === ours.ref && compareOrder(later, ours) > 0)).length;
    }
    return count;
  }

  private alarm(kind: string, count: number): void {
    this.metrics.reconcileAlarms.inc({ kind }, count);
    this.logger.event('reconcile-alarm', { reason: kind, count }, 'error');
  }
}

function add(a: ReconcileReport, b: ReconcileReport): ReconcileReport {
  return {
    differingBuckets: a.differingBuckets + b.differingBuckets,
    pulled: a.pulled + b.pulled,
    takenOut: a.takenOut + b.takenOut,
    alarms: a.alarms + b.alarms,
  };
}
