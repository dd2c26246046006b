import { stat } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { errorCode } from '#database/database-errors.js';
import { Needles } from './needles.js';
import { searchDatabaseAfresh } from './search-afresh.js';
import type { SearchAnswer, SearchResults, SearchTask } from './search-tasks.js';
import { searchFiles } from './search-files.js';
import { databaseAt } from './searched-database.js';
import type { Sought, ValueKind } from './sought.js';

/** What a thread of SearchThread runs: one task after the other. */
const NICENESS = 10;
const sought: Sought[] = [];
/** What was built last, and for which kinds: most tasks look for the same. */
let built: { readonly without: string; readonly needles: Needles } | undefined;

async function needlesWithout(kinds: readonly ValueKind[]): Promise<Needles> {
  const without = kinds.join();
  if (built?.without === without) return built.needles;
  built = undefined; // before the next is made: never two in memory
  const needles = await Needles.of(kinds.length === 0 ? sought : sought.map((each) => ({ ...each, values: each.values.filter(({ kind }) => !kinds.includes(kind)) })));
  built = { without, needles };
  return needles;
}

async function done(task: SearchTask): Promise<SearchResults[keyof SearchResults]> {
  switch (task.what) {
    case 'sought':
      built = undefined;
      for (const each of task.sought) sought.push(each);
      return undefined;
    case 'database':
      return searchDatabaseAfresh(databaseAt(task.reach), await needlesWithout([]), task.store, task.expected);
    case 'directory':
      return searchFiles([task.directory], await needlesWithout(task.without));
  }
}

async function answered(task: SearchTask): Promise<SearchAnswer> {
  try {
    return { result: await done(task) };
  } catch (error) {
    return { failed: errorCode(error) ?? (error instanceof Error ? error.name : 'unknown') };
  }
}

/**
 * On Linux a thread has a priority of its own, and 0 names the thread that asks (setpriority(2), "C library/kernel differences"); elsewhere it would be
 * that of the whole service. Threads inherit it: those for files, which all share, have to be there before.
 */
async function stepBack(): Promise<void> {
  if (process.platform !== 'linux') return;
  await stat('/');
  setPriority(0, NICENESS);
}

await stepBack();
parentPort?.on('message', (task: SearchTask) => { void answered(task).then((answer) => { parentPort?.postMessage(answer); }); });
