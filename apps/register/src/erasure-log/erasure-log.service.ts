import type { OnApplicationShutdown } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { isAway } from '#database/database-errors.js';
import { openDatabase } from '#database/open-database.js';
import { runStatement, type Statement } from '#database/statement.js';
import { Failure } from '#http/failure.js';
import { assertKeys, noteKeys } from '../database/key-checks.js';
import type { RegisterConfig } from '../register.config.js';
import { type Closing, type LoggedDigest, loggedOf } from '../suppression/closing.js';
import { erasureLogDataSource } from './erasure-log.data-source.js';
import { ERASURE_LOG_AWAY } from './erasure-log.errors.js';
import {
  APPEND, FORGIVEN, MARK_DONE, NOTE_ACCOUNTS, NOTE_ACCOUNTS_GONE, NOTE_APPEAL, NOTE_PULSE, OPEN_ENTRIES, PAGE, READ_SEEN_PULSE, SEEN_ACCOUNTS,
} from './erasure-log.sql.js';

const POOL_SIZE = 2;
const FIRST = '00000000-0000-0000-0000-000000000000';

/** Who is about to be erased. */
export interface NewEntry {
  readonly ref: string;
  readonly caseId: string;
  /** Digests of everything that is closed of her. */
  readonly closings: readonly Closing[];
}

/** On what ground, who asked or decided, and with abuse why. */
export interface Grounds {
  readonly ground: string;
  readonly requestedBy: string;
  readonly reasonCode: string | null;
}

export interface LogEntry {
  readonly ref: string;
  readonly case_id: string;
  readonly email_digest: Buffer | null;
  readonly phone_digest: Buffer | null;
  /** Of her name with her postal address, and of what she had before. */
  readonly other_digests: readonly LoggedDigest[];
  readonly ground: string;
  readonly requested_by: string;
  readonly logged_at: Date;
  readonly done_at: Date | null;
  readonly reason_code: string | null;
  /** When an appeal reversed the decision on abuse. */
  readonly reversed_at: Date | null;
}

/** How often an account of staff or of a program was changed. */
export interface AccountVersion {
  readonly digest: Buffer;
  readonly version: number;
}

/**
 * The log of erasures, in a database of its own that no backup of the register holds: what it says outlives a restore. An entry
 * is committed before the first row of the person is deleted.
 */
export class ErasureLog implements OnApplicationShutdown {
  private constructor(private readonly database: DataSource, private readonly keys: Parameters<typeof noteKeys>[1]) {}

  /**
   * Waits for the database: without the log nobody could say whether a restored person was erased.
   * @throws ConfigurationError when its digests were made by another key
   */
  static async open({ erasureLogUrl, queryTimeoutMs, indexKey }: Pick<RegisterConfig, 'erasureLogUrl' | 'queryTimeoutMs' | 'indexKey'>): Promise<ErasureLog> {
    const database = await openDatabase(erasureLogDataSource(erasureLogUrl, POOL_SIZE, queryTimeoutMs));
    const keys = { REGISTER_INDEX_KEY: indexKey };
    try {
      await assertKeys(database, 'the log of erasures', keys);
    } catch (error) {
      await database.destroy();
      throw error;
    }
    return new ErasureLog(database, keys);
  }

