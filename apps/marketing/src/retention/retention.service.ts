import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { JsonLogger } from '#http/logger.js';
import { RepeatingTask } from '#tasks/repeating-task.js';
import { type Bitmap, BLOCK_SLOTS, blocksOf, countBits, emptyBitmap, orInto, putBlock } from '../audience-index/bitmap.js';
import { inTransaction } from '../database/transaction.js';
import { lockExport } from '../exports/exports.sql.js';
import { peopleAt, peopleOf, slotsOf, without } from '../exports/members.sql.js';
import { lockRecipient } from '../exports/recipient-looks.sql.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import { keptMembers } from './kept-members.js';
import {
  countReads, type DueExport, forgetCorrectionsTold, forgetReads, forgetRemovals, keepMembers, laterExports, nextDueExport, readPast, removalsOf, writePast,
} from './retention.sql.js';

const DAY_MS = 86_400_000;
/** After a turn that failed; what it did until then stays done. */
const RETRY_MS = 60_000;
/** Reads that one transaction forgets. */
const READS_TOGETHER = 5_000;

export interface Forgotten {
  /** Old exports some of whose members are not needed any more, and how many memberships those are. */
  readonly exports: number;
  readonly memberships: number;
  readonly reads: number;
}

/** Ends what marketing has kept of people long enough (GDPR Art. 5(1)(e)): once a day, in small transactions that need no place to go on from. */
@Injectable()
export class Retention {
  readonly task: RepeatingTask;

  constructor(
    private readonly database: DataSource,
    @Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'retention'>,
    logger: JsonLogger,
  ) {
    this.task = new RepeatingTask(async () => {
      await this.run();
      return 'idle';
    }, { intervalMs: DAY_MS, retryMs: RETRY_MS, onError: (error) => { logger.failure('retention-failed', error); } });
  }

  /** What a run would forget now. Changes nothing. */
  async preview(): Promise<Forgotten> {
    const found = await this.eachExport((manager, due) => this.unneededOf(manager, due).then(({ gone }) => countBits(gone)));
    return { ...found, reads: await countReads(this.database.manager, this.config.retention.readMonths) };
  }

  async run(): Promise<Forgotten> {
    const done = await this.eachExport((manager, due) => this.forgetMembers(manager, due));
    await forgetCorrectionsTold(this.database.manager, this.config.retention.memberMonths);
    let reads = 0;
    for (let more = READS_TOGETHER; more === READS_TOGETHER; reads += more) {
      more = await forgetReads(this.database.manager, this.config.retention.readMonths, READS_TOGETHER);
    }
    return { ...done, reads };
  }

  /** One transaction each; whoever stops in between begins anew, and finds less to do. */
  private async eachExport(work: (manager: EntityManager, due: DueExport) => Promise<number>): Promise<Pick<Forgotten, 'exports' | 'memberships'>> {
    let exports = 0;
    let memberships = 0;
    for (let after = 0; ;) {
      const due = await nextDueExport(this.database.manager, this.config.retention.memberMonths, after);
      if (due === undefined) return { exports, memberships };
      after = due.number;
      const gone = await inTransaction(this.database, (manager) => work(manager, due));
      if (gone > 0) exports += 1;
      memberships += gone;
    }
  }

  private async forgetMembers(manager: EntityManager, due: DueExport): Promise<number> {
    // Nobody looks meanwhile. Whose departure was not seen yet is found by the later export.
    await lockRecipient(manager, due.recipient);
    await lockExport(manager, due.id);
    const { kept, gone } = await this.unneededOf(manager, due);
    const left = new Map([...blocksOf(kept)].map(({ block, members }) => [block, members]));
    for (const { block, members } of blocksOf(gone)) {
      await keepMembers(manager, due.id, block, left.get(block));
      await this.addToPast(manager, due.recipient, block, members);
    }
    await forgetRemovals(manager, due.id, slotsOf(gone));
    return countBits(gone);
  }

  private async unneededOf(manager: EntityManager, due: DueExport): Promise<{ kept: Bitmap; gone: Bitmap }> {
    const members = await peopleOf(manager, due.id, 'members');
    const later: Bitmap[] = [];
    for (const id of await laterExports(manager, due)) later.push(await peopleOf(manager, id, 'members'));
    const { open, acknowledged } = await removalsOf(manager, due.id);
    const kept = keptMembers({ members, later, open: peopleAt(open), acknowledged: peopleAt(acknowledged) });
    return { kept, gone: without(members, kept) };
  }

  private async addToPast(manager: EntityManager, recipient: string, block: number, members: Buffer): Promise<void> {
    const past = emptyBitmap(BLOCK_SLOTS);
    putBlock(past, 0, members);
    const before = await readPast(manager, recipient, block);
    if (before !== undefined) {
      const known = emptyBitmap(BLOCK_SLOTS);
      putBlock(known, 0, before);
      orInto(past, known);
    }
    for (const { members: all } of blocksOf(past)) await writePast(manager, recipient, block, all);
  }
}
