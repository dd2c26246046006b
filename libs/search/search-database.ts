import type { DataSource, QueryRunner } from 'typeorm';
import { copyOut } from '#database/copy-out.js';
import { errorCode } from '#database/database-errors.js';
import { type CatalogTable, COPY_STATISTICS, copyTable, LIST_LARGE_OBJECTS, LIST_TABLES, READ_LARGE_OBJECT } from './catalog.sql.js';
import { fieldsOf } from './copy-text.js';
import type { FoundKind, Needles } from './needles.js';
import { type ExpectedKinds, RowSearch } from './row-search.js';
import type { Finding, Unsearched } from './sought.js';
import { StreamSearch } from './stream-search.js';

/** Something that may stand in a column although the person is erased, and why; shown with the result, so never a person's name or address. */
export interface ExpectedValue {
  /** `schema.table` */
  readonly table: string;
  /** Also what the planner remembers of it. Texts that count only together are expected in the whole row. */
  readonly column: string;
  readonly kind: FoundKind;
  readonly reason: string;
}

export interface DatabaseSearched {
  readonly found: readonly Finding[];
  readonly unsearched: readonly Unsearched[];
  /** Tables and materialised views read, each partition counted. */
  readonly tables: number;
  readonly largeObjects: number;
  readonly bytes: number;
  /** Columns of which the planner remembers somebody; under their own names, which are not for showing. */
  readonly remembered: readonly Column[];
}

export interface Column {
  readonly schema: string;
  readonly table: string;
  /** Or the name of extended statistics. */
  readonly column: string;
}

/** How the places of what the planner remembers begin. */
export const STATISTICS = 'statistics of ';
const LARGE_OBJECT_PART = 1 << 20;
const DENIED = '42501';
/** Not the connection's own: a table may take minutes. Rows hidden by a policy would be an error, not nothing. */
const SETTINGS = `SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL row_security = off; SET LOCAL bytea_output = hex`;

/**
 * Searches everything that the database holds at one moment (one snapshot): tables, materialised views, large objects, and what the
 * planner remembers of columns. Each table is read once, a row at a time, whatever number of people is looked for. Not searched are dead rows, the write-ahead
 * log, and backups, which no query can see.
 * @param store how results name the database
 * @throws the signal's reason soon after it is aborted
 */
export function searchDatabase(
  dataSource: DataSource, needles: Needles, store: string, expected: readonly ExpectedValue[] = [], signal?: AbortSignal,
): Promise<DatabaseSearched> {
  return inOneSnapshot(dataSource, signal, async (runner) => {
    const search = new DatabaseSearch(runner, needles, store, expected);
    await search.tables();
    await search.statistics();
    await search.largeObjects();
    return search.result;
  });
}

/** Searches what the planner remembers of columns, and nothing else. */
export function searchStatistics(
  dataSource: DataSource, needles: Needles, store: string, expected: readonly ExpectedValue[] = [], signal?: AbortSignal,
): Promise<Pick<DatabaseSearched, 'found' | 'remembered'>> {
  return inOneSnapshot(dataSource, signal, async (runner) => {
    const search = new DatabaseSearch(runner, needles, store, expected);
    await search.statistics();
    return search.result;
  });
}

async function inOneSnapshot<T>(dataSource: DataSource, signal: AbortSignal | undefined, search: (runner: QueryRunner) => Promise<T>): Promise<T> {
  signal?.throwIfAborted();
  const runner = dataSource.createQueryRunner();
  const giveUp = (): void => { void cutOff(runner); };
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    await runner.startTransaction('REPEATABLE READ');
    await runner.query(SETTINGS);
    const result = await search(runner);
    await runner.commitTransaction();
    return result;
  } catch (error) {
    await runner.rollbackTransaction().catch(() => undefined); // the first error tells more
    throw signal?.aborted === true ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', giveUp);
    await runner.release();
  }
}

