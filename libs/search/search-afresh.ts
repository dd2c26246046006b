import type { DataSource } from 'typeorm';
import { errorCode } from '#database/database-errors.js';
import { analyseTable, hasRows, lockTable, SAME_TYPE_AGAIN } from './catalog.sql.js';
import type { Needles } from './needles.js';
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
  dataSource: DataSource, needles: Needles, store: string, expected: readonly ExpectedValue[] = [], signal?: AbortSignal,
): Promise<DatabaseSearched> {
  const searched = await searchDatabase(dataSource, needles, store, expected, signal);
  let memory: Pick<DatabaseSearched, 'found' | 'remembered'> = searched;
  for (const forget of [analyseTables, forgetInEmptyTables]) {
    if (memory.remembered.length === 0) break;
    await forget(dataSource, memory.remembered);
    memory = await searchStatistics(dataSource, needles, store, expected, signal);
  }
  const isMemory = ({ place }: { readonly place: string }): boolean => place.startsWith(STATISTICS);
  return { ...searched, remembered: memory.remembered, found: [...searched.found.filter((each) => !isMemory(each)), ...memory.found.filter(isMemory)] };
}

async function analyseTables(dataSource: DataSource, columns: readonly Column[]): Promise<void> {
  const statements = new Set(columns.map(({ schema, table }) => analyseTable(schema, table)));
  for (const statement of statements) {
    await ifPossible(dataSource.transaction(async (manager) => {
      await manager.query(PATIENCE.analyse);
      await manager.query(statement);
    }));
  }
}

/** Analysing a table without rows leaves everything remembered as it was. */
async function forgetInEmptyTables(dataSource: DataSource, columns: readonly Column[]): Promise<void> {
  for (const { schema, table, column } of columns) {
    await ifPossible(dataSource.transaction(async (manager) => {
      const isEmpty = async (): Promise<boolean> => (await manager.query<{ hasRows: boolean }[]>(hasRows(schema, table)))[0]?.hasRows === false;
      const [alter] = await manager.query<{ text: string }[]>(SAME_TYPE_AGAIN, [schema, table, column]);
      if (alter === undefined || !(await isEmpty())) return; // nobody is kept waiting for nothing
      await manager.query(PATIENCE.forget);
      await manager.query(lockTable(schema, table));
      if (await isEmpty()) await manager.query(alter.text);
    }));
  }
}

async function ifPossible(step: Promise<void>): Promise<void> {
  try {
    await step;
  } catch (error) {
    if (!NOT_NOW.has(errorCode(error) ?? '')) throw error;
  }
}
