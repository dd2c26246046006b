import { copyOut } from '#database/copy-out.js';
import { errorCode } from '#database/database-errors.js';
import { type CatalogTable, COPY_STATISTICS, copyTable, IS_GONE, LIST_LARGE_OBJECTS, LIST_TABLES, READ_LARGE_OBJECT } from './catalog.sql.js';
import { ContentSearch } from './content-search.js';
import { fieldsOf } from './copy-text.js';
import type { FoundKind, Needles } from './needles.js';
import { RowBatch } from './row-batch.js';
import { type ExpectedKinds, RowSearch } from './row-search.js';
import { Places } from './places.js';
import type { SearchedDatabase, SearchRunner } from './searched-database.js';
import type { Finding, Unsearched } from './sought.js';

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
  /** How many more were found and not searched than are listed. */
  readonly more: { readonly found: number; readonly unsearched: number };
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
const NO_LARGE_OBJECT = '42704';
const SQLSTATE = /^[0-9A-Z]{5}$/;
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
  database: SearchedDatabase, needles: Needles, store: string, expected: readonly ExpectedValue[] = [], signal?: AbortSignal,
): Promise<DatabaseSearched> {
  return inOneSnapshot(database, signal, async (runner) => {
    const search = new DatabaseSearch(runner, needles, store, expected);
    await search.tables();
    await search.largeObjects();
    await search.statistics(); // last: whoever is found anywhere else is listed with that, as what is remembered may be forgotten
    return search.result;
  });
}

/** Searches what the planner remembers of columns, and nothing else. */
export function searchStatistics(
  database: SearchedDatabase, needles: Needles, store: string, expected: readonly ExpectedValue[] = [], signal?: AbortSignal,
): Promise<Pick<DatabaseSearched, 'found' | 'remembered'>> {
  return inOneSnapshot(database, signal, async (runner) => {
    const search = new DatabaseSearch(runner, needles, store, expected);
    await search.statistics();
    return search.result;
  });
}

async function inOneSnapshot<T>(database: SearchedDatabase, signal: AbortSignal | undefined, search: (runner: SearchRunner) => Promise<T>): Promise<T> {
  signal?.throwIfAborted();
  const runner = database.createQueryRunner();
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
async function cutOff(runner: SearchRunner): Promise<void> {
  const client = (await runner.connect()) as { readonly connection: { readonly stream: { destroy(): void } } };
  client.connection.stream.destroy();
}

class DatabaseSearch {
  private readonly places: Places;
  private readonly counts = { tables: 0, largeObjects: 0, bytes: 0 };
  private readonly remembered: Column[] = [];

  constructor(
    private readonly runner: SearchRunner,
    private readonly needles: Needles,
    store: string,
    private readonly expected: readonly ExpectedValue[],
  ) {
    this.places = new Places(needles, store);
  }

  get result(): DatabaseSearched {
    const { found, unsearched, more } = this.places;
    return { found, unsearched, more, ...this.counts, remembered: this.remembered };
  }

  async tables(): Promise<void> {
    for (const table of (await this.runner.query(LIST_TABLES)) as CatalogTable[]) {
      const place = placeOf(table);
      if (table.is_readable === null) continue; // dropped meanwhile
      if (!table.is_readable) { this.places.addUnsearched(place, DENIED); continue; }
      const search = new RowSearch(this.needles, this.expectedIn(table));
      const batch = new RowBatch(this.needles, (row) => { search.take(row); });
      const failed = await this.failureOf(async () => {
        if (table.columns.length > 0) await copyOut(this.runner, copyTable(table), (row) => { this.counts.bytes += row.length; batch.take(row); });
      });
      batch.flush();
      if (failed !== undefined && await this.isGone(table)) continue;
      if (failed === undefined) this.counts.tables += 1;
      else this.places.addUnsearched(place, failed);
      for (const reason of search.unsearched) this.places.addUnsearched(place, reason);
      this.places.add(search.tally, place);
    }
  }

  async statistics(): Promise<void> {
    await copyOut(this.runner, COPY_STATISTICS, (row) => {
      const [schema, name, column, ...values] = fieldsOf(row).map((field) => field.toString());
      const table = { schema: schema as string, name: name as string, columns: ['schema', 'name', 'column', ...values.map(() => column as string)] };
      const search = new RowSearch(this.needles, this.expectedIn(table));
      search.take(row);
      this.counts.bytes += row.length;
      if (!search.tally.isEmpty) this.remembered.push({ schema: table.schema, table: table.name, column: column as string });
      this.places.add(search.tally, `${STATISTICS}${placeOf(table)}.${safe(column as string)}`);
    });
  }

  async largeObjects(): Promise<void> {
    for (const { oid } of (await this.runner.query(LIST_LARGE_OBJECTS)) as { oid: string }[]) {
      const place = `large object ${oid}`;
      const search = new ContentSearch(this.needles);
      const failed = await this.failureOf(async () => {
        for (let from = 0; ; from += LARGE_OBJECT_PART) {
          const [part] = (await this.runner.query(READ_LARGE_OBJECT, [oid, from, LARGE_OBJECT_PART])) as { bytes: Buffer }[];
          if (!part || part.bytes.length === 0) break;
          this.counts.bytes += part.bytes.length;
          await search.take(part.bytes);
        }
      });
      const reasons = await search.end();
      if (failed === NO_LARGE_OBJECT) continue; // deleted meanwhile
      if (failed === undefined) this.counts.largeObjects += 1;
      for (const reason of failed === undefined ? reasons : [failed]) this.places.addUnsearched(place, reason);
      for (const tally of search.tallies) this.places.add(tally, place);
    }
  }

  private async isGone({ oid }: CatalogTable): Promise<boolean> {
    const [table] = (await this.runner.query(IS_GONE, [oid])) as { gone: boolean }[];
    return table?.gone === true;
  }

  /** Reads one place. The SQLSTATE when only that failed: one place that cannot be read keeps nobody from reading the others. @throws when the connection is lost */
  private async failureOf(read: () => Promise<void>): Promise<string | undefined> {
    await this.runner.query('SAVEPOINT place');
    try {
      await read();
    } catch (error) {
      const code = errorCode(error);
      if (code === undefined || !SQLSTATE.test(code)) throw error;
      await this.runner.query('ROLLBACK TO SAVEPOINT place').catch(() => { throw error; }); // the first error tells more
      return code;
    }
    await this.runner.query('RELEASE SAVEPOINT place');
    return undefined;
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
