import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { runInTransaction, runStatement } from '#database/statement.js';
import { Failure } from '#http/failure.js';
import { CUSTOMER_NOT_FOUND } from '../customers/customer.errors.js';
import { ErasureLog, type LogEntry } from '../erasure-log/erasure-log.service.js';
import { Suppressions } from '../suppression/suppressions.service.js';
import { markErased } from '../sync/pending.js';
import { decisionOf, suppressionReasonOf } from './abuse-decision.js';
import { Eraser } from './eraser.service.js';
import type { ErasureGround } from './erasure.schemas.js';
import { FIND_STILL_THERE, FIND_UNDONE, REOPEN_CASES } from './erasure.sql.js';

/** An erasure that was begun so long ago and is not to be seen was cut short: its transaction has ended, one way or the other. */
const CUT_SHORT_SECONDS = 60;
const MOST_AT_ONCE = 500;

export interface Replayed {
  /** Entries that were read. */
  readonly entries: number;
  /** Persons who were there again, and are not any more. */
  readonly erasedAgain: number;
  /** Cases that this database did not know: marketing is asked about them anew. */
  readonly reopened: number;
}

interface Undone { readonly ref: string; readonly customer_id: string | null }

/** Makes the database agree with the log of erasures, which outlives every restore and every crash. */
@Injectable()
export class ErasureReplay {
  constructor(
    private readonly dataSource: DataSource,
    private readonly log: ErasureLog,
    private readonly eraser: Eraser,
    private readonly suppressions: Suppressions,
  ) {}

  /** The whole log: after a restore, and at each start, because a restore may have been done by hand. @throws Failure `erasure-log-away` */
  async run(): Promise<Replayed> {
    let [entries, erasedAgain, reopened] = [0, 0, 0];
    for await (const page of this.log.pages()) {
      entries += page.length;
      const undone = await runStatement<Undone>(this.dataSource, FIND_UNDONE, [page.map(({ ref }) => ref), page.map(({ case_id }) => case_id)]);
      const byRef = new Map(page.map((entry) => [entry.ref, entry]));
      const unknown: LogEntry[] = [];
      for (const { ref, customer_id: customerId } of undone) {
        const entry = byRef.get(ref) as LogEntry;
        if (customerId === null) unknown.push(entry);
        else if (await this.eraseOne(customerId, entry)) erasedAgain += 1;
      }
      for (let from = 0; from < unknown.length; from += MOST_AT_ONCE) reopened += await this.reopen(unknown.slice(from, from + MOST_AT_ONCE));
    }
    // A backup, or a list of suppressions from before, knows nothing of an appeal that was right.
    const forgiven = await this.log.forgiven();
    if (forgiven.length > 0) await this.dataSource.transaction((manager) => this.suppressions.forgive(manager, forgiven));
    return { entries, erasedAgain, reopened };
  }

  /** What a crash between log and deletion has left is finished: the person has asked, nothing else is needed. Resolves to how many entries were looked at. */
  async finishCutShort(): Promise<number> {
    const open = await this.log.openEntries(CUT_SHORT_SECONDS, MOST_AT_ONCE);
    if (open.length === 0) return 0;
    const there = new Map((await runStatement<{ ref: string; customer_id: string }>(this.dataSource, FIND_STILL_THERE, [open.map(({ ref }) => ref)]))
      .map(({ ref, customer_id: id }) => [ref, id]));
    await this.log.markDone(open.filter(({ ref }) => !there.has(ref)).map(({ ref }) => ref));
    for (const entry of open) {
      const customerId = there.get(entry.ref);
      if (customerId !== undefined) await this.eraseOne(customerId, entry);
    }
    return open.length;
  }

  /** False when there was nothing to do, or a legal hold that came between keeps the person. */
  private async eraseOne(customerId: string, entry: LogEntry): Promise<boolean> {
    try {
      return await this.dataSource.transaction(async (manager) => {
        if (entry.done_at === null) {
          const outcome = await this.eraser.erase(manager, { customerId, ground: entry.ground as ErasureGround, caller: callerOf(entry, customerId), abuse: decisionOf(entry) });
          return outcome.kind === 'erased';
        }
        await this.eraser.eraseAgain(manager, customerId, entry);
        return true;
      });
    } catch (error) {
      if (error instanceof Failure && error.definition === CUSTOMER_NOT_FOUND) return false;
      throw error;
    }
  }

  private reopen(entries: readonly LogEntry[]): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      const opened = await runInTransaction<{ ref: string; version: number }>(manager, REOPEN_CASES, [JSON.stringify(entries)]);
      await markErased(manager, opened);
      const refs = new Set(opened.map(({ ref }) => ref));
      // The suppressions went with the database. What was opened anew since is closed again: a consent would be in what was lost too.
      for (const entry of entries) {
        if (!refs.has(entry.ref)) continue;
        await this.suppressions.close(manager, [{ email: entry.email_digest, phone: entry.phone_digest }], suppressionReasonOf(entry.ground), entry.logged_at);
      }
      return opened.length;
    });
  }
}

function callerOf({ requested_by: by }: LogEntry, customerId: string): Caller {
  return { kind: by === 'customer' ? 'customer' : 'program', subject: by === 'customer' ? customerId : by, roles: [], scopes: [] };
}
