import type { DatabaseSearched, ExpectedValue } from './search-database.js';
import type { Directory, FilesSearched } from './search-files.js';
import type { Reach } from './searched-database.js';
import type { Sought, ValueKind } from './sought.js';

/** What a thread is asked to do: to remember whom to look for, to search a database, to search a directory. One after the other. */
export type SearchTask =
  | { readonly what: 'sought'; readonly sought: readonly Sought[] }
  | { readonly what: 'database'; readonly reach: Reach; readonly store: string; readonly expected: readonly ExpectedValue[] }
  | { readonly what: 'directory'; readonly directory: Directory; readonly without: readonly ValueKind[] };

export interface SearchResults {
  readonly sought: undefined;
  readonly database: DatabaseSearched;
  readonly directory: FilesSearched;
}

/** The answer to a task. Of an error its code or name alone crosses over: its text, or what it was about, could be somebody's. */
export type SearchAnswer = { readonly result: SearchResults[keyof SearchResults] } | { readonly failed: string };