/** Also a search that waits for a lock ends by it; whoever borrows a connection after gets another one. */
async function cutOff(runner: QueryRunner): Promise<void> {
  const client = (await runner.connect()) as { readonly connection: { readonly stream: { destroy(): void } } };
  client.connection.stream.destroy();
}

class DatabaseSearch {
  readonly result = { found: [] as Finding[], unsearched: [] as Unsearched[], tables: 0, largeObjects: 0, bytes: 0, remembered: [] as Column[] };

  constructor(
    private readonly runner: QueryRunner,
    private readonly needles: Needles,
    private readonly store: string,
    private readonly expected: readonly ExpectedValue[],
  ) {}

  async tables(): Promise<void> {
    for (const table of (await this.runner.query(LIST_TABLES)) as CatalogTable[]) {
      const place = placeOf(table);
      if (!table.is_readable) { this.unsearched(place, DENIED); continue; }
      const search = new RowSearch(this.needles, this.expectedIn(table));
      if (table.columns.length > 0) await copyOut(this.runner, copyTable(table), (row) => search.take(row));
      this.result.tables += 1;
      this.add(search, place);
    }
  }

  async statistics(): Promise<void> {
    await copyOut(this.runner, COPY_STATISTICS, (row) => {
      const [schema, name, column, ...values] = fieldsOf(row).map((field) => field.toString());
      const table = { schema: schema as string, name: name as string, columns: ['schema', 'name', 'column', ...values.map(() => column as string)] };
      const search = new RowSearch(this.needles, this.expectedIn(table));
      search.take(row);
      if (!search.tally.isEmpty) this.result.remembered.push({ schema: table.schema, table: table.name, column: column as string });
      this.add(search, `${STATISTICS}${placeOf(table)}.${safe(column as string)}`);
    });
  }

  async largeObjects(): Promise<void> {
    for (const { oid } of (await this.runner.query(LIST_LARGE_OBJECTS)) as { oid: string }[]) {
      const place = `large object ${oid}`;
      const search = new StreamSearch(this.needles);
      await this.runner.query('SAVEPOINT large_object');
      try {
        for (let from = 0; ; from += LARGE_OBJECT_PART) {
          const [part] = (await this.runner.query(READ_LARGE_OBJECT, [oid, from, LARGE_OBJECT_PART])) as { bytes: Buffer }[];
          if (!part || part.bytes.length === 0) break;
          this.result.bytes += part.bytes.length;
          search.take(part.bytes);
        }
      } catch (error) {
        if (errorCode(error) !== DENIED) throw error;
        await this.runner.query('ROLLBACK TO SAVEPOINT large_object');
        this.unsearched(place, DENIED);
        continue;
      }
      await this.runner.query('RELEASE SAVEPOINT large_object');
      search.end();
      this.result.largeObjects += 1;
      this.result.found.push(...search.tally.findings(this.needles, this.store, place));
    }
  }

  private unsearched(place: string, reason: string): void {
    this.result.unsearched.push({ store: this.store, place, reason });
  }

  private add(search: RowSearch, place: string): void {
    this.result.bytes += search.bytes;
    this.result.found.push(...search.tally.findings(this.needles, this.store, place));
  }

  private expectedIn({ schema, name, columns }: Omit<CatalogTable, 'oid' | 'is_readable'>): ExpectedKinds {
    const kinds = new Map<number, Set<FoundKind>>();
    for (const { table, column, kind } of this.expected) {
      if (table !== `${schema}.${name}`) continue;
      for (const [position, each] of columns.entries()) if (each === column) kinds.set(position, (kinds.get(position) ?? new Set()).add(kind));
    }
    return kinds;
  }
}

function placeOf({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `${safe(schema)}.${safe(name)}`;
}

/** Names as developers give them are shown; whatever else somebody called a table could be a person's name. */
function safe(name: string): string {
  return /^\w{1,63}$/.test(name) ? name : '(unusual name)';
}
