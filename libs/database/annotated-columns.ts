interface Queryable {
  query<T>(text: string): Promise<T>;
}

/** What is said of each column of each table, whatever it is; and tables of which it is said that they hold nobody. */
export interface Annotated {
  readonly columns: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly ofNobody: Readonly<Record<string, string>>;
}

/** Tables, views and materialised views of the application, each with its columns. */
const READ_COLUMNS = `
  SELECT CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END AS "table", array_agg(a.attname::text ORDER BY a.attnum) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND c.relpersistence <> 't'
  GROUP BY 1 ORDER BY 1`;

/**
 * Every way in which the annotations and the live schema differ, one sentence each; none: no column can have been forgotten.
 * @param ties columns that lead to a person: a table that has one cannot hold nobody
 */
export async function unannotated(database: Queryable, { columns: annotated, ofNobody }: Annotated, ties: readonly string[]): Promise<string[]> {
  const live = new Map((await database.query<{ table: string; columns: string[] }[]>(READ_COLUMNS)).map(({ table, columns }) => [table, columns]));
  const found = [...live].flatMap(([table, columns]) => {
    const known = annotated[table];
    if (known !== undefined) return columns.filter((column) => !(column in known)).map((column) => `${table}.${column} has no annotation.`);
    if (!(table in ofNobody)) return [`The table ${table} has no annotations.`];
    return columns.filter((column) => ties.includes(column)).map((column) => `The table ${table} is said to hold nobody, and has the column ${column}.`);
  });
  const gone = Object.entries(annotated).flatMap(([table, columns]) =>
    Object.keys(columns).filter((column) => !live.get(table)?.includes(column)).map((column) => `${table}.${column} is annotated and does not exist.`));
  const goneTables = Object.keys(ofNobody).filter((table) => !live.has(table)).map((table) => `The table ${table} is annotated and does not exist.`);
  return [...found, ...gone, ...goneTables];
}
