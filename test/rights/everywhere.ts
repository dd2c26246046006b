import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';

/**
 * Looks for texts in every row of every table, by a way of its own: the search that the product does itself must not be the only
 * witness that nothing is left. Letter case does not count. Resolves to `table: rows` of each that holds one.
 */
export async function rowsHolding(url: string, texts: readonly string[]): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(`
      SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') ORDER BY 1`);
    const found: string[] = [];
    for (const { name } of tables) {
      const { rows: [row] } = await client.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM ${name} AS t WHERE EXISTS (SELECT FROM unnest($1::text[]) AS m(text) WHERE strpos(lower(t::text), lower(m.text)) > 0)`, [texts]);
      if (row && row.count > 0) found.push(`${name}: ${row.count}`);
    }
    return found;
  } finally {
    await client.end();
  }
}

/** Paths, below the folder, of the files that hold one of the texts, or are named by one. */
export function filesHolding(folder: string, texts: readonly string[]): string[] {
  const needles = texts.flatMap((text) => [text, text.toLowerCase()].map((each) => Buffer.from(each)));
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    if (texts.some((text) => name.toLowerCase().includes(text.toLowerCase()))) return true;
    const path = join(folder, name);
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
    const content = readFileSync(path);
    return needles.some((needle) => content.includes(needle));
  });
}
