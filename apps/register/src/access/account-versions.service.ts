import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { DataSource } from 'typeorm';
import { runStatement } from '#database/statement.js';
import { JsonLogger } from '#http/logger.js';
import { RepeatingTask } from '#tasks/repeating-task.js';
import { ErasureLog } from '../erasure-log/erasure-log.service.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { type AccountKind, type AccountRow, DISABLE, LIST_ACCOUNTS } from './accounts.sql.js';

const INTERVAL_MS = 30_000;

/**
 * Keeps out who was shut out before a restore. Each change of an account is counted in its row, and the count noted in the log of erasures, which
 * is never restored: an account of which the log has seen more was set back, with whatever password, roles and state it had then, and is disabled.
 */
export class AccountVersions {
  constructor(private readonly dataSource: DataSource, private readonly log: ErasureLog, private readonly indexKey: Buffer) {}

  /** Resolves to how many were disabled. The log is asked first: what is changed meanwhile is ahead of it. @throws Failure `erasure-log-away` */
  async settle(): Promise<number> {
    const seen = new Map((await this.log.seenAccounts()).map((account) => [account.digest.toString('hex'), account]));
    let disabled = 0;
    const here: { digest: Buffer; version: number }[] = [];
    for (const { kind, name, version, disabled_at: disabledAt } of await runStatement<AccountRow>(this.dataSource, LIST_ACCOUNTS, [])) {
      const digest = this.digestOf(kind, name);
      const known = seen.get(digest.toString('hex'));
      seen.delete(digest.toString('hex'));
      if (known && known.version > version) {
        const [set] = await runStatement<{ version: number }>(this.dataSource, DISABLE[kind], [name, known.version + 1]);
        if (set && disabledAt === null) disabled += 1;
        here.push({ digest, version: set?.version ?? known.version });
      } else if (!known || known.gone || known.version < version) {
        here.push({ digest, version });
      }
    }
    if (here.length > 0) await this.log.noteAccounts(here);
    const gone = [...seen.values()].filter((account) => !account.gone);
    if (gone.length > 0) await this.log.noteAccountsGone(gone);
    return disabled;
  }

  /** The least version of an account that is changed now: above whatever was seen of one with this name. */
  async next(kind: AccountKind, name: string): Promise<number> {
    const digest = this.digestOf(kind, name);
    return ((await this.log.seenAccounts()).find((account) => account.digest.equals(digest))?.version ?? 0) + 1;
  }

  /** After the change was committed. */
  async note(kind: AccountKind, name: string, version: number): Promise<void> {
    await this.log.noteAccounts([{ digest: this.digestOf(kind, name), version }]);
  }

  private digestOf(kind: AccountKind, name: string): Buffer {
    return createHmac('sha256', this.indexKey).update(`account\0${kind}\0${name}`).digest();
  }
}

/** The same for the service: before it answers anybody, and from then on, so that changes made by other hands are noted too. */
@Injectable()
export class AccountGuard implements BeforeApplicationShutdown {
  private readonly task: RepeatingTask;
  private readonly versions: AccountVersions;

  constructor(dataSource: DataSource, log: ErasureLog, @Inject(REGISTER_CONFIG) { indexKey }: Pick<RegisterConfig, 'indexKey'>, private readonly logger: JsonLogger) {
    this.versions = new AccountVersions(dataSource, log, indexKey);
    this.task = new RepeatingTask(async () => {
      await this.settle();
      return 'idle';
    }, { intervalMs: INTERVAL_MS, onError: (error) => { logger.failure('accounts-not-noted', error); } });
  }

  /** To be called when the database is known to be the one that is meant, and before anything is served. */
  async begin(): Promise<void> {
    await this.settle();
    this.task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  private async settle(): Promise<void> {
    const count = await this.versions.settle();
    if (count > 0) this.logger.event('accounts-disabled-that-a-restore-set-back', { count }, 'warn');
  }
}
