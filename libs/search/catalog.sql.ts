/** A table that is copied, as the catalog knows it. */
export interface CatalogTable {
  readonly schema: string;
  readonly name: string;
  readonly oid: string;
  /** Those that are read. */
  readonly columns: readonly string[];
  /** Null: dropped by now. */
  readonly is_readable: boolean | null;
}

/**
 * Every table that holds rows: ordinary ones with each partition and heir on its own, materialised views, foreign tables; of every
 * schema but those of the system. Read from the catalog, so that a table added later cannot be forgotten. Temporary tables of others
 * live and die with their sessions and cannot be read.
 *
 * Of columns those are left out whose type, itself and not a domain or an array of it, holds nothing but a truth value or a time: neither can be an address, a
 * number, an id or a name, and they are a quarter of what there is to read. Any other type, known or not, is read.
 */
export const LIST_TABLES = `
  SELECT n.nspname AS schema, c.relname AS name, c.oid::text AS oid, has_table_privilege(c.oid, 'SELECT') AS is_readable,
    array(
      SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND a.atttypid <> ALL (ARRAY['pg_catalog.bool', 'pg_catalog.date', 'pg_catalog.time', 'pg_catalog.timetz', 'pg_catalog.timestamp', 'pg_catalog.timestamptz']::regtype[])
      ORDER BY a.attnum) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm', 'f') AND c.relispopulated
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND NOT pg_is_other_temp_schema(n.oid)
  ORDER BY n.nspname, c.relname`;

/** $1 oid. Whether a table was dropped meanwhile, also to a snapshot of before. */
export const IS_GONE = `SELECT has_table_privilege($1::oid, 'SELECT') IS NULL AS gone`;

/** What the planner remembers of the values of columns: the most common ones, and samples of all others. One row a column. */
export const COPY_STATISTICS = `
  COPY (
    SELECT schemaname, tablename, attname, most_common_vals::text, histogram_bounds::text, most_common_elems::text FROM pg_stats
      WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
    UNION ALL
    SELECT schemaname, tablename, statistics_name, most_common_vals::text, NULL, NULL FROM pg_stats_ext WHERE most_common_vals IS NOT NULL
  ) TO STDOUT`;

/** Large objects lie outside every table. */
export const LIST_LARGE_OBJECTS = `SELECT oid::text AS oid FROM pg_largeobject_metadata ORDER BY oid`;

/** $1 oid, $2 from which byte, $3 how many. */
export const READ_LARGE_OBJECT = `SELECT lo_get($1::oid, $2::bigint, $3::integer) AS bytes`;

/** The rows of one table and no other, as text, every column. */
export function copyTable({ schema, name, columns }: Pick<CatalogTable, 'schema' | 'name' | 'columns'>): string {
  return `COPY (SELECT ${columns.map(quoted).join(', ')} FROM ONLY ${quoted(schema)}.${quoted(name)}) TO STDOUT (FORMAT text)`;
}

/** Has the planner's memory of a table made anew, of the rows there are now. Nothing is forgotten when there are none. */
export function analyseTable(schema: string, table: string): string {
  return `ANALYZE ${quoted(schema)}.${quoted(table)}`;
}

export function lockTable(schema: string, table: string): string {
  return `LOCK TABLE ${quoted(schema)}.${quoted(table)} IN ACCESS EXCLUSIVE MODE`;
}

export function hasRows(schema: string, table: string): string {
  return `SELECT EXISTS (SELECT FROM ${quoted(schema)}.${quoted(table)}) AS "hasRows"`;
}

/**
 * $1 schema, $2 table, $3 column. The statement that gives the column the type that it has: of an empty table that changes nothing
 * but the planner's memory, which goes with the type before.
 */
export const SAME_TYPE_AGAIN = `
  SELECT format('ALTER TABLE %I.%I ALTER COLUMN %I TYPE %s%s', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
      CASE WHEN l.oid IS NULL THEN '' ELSE format(' COLLATE %s.%I', l.collnamespace::regnamespace, l.collname) END) AS text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    LEFT JOIN pg_collation l ON l.oid = a.attcollation
   WHERE n.nspname = $1 AND c.relname = $2 AND a.attname = $3 AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p')`;

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
