import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { runInTransaction, runStatement } from '#database/statement.js';
import { Failure } from '#http/failure.js';
import { CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED } from '../customers/customer.errors.js';
import type { RowToErase } from '../customers/customer.row.js';
import { ErasureLog, type LogEntry } from '../erasure-log/erasure-log.service.js';
import { RETENTION } from '../retention/retention-rules.js';
import { type Closing, closingOf } from '../suppression/closing.js';
import { Suppressions } from '../suppression/suppressions.service.js';
import { markErased } from '../sync/pending.js';
import { decisionOf, suppressionReasonOf } from './abuse-decision.js';
import { Eraser, type ManyGround } from './eraser.service.js';
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

interface Found { readonly customerId: string; readonly entry: LogEntry }
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

  /** After a restore. What came before it is over, one way or the other: an entry that is open still was carried out for all that the dump knows. */
  async runAfterRestore(): Promise<Replayed> {
    for await (const open of this.log.openPages(0, MOST_AT_ONCE)) await this.log.markDone(open.map(({ ref }) => ref));
    return this.run();
  }

  /** The whole log: at each start, because a restore may have been done by hand. @throws Failure `erasure-log-away` */
  async run(): Promise<Replayed> {
    let [entries, erasedAgain, reopened] = [0, 0, 0];
    for await (const page of this.log.pages()) {
      entries += page.length;
      const undone = await runStatement<Undone>(this.dataSource, FIND_UNDONE, [page.map(({ ref }) => ref), page.map(({ case_id }) => case_id)]);
      const byRef = new Map(page.map((entry) => [entry.ref, entry]));
      const [there, unknown]: [Found[], LogEntry[]] = [[], []];
      for (const { ref, customer_id: customerId } of undone) {
        const entry = byRef.get(ref) as LogEntry;
        if (customerId === null) unknown.push(entry);
        else there.push({ customerId, entry });
      }
      erasedAgain += await this.eraseAll(there);
      for (let from = 0; from < unknown.length; from += MOST_AT_ONCE) reopened += await this.reopen(unknown.slice(from, from + MOST_AT_ONCE));
    }
    // A backup, or a list of suppressions from before, knows nothing of an appeal that was right.
    const forgiven = await this.log.forgiven();
    if (forgiven.length > 0) await this.dataSource.transaction((manager) => this.suppressions.forgive(manager, forgiven));
    return { entries, erasedAgain, reopened };
  }

  /** What a crash between log and deletion has left is finished: the person has asked, nothing else is needed. Whom a hold or a restriction keeps stays open. */
  async finishCutShort(): Promise<void> {
    for await (const open of this.log.openPages(CUT_SHORT_SECONDS, MOST_AT_ONCE)) await this.finish(open);
  }

  private async finish(open: readonly LogEntry[]): Promise<void> {
    const there = new Map((await runStatement<{ ref: string; customer_id: string }>(this.dataSource, FIND_STILL_THERE, [open.map(({ ref }) => ref)]))
      .map(({ ref, customer_id: id }) => [ref, id]));
    await this.log.markDone(open.filter(({ ref }) => !there.has(ref)).map(({ ref }) => ref));
    await this.eraseAll(open.flatMap((entry) => {
      const customerId = there.get(entry.ref);
      return customerId === undefined ? [] : [{ customerId, entry }];
    }));
  }

  /** Resolves to how many were erased: not who is gone meanwhile, or is kept by a hold or a restriction that came between log and crash. */
  private async eraseAll(found: readonly Found[]): Promise<number> {
    let erased = 0;
    for (const alike of groupsOf(found)) {
      const { ground, done_at: doneAt } = alike[0].entry;
      if (doneAt !== null) erased += await this.eraseAgain(alike);
      else if (ground === 'abuse') erased += await this.eraseOne(alike[0]);
      else erased += await this.eraseMany(alike, ground as ManyGround);
    }
    return erased;
  }

  private eraseAgain(alike: readonly [Found, ...Found[]]): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      const erased = await this.eraser.eraseAgain(manager, new Map(alike.map(({ customerId, entry }) => [customerId, entry])));
      await this.closeLogged(manager, alike.map(({ entry }) => entry));
      return erased;
    });
  }

  private async eraseMany(alike: readonly [Found, ...Found[]], ground: ManyGround): Promise<number> {
    const byId = new Map(alike.map(({ customerId, entry }) => [customerId, entry]));
    const { refs, held } = await this.dataSource.transaction(async (manager) => {
      const done = await this.eraser.eraseMany(manager, [...byId.keys()], ground, callerOf(alike[0].entry), (customer) => isStillDue(byId.get(customer.id), customer));
      await this.closeLogged(manager, alike.map(({ entry }) => entry).filter(({ ref }) => done.refs.includes(ref)));
      return done;
    });
    await this.log.markDone(refs);
    let erased = refs.length;
    for (const found of alike) if (held.includes(found.customerId)) erased += await this.eraseOne(found);
    return erased;
  }

  private async eraseOne({ customerId, entry }: Found): Promise<0 | 1> {
    try {
      const erasure = { customerId, ground: entry.ground as ErasureGround, caller: callerOf(entry), abuse: decisionOf(entry) };
      const outcome = await this.dataSource.transaction(async (manager) => {
        const done = await this.eraser.erase(manager, erasure);
        if (done.kind === 'erased') await this.closeLogged(manager, [entry]);
        return done;
      });
      if (outcome.kind !== 'erased') return 0;
      await this.log.noteDone(outcome.ref);
      return 1;
    } catch (error) {
      if (error instanceof Failure && [CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED].includes(error.definition)) return 0;
      throw error;
    }
  }

  private reopen(entries: readonly LogEntry[]): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      const opened = await runInTransaction<{ ref: string; version: number }>(manager, REOPEN_CASES, [JSON.stringify(entries)]);
      await markErased(manager, opened);
      const refs = new Set(opened.map(({ ref }) => ref));
      // The suppressions went with the database. What was opened anew since is closed again: a consent would be in what was lost too.
      await this.closeLogged(manager, entries.filter(({ ref }) => refs.has(ref)));
      return opened.length;
    });
  }

  /** The addresses that she had when she was erased, and before: those of the row that is there may be others. */
  private async closeLogged(manager: EntityManager, entries: readonly LogEntry[]): Promise<void> {
    for (const reason of ['erased', 'abuse'] as const) {
      const closed = entries.filter(({ ground }) => suppressionReasonOf(ground) === reason);
      await this.suppressions.close(manager, closed.flatMap(closingsOf), reason);
    }
  }
}

