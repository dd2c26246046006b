import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { DataSource } from 'typeorm';
import { BUCKETS } from '#contracts/reconcile.v1.js';
import { type Remembered, RememberedSchema } from '#contracts/remembered.v1.js';
import { runStatement } from '#database/statement.js';
import { ConsentLedger } from '../consents/consent-ledger.service.js';
import { ErasureLog } from '../erasure-log/erasure-log.service.js';
import { Eraser } from '../erasure/eraser.service.js';
import { ErasureReplay } from '../erasure/erasure-replay.service.js';
import type { RegisterConfig } from '../register.config.js';
import { StandingChanges } from '../standing/standing-changes.service.js';
import { Suppressions } from '../suppression/suppressions.service.js';
import { LostChanges } from './lost-changes.service.js';
import { READ_RESTORED_EPOCH } from './restore.sql.js';

const TAKEN_TOGETHER = 1_000;

/** Operator commands after a restore of this database, before the service is started. They print numbers, never a person. */
export const RESTORE_COMMANDS = {
  'erasures:log': {
    usage: 'erasures:log',
    summary: 'Writes the references of everybody in the log of erasures to standard output, one a line: for the erasures:replay of marketing.',
    async run(_dataSource: DataSource, config: RegisterConfig): Promise<void> {
      await withLog(config, async (log) => {
        for await (const page of log.pages()) await write(page.map(({ ref }) => ref));
      });
    },
  },
  'erasures:replay': {
    usage: 'erasures:replay',
    summary: 'After a restore, before epoch:raise: erases again whom the log of erasures names, and asks marketing about each. The service does the same at every start.',
    async run(dataSource: DataSource, config: RegisterConfig): Promise<void> {
      await withLog(config, async (log) => {
        const suppressions = new Suppressions(dataSource, config);
        const eraser = new Eraser(suppressions, new StandingChanges(), log, config);
        const { entries, erasedAgain, reopened } = await new ErasureReplay(dataSource, log, eraser, suppressions).runAfterRestore();
        console.log(`${entries} erasure(s) in the log: ${erasedAgain} person(s) erased again, ${reopened} case(s) opened again that this database did not know.`);
      });
    },
  },
  'memory:export': {
    usage: 'memory:export',
    summary: 'Before this database is replaced by a backup: writes what marketing may hold of whom, at which order, to standard output, for memory:take-in.',
    async run(dataSource: DataSource, config: RegisterConfig): Promise<void> {
      const lostChanges = lostChangesOf(dataSource, config);
      for (let bucket = 0; bucket < BUCKETS; bucket += 1) await write((await lostChanges.remembered(bucket)).map((line) => JSON.stringify(line)));
    },
  },
  'memory:take-in': {
    usage: 'memory:take-in',
    summary: 'After a restore, before epoch:raise: reads what marketing remembers, or what the replaced database did (their memory:export), from standard input, and withdraws consents that were no longer in force there. Safe to repeat.',
    async run(dataSource: DataSource, config: RegisterConfig): Promise<void> {
      const lostChanges = lostChangesOf(dataSource, config);
      const now = new Date();
      const total = { read: 0, behind: 0, withdrawn: 0, erased: 0, newest: 0 };
      const take = async (lines: readonly Remembered[]): Promise<void> => {
        const { behind, withdrawn, erased } = await lostChanges.takeIn(lines, now);
        total.read += lines.length;
        total.behind += behind;
        total.withdrawn += withdrawn;
        total.erased += erased;
        for (const { epoch } of lines) total.newest = Math.max(total.newest, epoch);
      };
      const batch: Remembered[] = [];
      for await (const text of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
        if (text.trim() === '') continue;
        batch.push(parse(text, total.read + batch.length + 1));
        if (batch.length === TAKEN_TOGETHER) await take(batch.splice(0));
      }
      if (batch.length > 0) await take(batch);
      await tell(dataSource, total);
    },
  },
} as const;

async function withLog(config: RegisterConfig, work: (log: ErasureLog) => Promise<void>): Promise<void> {
  const log = await ErasureLog.open(config);
  try {
    await work(log);
  } finally {
    await log.close();
  }
}

function lostChangesOf(dataSource: DataSource, config: RegisterConfig): LostChanges {
  const suppressions = new Suppressions(dataSource, config);
  return new LostChanges(dataSource, suppressions, new ConsentLedger(suppressions));
}

async function write(lines: readonly string[]): Promise<void> {
  if (lines.length > 0 && !process.stdout.write(`${lines.join('\n')}\n`)) await once(process.stdout, 'drain');
}

async function tell(dataSource: DataSource, { read, behind, withdrawn, erased, newest }: Readonly<Record<'read' | 'behind' | 'withdrawn' | 'erased' | 'newest', number>>): Promise<void> {
  console.log(`${read} references read. Of ${behind} persons something newer was known; from ${withdrawn} of them consents were taken that were no longer in force.`);
  if (erased > 0) console.log(`${erased} persons are erased in marketing and not in the log of erasures: they stay out of marketing; find out why the log does not know them.`);
  const [link] = await runStatement<{ epoch: number }>(dataSource, READ_RESTORED_EPOCH, []);
  if (read > 0 && newest < (link?.epoch ?? 0)) console.log('Everything that was read is of an older epoch. If epoch:raise was run before this, restore the backup again: lost withdrawals cannot be told any more.');
}

function parse(text: string, number: number): Remembered {
  try {
    return RememberedSchema.parse(JSON.parse(text));
  } catch {
    throw new Error(`Line ${number} is nothing that marketing remembers; the lines before it may have been taken in. Nothing is lost by beginning again.`);
  }
}
