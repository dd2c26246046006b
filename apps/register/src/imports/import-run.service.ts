import { isDataError } from '#database/database-errors.js';
import type { CustomerDraft } from '../customers/customer-drafts.service.js';
import { csvRows, UnreadableFile } from './csv-file.reader.js';
import { type Column, columnsOf, type HeaderFault } from './import-columns.js';
import { BATCH, type Fault, type Importer, LANES, type Outcome } from './importer.service.js';
import { SeenPersons } from './seen-persons.js';

/** What came of the rows read so far: each is counted once as taken in, there, kept out or rejected. */
export interface ImportTally {
  rows: number;
  takenIn: number;
  /** Of those taken in: whom marketing is told of. */
  forMarketing: number;
  there: number;
  keptOut: number;
  rejected: number;
  /** Grants without a wording, of rows that could be read. */
  claims: number;
}

export interface Rejection extends Fault {
  readonly line: number;
}

export interface ImportWatch {
  /** Each fault of each bad row, as it is found. */
  rejected(rejection: Rejection): Promise<void> | void;
  /** Now and then. @param bytes of the file that are read */
  progressed(bytes: number, tally: Readonly<ImportTally>): void;
}

type Waiting = { readonly line: number; readonly draft: CustomerDraft };

/** One file, from its header to its last row. The rows are read only as fast as the database takes them. */
export class ImportRun {
  readonly tally: ImportTally = { rows: 0, takenIn: 0, forMarketing: 0, there: 0, keptOut: 0, rejected: 0, claims: 0 };
  private readonly seen = new SeenPersons();
  private readonly running = new Set<Promise<void>>();
  private gathered: Waiting[] = [];
  private failure: Error | undefined;

  constructor(private readonly importer: Importer, private readonly purposes: readonly string[], private readonly watch: ImportWatch) {}

  /** @throws UnreadableFile, or what the database says; what was counted until then is in the database */
  async read(path: string): Promise<void> {
    let columns: Column[] | undefined;
    try {
      for await (const { line, cells, bytes } of csvRows(path)) {
        if (columns) await this.row(columns, line, cells);
        else columns = headerOf(cells, this.purposes);
        if (this.tally.rows % BATCH === 0) this.watch.progressed(bytes, this.tally);
      }
      if (!columns) throw new UnreadableFile('The file is empty: its first line has to name the columns.');
    } finally {
      // Rows before one that cannot be read are taken in, as they would have been had they been read a moment sooner.
      await this.send();
      await Promise.all(this.running);
    }
    if (this.failure) throw this.failure;
  }

  private async row(columns: readonly Column[], line: number, cells: readonly string[]): Promise<void> {
    this.tally.rows += 1;
    const result = await this.importer.draft(columns, cells);
    if ('faults' in result) return this.reject(line, result.faults);
    if (this.seen.isTwice(result.draft)) return this.reject(line, [{ field: '', code: 'twice-in-file' }]);
    this.tally.claims += result.claims;
    this.gathered.push({ line, draft: result.draft });
    if (this.gathered.length === BATCH) await this.send();
  }

  private async reject(line: number, faults: readonly Fault[]): Promise<void> {
    this.tally.rejected += 1;
    for (const fault of faults) await this.watch.rejected({ line, ...fault });
  }

  /** Resolves when there is room for the next. */
  private async send(): Promise<void> {
    if (this.failure) throw this.failure;
    const sent = Promise.all(this.gathered.map((each) => this.settle(each))).then(() => undefined, (error: unknown) => { this.failure ??= error instanceof Error ? error : new Error('a row could not be stored'); });
    this.gathered = [];
    this.running.add(sent);
    void sent.then(() => this.running.delete(sent));
    if (this.running.size >= LANES) await Promise.race(this.running);
  }

  private async settle({ line, draft }: Waiting): Promise<void> {
    const outcome = await this.importer.take(draft).catch((error: unknown) => {
      if (isDataError(error)) return undefined;
      throw error;
    });
    if (outcome) this.count(outcome);
    else await this.reject(line, [{ field: '', code: 'not-storable' }]);
  }

  private count({ outcome, for_marketing }: Outcome): void {
    switch (outcome) {
      case 'taken-in':
        this.tally.takenIn += 1;
        if (for_marketing) this.tally.forMarketing += 1;
        return;
      case 'there':
        this.tally.there += 1;
        return;
      case 'kept-out':
        this.tally.keptOut += 1;
        return;
      default:
        return outcome satisfies never;
    }
  }
}

function headerOf(cells: readonly string[], purposes: readonly string[]): Column[] {
  const found = columnsOf(cells, purposes);
  if ('columns' in found) return found.columns;
  throw new UnreadableFile(`${sentenceOf(found.fault)} The columns are listed in docs/imports.md.`);
}

function sentenceOf(fault: HeaderFault): string {
  switch (fault.kind) {
    case 'unknown': return `The first line has to name the columns, and names none that exist in column ${fault.columns.join(', ')}.`;
    case 'twice': return `The first line names a column twice: see column ${fault.columns.join(', ')}.`;
    case 'missing': return `The first line lacks the column ${fault.names.join(' or ')}.`;
    default: return fault satisfies never;
  }
}