/** At most MOST_AT_ONCE that one statement can erase: on one ground, by one hand. A decision on abuse is about one person. */
function groupsOf(found: readonly Found[]): (readonly [Found, ...Found[]])[] {
  const groups: [Found, ...Found[]][] = [];
  const open = new Map<string, [Found, ...Found[]]>();
  for (const each of found) {
    const { ref, ground, requested_by: by, done_at: doneAt } = each.entry;
    const key = JSON.stringify([ground, by, doneAt === null, ground === 'abuse' ? ref : null]);
    const group = open.get(key);
    if (group && group.length < MOST_AT_ONCE) group.push(each);
    else {
      const started: [Found, ...Found[]] = [each];
      open.set(key, started);
      groups.push(started);
    }
  }
  return groups;
}

/** Everything that the entry closes. */
function closingsOf({ email_digest: email, phone_digest: phone, other_digests: others, logged_at: since }: LogEntry): Closing[] {
  const of = (kind: 'email' | 'phone', digest: Buffer | null): Closing[] => (digest ? [{ kind, digest, since, isHandedOn: false }] : []);
  return [...of('email', email), ...of('phone', phone), ...others.map((each) => closingOf(each, since))];
}

/** Whose retention had ended may have come back since: nobody had asked for her erasure. */
function isStillDue(entry: LogEntry | undefined, { ended_at: endedAt }: RowToErase): boolean {
  if (entry?.requested_by !== RETENTION) return true;
  return endedAt !== null && endedAt <= entry.logged_at;
}

function callerOf({ requested_by: by }: LogEntry): Caller {
  return { kind: by === 'customer' ? 'customer' : 'program', subject: by, roles: [], scopes: [] };
}
