import type { Retained } from '../erasure/retained.js';

/** How many rows of a table belong to a person, as the catalog and the table say. */
export interface TableCount {
  readonly table: string;
  readonly rows: number;
}

/**
 * Tables with a column `customer_id` of which an erasure deletes nothing, and why. Every other goes: a table that is added later and
 * deletes nothing either is told to staff as going, and a test compares what was told with what was deleted.
 */
const NOT_DELETED: Readonly<Record<string, { readonly stays: Retained['what'] | null }>> = {
  // Loses her, its times of day and its steps.
  data_request: { stays: 'request-record' },
  // Loses the answer; the keyed hashes stay for their day.
  idempotency_key: { stays: 'repeat-guard' },
  // While there is one, nobody is erased.
  legal_hold: { stays: null },
};

/** The log of reads, to which every preview adds itself. */
export const READ_LOG = 'access_log';

/** What goes, by table, in the order of names. Counted are the rows there will be once this very read is in the log. */
export function goingOf(counts: readonly TableCount[]): TableCount[] {
  return counts
    .filter(({ table }) => !Object.hasOwn(NOT_DELETED, table))
    .map(({ table, rows }) => ({ table, rows: table === READ_LOG ? rows + 1 : rows }))
    .filter(({ rows }) => rows > 0);
}

/** How many rows stay of that kind, without her; null where that is not counted by person. */
export function stayingRows(what: Retained['what'], counts: readonly TableCount[]): number | null {
  const found = counts.find(({ table }) => NOT_DELETED[table]?.stays === what);
  return found ? found.rows : null;
}
