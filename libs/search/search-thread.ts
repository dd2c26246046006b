import type { DataSource } from 'typeorm';
import { Worker } from 'node:worker_threads';
import type { DatabaseSearched, ExpectedValue } from './search-database.js';
import type { Directory, FilesSearched } from './search-files.js';
import type { SearchAnswer, SearchResults, SearchTask } from './search-tasks.js';
import { reachOf } from './searched-database.js';
import type { Sought, ValueKind } from './sought.js';

const PROGRAM = new URL('./search-program.js', import.meta.url);
/** Handed over at once: what is on its way lies in memory twice. */
const CASES_AT_ONCE = 500;
/** Of 20,000 people the thread holds 100 MB; a search that wants more than the limit fails, and the service does not. */
const LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 2 };

/** A search broke off, in whatever way: that is no answer that nothing was there. */
export class SearchFailed extends Error {
  override readonly name = 'SearchFailed';

  /** @param code SQLSTATE, code of the system, or name of the error; `ended`: the thread is not there any more */
  constructor(readonly code: string) {
    super('a search broke off');
  }
}

/**
 * A thread that searches, so that the service answers meanwhile as if nothing were searched (measured: the median of a request while a
 * database was searched 11 ms on the thread of the service, 0.4 ms beside it). To be ended.
 */
export class SearchThread {
  private readonly worker = new Worker(PROGRAM, { resourceLimits: LIMITS });
  private failure: Error | undefined;
  private waiting: { resolve(result: SearchResults[keyof SearchResults]): void; reject(error: unknown): void } | undefined;
  private readonly abort = (): void => { this.fail(this.signal.reason); };

  /** @param signal ends the thread at once, whatever it does; what it was asked for is rejected with the signal's reason */
  constructor(private readonly signal: AbortSignal) {
    this.worker.on('message', (answer: SearchAnswer) => { this.take(answer); });
    this.worker.on('error', (error) => { this.fail(new SearchFailed(codeOf(error))); });
    this.worker.on('exit', () => { this.fail(new SearchFailed('ended')); });
    signal.addEventListener('abort', this.abort, { once: true });
    if (signal.aborted) this.abort();
  }

  /** Whom to look for in all that is asked after. */
  async lookFor(sought: readonly Sought[]): Promise<void> {
    for (let from = 0; from < sought.length; from += CASES_AT_ONCE) await this.ask({ what: 'sought', sought: sought.slice(from, from + CASES_AT_ONCE).map(plain) });
  }

  /** As searchDatabaseAfresh, on a connection of its own. @throws SearchFailed */
  searchDatabase(dataSource: DataSource, store: string, expected: readonly ExpectedValue[]): Promise<DatabaseSearched> {
    return this.ask({ what: 'database', reach: reachOf(dataSource), store, expected });
  }

  /** As searchFiles. @param without kinds of values that are not looked for there. @throws SearchFailed */
  searchDirectory(directory: Directory, without: readonly ValueKind[] = []): Promise<FilesSearched> {
    return this.ask({ what: 'directory', directory, without });
  }

  /** Resolves when the thread is gone, with all that it knew. */
  async end(): Promise<void> {
    this.signal.removeEventListener('abort', this.abort);
    await this.worker.terminate();
  }

  private ask<Task extends SearchTask>(task: Task): Promise<SearchResults[Task['what']]> {
    return new Promise((resolve, reject) => {
      if (this.failure) { reject(this.failure); return; }
      this.waiting = { resolve: resolve as (result: SearchResults[keyof SearchResults]) => void, reject };
      this.worker.postMessage(task);
    });
  }

  private take(answer: SearchAnswer): void {
    const { waiting } = this;
    this.waiting = undefined;
    if ('failed' in answer) waiting?.reject(new SearchFailed(answer.failed));
    else waiting?.resolve(answer.result);
  }

  /** The first failure counts: whatever is asked after fails by it. */
  private fail(error: unknown): void {
    this.failure ??= error as Error; // also a signal's reason is one
    this.waiting?.reject(this.failure);
    this.waiting = undefined;
    void this.worker.terminate();
  }
}

/** Nothing else that a caller's object may hold. */
function plain({ caseId, values, together }: Sought): Sought {
  return { caseId, values, together };
}

function codeOf(error: unknown): string {
  const { code, name } = Object(error) as { code?: unknown; name?: unknown };
  return [code, name].find((each): each is string => typeof each === 'string' && /^\w{1,40}$/.test(each)) ?? 'unknown';
}
