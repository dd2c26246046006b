import { errorCode } from '#database/database-errors.js';
import { analyseTable, hasRows, lockTable, SAME_TYPE_AGAIN } from './catalog.sql.js';
import type { Needles } from './needles.js';
import type { SearchedDatabase, SearchRunner } from './searched-database.js';
import { type Column, type DatabaseSearched, type ExpectedValue, searchDatabase, searchStatistics, STATISTICS } from './search-database.js';

/** Somebody else holds the table, it is not ours, or its kind or a column that it inherits cannot be altered: then what is remembered stays found. */
const NOT_NOW: ReadonlySet<string> = new Set(['55P03', '57014', '42501', '42809', '0A000', '42P01', '42P16']);
/** Analysing shares a table with readers and writers; forgetting takes it from them, for a moment when it is empty. */
const PATIENCE = { analyse: `SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '5s'`, forget: `SET LOCAL lock_timeout = '500ms'` };

/**
 * As searchDatabase; but whoever only the planner still remembers, from before the deletion, is made forgotten, and counts as found only
 * when that could not be done. Done by the owner of the tables: of others they stay as they are.
 */
export async function searchDatabaseAfresh(
  database: SearchedDatabase, needles: Needles, store: string, expected: readonly ExpectedValue[] = [], signal?: AbortSignal,
): Promise<DatabaseSearched> {
  const searched = await searchDatabase(database, needles, store, expected, signal);
  let memory: Pick<DatabaseSearched, 'found' | 'remembered'> = searched;
  for (const forget of [analyseTables, forgetInEmptyTables]) {
    if (memory.remembered.length === 0) break;
    await forget(database, memory.remembered);
    memory = await searchStatistics(database, needles, store, expected, signal);
  }
  const isMemory = ({ place }: { readonly place: string }): boolean => place.startsWith(STATISTICS);
  return { ...searched, remembered: memory.remembered, found: [...searched.found.filter((each) => !isMemory(each)), ...memory.found.filter(isMemory)] };
}

async function analyseTables(database: SearchedDatabase, columns: readonly Column[]): Promise<void> {
  const statements = new Set(columns.map(({ schema, table }) => analyseTable(schema, table)));
  for (const statement of statements) {
    await ifPossible(database, async (runner) => {
      await runner.query(PATIENCE.analyse);
      await runner.query(statement);
    });
  }
}

/** Analysing a table without rows leaves everything remembered as it was. */
async function forgetInEmptyTables(database: SearchedDatabase, columns: readonly Column[]): Promise<void> {
  for (const { schema, table, column } of columns) {
    await ifPossible(database, async (runner) => {
      const isEmpty = async (): Promise<boolean> => ((await runner.query(hasRows(schema, table))) as { hasRows: boolean }[])[0]?.hasRows === false;
      const [alter] = (await runner.query(SAME_TYPE_AGAIN, [schema, table, column])) as { text: string }[];
      if (alter === undefined || !(await isEmpty())) return; // nobody is kept waiting for nothing
      await runner.query(PATIENCE.forget);
      await runner.query(lockTable(schema, table));
      if (await isEmpty()) await runner.query(alter.text);
    });
  }
}

/** In a transaction of its own. */
async function ifPossible(database: SearchedDatabase, step: (runner: SearchRunner) => Promise<void>): Promise<void> {
  const runner = database.createQueryRunner();
  try {
    await runner.startTransaction();
    await step(runner);
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction().catch(() => undefined); // the first error tells more
    if (!NOT_NOW.has(errorCode(error) ?? '')) throw error;
  } finally {
    await runner.release();
  }
}
