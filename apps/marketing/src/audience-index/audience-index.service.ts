import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Channel } from '#contracts/channel.js';
import { JsonLogger } from '#http/logger.js';
import { RepeatingTask, type Turn } from '#tasks/repeating-task.js';
import { countPeople } from '../audience/audience.sql.js';
import { type Clause, clauseOf } from '../audience/clause.js';
import type { Condition } from '../audience/condition.js';
import { onOneSnapshot } from '../database/transaction.js';
import { type LinkNow, readLink } from '../link/link.sql.js';
import { pruneChanges, readNews, selectBitmap, selectSlots } from './audience-index.sql.js';
import type { Bitmap } from './bitmap.js';
import { ContactIndex, snapshotsOf } from './contact-index.js';
import { LoadStopped, loadIndex } from './load-index.sql.js';

/** Between two looks at what has changed while nobody asks: so there is little to catch up with when somebody does. */
const CATCH_UP_MS = 100;
/** The log of changes is kept for so long; an index that has slept longer is loaded anew. */
const KEPT_SECONDS = 600;
const PRUNE_EVERY_MS = 15_000;
const PRUNED_TOGETHER = 5_000;
/** An answer may hold up the process for so long before others get their turn, milliseconds. */
const PATIENCE_MS = 8;

/** An answer, and of which moment: link and version were read in the same statement as the contacts it is of. */
export interface Answered<T> {
  readonly value: T;
  readonly version: number;
  readonly link: LinkNow;
}

export interface IndexState {
  readonly isReady: boolean;
  readonly version: number;
  readonly contacts: number;
  /** Outside of the heap. */
  readonly bytes: number;
}

/**
 * Counts and lists of exactly one version of the contacts, never older than the moment they were asked for. In memory while the
 * index stands; by the table itself while it is being loaded.
 */
@Injectable()
export class AudienceIndex implements OnModuleDestroy {
  readonly task: RepeatingTask;
  private index: ContactIndex | undefined;
  private pruneAt = 0;
  private isStopping = false;
  /** The catch-up under way, and the one that whoever asks from now on waits for. */
  private running: Promise<unknown> = Promise.resolve();
  private following: Promise<LinkNow | undefined> | undefined;
  private readonly wantedSnapshots = new Set<string>();

  constructor(private readonly database: DataSource, private readonly logger: JsonLogger) {
    this.task = new RepeatingTask(() => this.turn(), {
      intervalMs: CATCH_UP_MS,
      retryMs: 1_000,
      onError: (error) => {
        if (!(error instanceof LoadStopped)) logger.failure('audience-index-failed', error);
      },
    });
  }

  /** How many may be written to by the channel and meet the condition. */
  count(channel: Channel, condition: Condition): Promise<Answered<number>> {
    return this.answer(channel, condition, (index) => index.count(channel, condition), countPeople);
  }

  /** The same for several conditions, all of one version. */
  counts(channel: Channel, conditions: readonly Condition[]): Promise<Answered<number[]>> {
    return this.answer(channel, { kind: 'all', of: conditions }, (index) => conditions.map((each) => index.count(channel, each)), async (manager) => {
      const counts: number[] = [];
      for (const each of conditions) counts.push(await countPeople(manager, clauseOf(channel, each)));
      return counts;
    });
  }

  /** Slots of those people after a slot, in their order, at most `limit`. Rows must be read with the whole clause again. */
  page(channel: Channel, condition: Condition, afterSlot: number, limit: number): Promise<Answered<number[]>> {
    return this.answer(channel, condition, (index) => index.first(channel, condition, afterSlot, limit),
      (manager, clause) => selectSlots(manager, clause, afterSlot, limit));
  }

  /** All those people as a bitmap over slots, the caller's own. Bitmaps of two answers may differ in length. */
  bitmap(channel: Channel, condition: Condition): Promise<Answered<Bitmap>> {
    return this.answer(channel, condition, (index) => index.bitmap(channel, condition), selectBitmap);
  }

  state(): IndexState {
    const { index } = this;
    return { isReady: index !== undefined, version: index?.version ?? 0, contacts: index?.size ?? 0, bytes: index?.bytes ?? 0 };
  }

  /** Loading ends at once; Nest calls this before the tasks are waited for. */
  onModuleDestroy(): void {
    this.isStopping = true;
  }

  /** One turn: load when there is no index, else catch up; now and then forget old changes. */
  async turn(): Promise<Turn> {
    if (this.index === undefined) await this.load();
    else await this.catchUp([]);
    if (performance.now() < this.pruneAt) return 'idle';
    const isMore = await pruneChanges(this.database.manager, KEPT_SECONDS, PRUNED_TOGETHER);
    if (!isMore) this.pruneAt = performance.now() + PRUNE_EVERY_MS;
    return isMore ? 'more' : 'idle';
  }

  private async load(): Promise<void> {
    const start = performance.now();
    const index = await loadIndex(this.database, () => this.isStopping);
    this.index = index;
    const ms = Math.round(performance.now() - start);
    this.logger.event('audience-index-ready', { count: index.size, version: index.version, bytes: index.bytes, ms });
  }

  private async answer<T>(
    channel: Channel, condition: Condition,
    fromIndex: (index: ContactIndex) => T, fromTable: (manager: EntityManager, clause: Clause) => Promise<T>,
  ): Promise<Answered<T>> {
    if (this.index !== undefined) {
      await this.warm(this.index, channel, condition);
      const link = await this.catchUp(snapshotsOf(condition));
      // From here to the answer nothing is awaited, so index and link are of the same version.
      if (link !== undefined && this.index?.version === link.audienceVersion) {
        return { value: fromIndex(this.index), version: link.audienceVersion, link };
      }
    }
    return onOneSnapshot(this.database, async (manager) => {
      const link = await readLink(manager);
      return { value: await fromTable(manager, clauseOf(channel, condition)), version: link.audienceVersion, link };
    });
  }

  /** Works out what the index was not asked before, in steps. */
  private async warm(index: ContactIndex, channel: Channel, condition: Condition): Promise<void> {
    let start = performance.now();
    for (const _ of index.warm(channel, condition)) {
      if (performance.now() - start < PATIENCE_MS) continue;
      await new Promise(setImmediate);
      start = performance.now();
    }
  }

  /**
   * Moves the index to a version no older than this call, together with everybody else who asks meanwhile. Resolves with what
   * that version's link is; undefined when there is no index any more.
   */
  private catchUp(snapshots: readonly string[]): Promise<LinkNow | undefined> {
    for (const id of snapshots) this.wantedSnapshots.add(id);
    this.following ??= this.follow();
    return this.following;
  }

  private async follow(): Promise<LinkNow | undefined> {
    await this.running;
    const snapshots = [...this.wantedSnapshots];
    this.wantedSnapshots.clear();
    this.following = undefined;
    const moving = this.move(snapshots);
    this.running = moving.catch(() => undefined);
    return moving;
  }

  private async move(snapshots: readonly string[]): Promise<LinkNow | undefined> {
    const { index } = this;
    if (index === undefined) return undefined;
    const { link, puts, members } = await readNews(this.database, index.version, snapshots);
    if (puts === undefined || link.link.marketingEpoch !== index.incarnation) {
      this.index = undefined;
      this.logger.event('audience-index-outdated', { version: index.version }, 'warn');
      this.task.wake();
      return undefined;
    }
    index.moveTo(link.audienceVersion, puts, members);
    return link;
  }
}
