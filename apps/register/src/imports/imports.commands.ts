import { once } from 'node:events';
import { createWriteStream, type Stats, type WriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { DataSource } from 'typeorm';
import { ConfigurationError } from '#service/configuration.js';
import { Progress } from '#service/progress.js';
import { ConsentRules } from '../consents/consent-rules.service.js';
import { CustomerDrafts } from '../customers/customer-drafts.service.js';
import { CustomerRules } from '../customers/customer-rules.service.js';
import { ErasureLog } from '../erasure-log/erasure-log.service.js';
import { IdempotentWrites } from '../idempotency/idempotent-writes.service.js';
import { consentPurposes } from '../profile/purposes.js';
import type { RegisterConfig } from '../register.config.js';
import { whyNotWhole } from '../restore/restored.check.js';
import { Suppressions } from '../suppression/suppressions.service.js';
import { WordingsService } from '../wordings/wordings.service.js';
import { Importer } from './importer.service.js';
import { ImportRun, type ImportTally, type Rejection } from './import-run.service.js';

/** Faults told on the terminal. */
const TOLD = 20;
const HEADER = 'line,field,code\n';

/** Operator commands that bring customers in. They print lines, columns and codes, never a value. */
export const IMPORT_COMMANDS = {
  'customers:import': {
    usage: 'customers:import --file FILE [--dry-run] [--rejected FILE]',
    summary: 'Takes customers in from a CSV file, by the rules of POST /v1/customers. Who is there is left as she is; who was erased is not brought back. Safe to repeat. --rejected: where to write every fault of every bad row, as line, column and code. --dry-run only checks.',
    async run(dataSource: DataSource, config: RegisterConfig, args: string[]): Promise<void> {
      const { values } = parseArgs({ args, options: { file: { type: 'string' }, 'dry-run': { type: 'boolean', default: false }, rejected: { type: 'string' } } });
      if (values.file === undefined) throw new Error('Give the file: --file FILE');
      const { size, ino, dev } = await fileAt(values.file);
      const target = values.rejected === undefined ? undefined : await stat(values.rejected).catch(() => undefined);
      if (target?.ino === ino && target.dev === dev) throw new Error('What is rejected would be written over the file itself.');
      await assertWhole(dataSource, config);
      const faults = await FaultList.open(values.rejected);
      const progress = new Progress();
      const run = new ImportRun(importerOf(dataSource, config, values['dry-run']), consentPurposes(config.profile), {
        rejected: (rejection) => faults.add(rejection),
        progressed: (bytes, { rows }) => progress.update(bytes / Math.max(1, size), `${numbered(rows)} rows, ${numbered(progress.rate(rows))} a second`),
      });
      try {
        await run.read(values.file);
      } finally {
        progress.finish();
        await faults.close();
        console.log(reportOf(run.tally, values['dry-run']));
        faults.tell();
      }
      if (run.tally.rejected > 0) throw new Error(`${numbered(run.tally.rejected)} row(s) were rejected.`);
    },
  },
} as const;

/** Into a restored database nobody is brought before the erased of the log are erased again: their addresses may still be open in it. */
async function assertWhole(dataSource: DataSource, config: RegisterConfig): Promise<void> {
  const log = await ErasureLog.open(config);
  const wrong = await whyNotWhole(dataSource, log).finally(() => log.close());
  if (wrong !== undefined) throw new ConfigurationError(wrong);
}

function importerOf(dataSource: DataSource, config: RegisterConfig, isDryRun: boolean): Importer {
  const suppressions = new Suppressions(dataSource, config);
  const wordings = new WordingsService(dataSource, new IdempotentWrites(dataSource, config), config);
  return new Importer(dataSource, new CustomerDrafts(new CustomerRules(config), new ConsentRules(wordings, config), suppressions), isDryRun);
}

async function fileAt(path: string): Promise<Stats> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new Error('There is no such file, or it cannot be read.');
  return found;
}

const numbered = (count: number): string => count.toLocaleString('en');

function reportOf(tally: Readonly<ImportTally>, isDryRun: boolean): string {
  const lines: (readonly [number, string])[] = [
    [tally.rows, 'rows read'],
    [tally.takenIn, isDryRun ? 'would be taken in' : `taken in; marketing is told of ${numbered(tally.forMarketing)}`],
    [tally.there, 'there already, left as they are'],
    [tally.keptOut, 'kept out: erased, and not back by their own consent'],
    [tally.rejected, 'rejected'],
  ];
  const claims = tally.claims > 0 ? [`${numbered(tally.claims)} grants came without the wording that was shown: such a grant is kept on record, and is never in force.`] : [];
  const width = Math.max(...lines.map(([count]) => numbered(count).length));
  return [...lines.map(([count, what]) => `${numbered(count).padStart(width)} ${what}`), ...claims].join('\n');
}

/** Faults as they come: all of them into a file, if one is wanted, the first for the terminal. */
class FaultList {
  private readonly first: Rejection[] = [];
  private count = 0;

  private constructor(private readonly file: WriteStream | undefined) {}

  static async open(path: string | undefined): Promise<FaultList> {
    if (path === undefined) return new FaultList(undefined);
    const file = createWriteStream(path);
    await once(file, 'open').catch(() => { throw new Error('The file for what is rejected cannot be written.'); });
    file.write(HEADER);
    return new FaultList(file);
  }

  async add(rejection: Rejection): Promise<void> {
    this.count += 1;
    if (this.first.length < TOLD) this.first.push(rejection);
    if (this.file && !this.file.write(`${rejection.line},${rejection.field},${rejection.code}\n`)) await once(this.file, 'drain');
  }

  async close(): Promise<void> {
    if (!this.file) return;
    this.file.end();
    await once(this.file, 'close');
  }

  tell(): void {
    for (const { line, field, code } of this.first) console.log(`line ${line}: ${field === '' ? 'the row' : field} (${code})`);
    const more = this.count - this.first.length;
    if (more > 0) console.log(`and ${numbered(more)} more${this.file ? '' : ': write them to a file by --rejected FILE'}`);
  }
}
