import type { Statement } from '#database/statement.js';

/** Every table that has rows of persons, whichever migration made it: found in the catalog, so that none can be forgotten. */
export const PERSON_TABLES: Statement = {
  name: 'person-tables',
  text: `
    SELECT c.relname AS table, format('%I.%I', n.nspname, c.relname) AS quoted, a.attname AS column
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
      AND a.attname = CASE WHEN c.oid = 'customer'::regclass THEN 'id' ELSE 'customer_id' END
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
    ORDER BY c.relname, n.nspname`,
};

export interface PersonTable {
  readonly table: string;
  /** As PostgreSQL quoted it. */
  readonly quoted: string;
  readonly column: 'id' | 'customer_id';
}

/** Counts the rows of one person ($1) in each of these tables. Not planned by name: the list may be another after a migration. */
export function countRows(tables: readonly PersonTable[]): string {
  return tables.map(({ quoted, column }, i) => `SELECT ${i} AS position, count(*)::int AS rows FROM ${quoted} WHERE ${column} = $1::uuid`).join(' UNION ALL ');
}

/** Who got her, which of her fields, and in how many disclosures, each of which its recipient is owed a notice of. $1 customer id */
export const RECIPIENTS_OF_CUSTOMER: Statement = {
  name: 'recipients-of-customer',
  text: `
    SELECT d.recipient, count(DISTINCT d.id)::int AS disclosures, array_agg(DISTINCT f ORDER BY f) AS fields
    FROM disclosure d, unnest(d.fields) AS f WHERE d.customer_id = $1 GROUP BY d.recipient ORDER BY d.recipient`,
};