  /** At the end of a start: the key that its digests are made by. */
  noteKeys(): Promise<void> {
    return noteKeys(this.database, this.keys);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  async close(): Promise<void> {
    if (this.database.isInitialized) await this.database.destroy();
  }

  /** The case of each reference: a person is logged once, whatever is repeated. @throws Failure `erasure-log-away` */
  async append(entries: readonly NewEntry[], { ground, requestedBy, reasonCode }: Grounds): Promise<ReadonlyMap<string, string>> {
    const digests = entries.map(({ closings }) => {
      const [email, phone] = (['email', 'phone'] as const).map((kind) => closings.find((each) => each.kind === kind && !each.isHandedOn));
      return { email: email?.digest ?? null, phone: phone?.digest ?? null, others: loggedOf(closings.filter((each) => each !== email && each !== phone)) };
    });
    const rows = await this.run<{ ref: string; case_id: string }>(APPEND, [
      entries.map(({ ref }) => ref), entries.map(({ caseId }) => caseId), digests.map(({ email }) => email), digests.map(({ phone }) => phone),
      ground, requestedBy, reasonCode, digests.map(({ others }) => JSON.stringify(others)),
    ]);
    return new Map(rows.map(({ ref, case_id }) => [ref, case_id]));
  }

  async markDone(refs: readonly string[]): Promise<void> {
    if (refs.length > 0) await this.run(MARK_DONE, [refs]);
  }

  /** As `markDone`, after a commit whose answer must not depend on it: what is missed here is found a minute later. */
  async noteDone(ref: string | undefined): Promise<void> {
    if (ref !== undefined) await this.markDone([ref]).catch(() => undefined);
  }

  /** Entries not known to be carried out, the oldest first, page by page. @param olderThanSeconds younger ones may be in the middle of it */
  async* openPages(olderThanSeconds: number, size: number): AsyncGenerator<readonly LogEntry[]> {
    for (let [position, ref] = ['-infinity', FIRST]; ;) {
      const page = await this.run<LogEntry & { position: string }>(OPEN_ENTRIES, [olderThanSeconds, position, ref, size]);
      const last = page.at(-1);
      if (!last) return;
      yield page;
      ({ position, ref } = last);
    }
  }

  /** Everything, page by page. */
  async* pages(size = 5_000): AsyncGenerator<readonly LogEntry[]> {
    for (let after = FIRST; ;) {
      const page = await this.run<LogEntry>(PAGE, [after, size]);
      const last = page.at(-1);
      if (!last) return;
      yield page;
      after = last.ref;
    }
  }

  /** What an appeal came to. Safe to repeat. @throws Failure `erasure-log-away` */
  async noteAppeal(caseId: string, outcome: 'upheld' | 'reversed'): Promise<void> {
    await this.run(NOTE_APPEAL, [caseId, outcome === 'reversed']);
  }

  /** Digests of the addresses that no decision marks any more. @throws Failure `erasure-log-away` */
  async forgiven(): Promise<Buffer[]> {
    return (await this.run<{ digest: Buffer }>(FORGIVEN, [])).map(({ digest }) => digest);
  }

  /** How far the register's database had come: one that is behind was restored. @throws Failure `erasure-log-away` */
  async seenPulse(): Promise<number> {
    return (await this.run<{ count: number }>(READ_SEEN_PULSE, []))[0]?.count ?? 0;
  }

  async notePulse(count: number): Promise<void> {
    await this.run(NOTE_PULSE, [count]);
  }

  /** What was seen of the accounts of the register. @throws Failure `erasure-log-away` */
  seenAccounts(): Promise<(AccountVersion & { readonly gone: boolean })[]> {
    return this.run(SEEN_ACCOUNTS, []);
  }

  async noteAccounts(accounts: readonly AccountVersion[]): Promise<void> {
    await this.run(NOTE_ACCOUNTS, [accounts.map(({ digest }) => digest), accounts.map(({ version }) => version)]);
  }

  /** @param accounts as they were seen */
  async noteAccountsGone(accounts: readonly AccountVersion[]): Promise<void> {
    await this.run(NOTE_ACCOUNTS_GONE, [accounts.map(({ digest }) => digest), accounts.map(({ version }) => version)]);
  }

  isThere(): Promise<boolean> {
    return this.database.query<unknown[]>('SELECT 1').then((rows) => rows.length === 1);
  }

  private async run<Row>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    try {
      return await runStatement<Row>(this.database, statement, values);
    } catch (error) {
      throw isAway(error) ? new Failure(ERASURE_LOG_AWAY, { retryAfterSeconds: 5 }) : error;
    }
  }
}
