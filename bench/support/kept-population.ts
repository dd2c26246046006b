import type pg from 'pg';
import { createDatabase, withClient } from './databases.js';
import type { Bench } from './figure.js';
import { type Loaded, loadPopulation } from './load-population.js';
import { adminDatabase, marketingDatabase, registerDatabase, startAfresh } from './programs.js';

/** Counts up when the population is made differently: what was kept of an older one is of no use then. */
const POPULATION = 2;

/** Everything that makes up the schema, in one digest: a migration that was edited counts as well as one that was added. */
const SCHEMA_DIGEST = `
  SELECT md5(string_agg(thing, E'\\n' ORDER BY thing COLLATE "C")) AS digest FROM (
    SELECT 'column ' || table_name || ' ' || column_name || ' ' || udt_name || ' ' || is_nullable || coalesce(column_default, '')
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'function ' || prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace) AS things (thing)`;

/** What is noted with a kept database. */
interface Note { readonly stamp: string; readonly loaded: Loaded }

const kept = (side: 'register' | 'marketing', people: number): string => `lupa_kept_${side}_${people}`;

/**
 * Both databases hold `people` who have opted in, vacuumed, and nothing that an earlier figure has left. Loads them the first time, and copies them
 * the next time, also in a later run with --keep while size and schema are the same. `fresh` tells which it was.
 */
export async function populate(bench: Bench, people: number, progress: Bench['progress']): Promise<Loaded & { readonly fresh: boolean }> {
  await startAfresh(bench);
  const stamp = `${POPULATION} ${await schemaOf(registerDatabase(bench))} ${await schemaOf(marketingDatabase(bench))}`;
  const found = await withClient(adminDatabase(bench), (admin) => noteOf(admin, people));
  if (found?.stamp === stamp) {
    progress(0, `copying ${people.toLocaleString('en')} kept people`);
    await copy(bench, kept('register', people), registerDatabase(bench));
    await copy(bench, kept('marketing', people), marketingDatabase(bench));
    return { ...found.loaded, fresh: false };
  }
  if (found !== undefined) bench.remark(`${people.toLocaleString('en')} kept people were of another schema, so they were loaded anew`);
  await dropKept(bench, people);
  const loaded = await loadPopulation(bench, people, progress);
  await copy(bench, 'lupa_register', withName(registerDatabase(bench), kept('register', people)));
  await copy(bench, 'lupa_marketing', withName(marketingDatabase(bench), kept('marketing', people)));
  // Last: a copy without it does not count.
  await withClient(adminDatabase(bench), (admin) => admin.query(`COMMENT ON DATABASE ${kept('marketing', people)} IS ${literal(JSON.stringify({ stamp, loaded }))}`));
  return { ...loaded, fresh: true };
}

/** Deletes what was kept; of all sizes when none is given. */
export async function dropKept(bench: Bench, people?: number): Promise<void> {
  await withClient(adminDatabase(bench), async (admin) => {
    const { rows } = await admin.query<{ datname: string }>(`SELECT datname FROM pg_database WHERE datname ~ '^lupa_kept_'`);
    for (const { datname } of rows) {
      if (people === undefined || datname.endsWith(`_${people}`)) await admin.query(`DROP DATABASE ${datname} WITH (FORCE)`);
    }
  });
}

async function noteOf(admin: pg.Client, people: number): Promise<Note | undefined> {
  const { rows: [row] } = await admin.query<{ note: string | null }>(
    `SELECT shobj_description(oid, 'pg_database') AS note FROM pg_database WHERE datname = $1 AND EXISTS (SELECT FROM pg_database WHERE datname = $2)`,
    [kept('marketing', people), kept('register', people)]);
  return row?.note ? (JSON.parse(row.note) as Note) : undefined;
}

async function copy(bench: Bench, from: string, toUrl: string): Promise<void> {
  await createDatabase(adminDatabase(bench), toUrl, new URL(toUrl).pathname.slice(1), from);
}

async function schemaOf(url: string): Promise<string> {
  const { rows: [row] } = await withClient(url, (client) => client.query<{ digest: string }>(SCHEMA_DIGEST));
  return row?.digest ?? '';
}

function withName(url: string, name: string): string {
  const address = new URL(url);
  address.pathname = `/${name}`;
  return address.href;
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
