import type pg from 'pg';
import { countByOrm, firstPageByOrm, openLists } from '../baseline/lists/lists-by-orm.js';
import { withClient } from '../support/databases.js';
import { type CountedList, numbered } from '../support/filters.js';
import { median } from '../support/statistics.js';

const SCHEMA = 'limit_lists';
const RUNS = 5;

/** What an ORM's user declares: an index for each column that is asked for. */
const B_TREES = ['birth_year', 'language', 'city', 'occupation', 'email_since', 'email_source', 'postal_code text_pattern_ops'].map((column) => `CREATE INDEX ON contact (${column})`);

/** Ways to be quick, each tried on every list; the best one counts. `slot` is always indexed: pages are in its order. */
const INDEXES: readonly { readonly name: string; readonly make: readonly string[] }[] = [
  { name: 'none but the order', make: [] },
  { name: 'a b-tree each', make: B_TREES },
  { name: 'GIN on interests, a b-tree each', make: [...B_TREES, 'CREATE INDEX ON contact USING gin (interests)'] },
  {
    name: 'one GIN over all, partial',
    make: [`CREATE INDEX ON contact USING gin (interests, birth_year, language, city, occupation, email_source, email_wording_id, email_wording_version, email_since)
      WHERE email_since IS NOT NULL`],
  },
  {
    name: 'covering, partial',
    make: [`CREATE INDEX ON contact (birth_year) INCLUDE (interests, language, city, postal_code, occupation, email_since, email_source, email_wording_id, email_wording_version)
      WHERE email_since IS NOT NULL`],
  },
];

/** What one list took at best, milliseconds; every sample of the best indexes. */
export interface BySql { readonly name: string; readonly count: number; readonly ms: readonly number[]; readonly indexes: string; readonly pageMs: readonly number[] }
export interface ByOrm { readonly countMs: readonly number[]; readonly pageMs: readonly number[] }

const measured = new Map<string, Promise<{ sql: BySql[]; orm: ByOrm }>>();

/** Where to count what. */
interface Counting {
  readonly adminUrl: string;
  readonly databaseUrl: string;
  readonly lists: readonly CountedList[];
  readonly told: (fraction: number, note: string) => void;
}

/** As countBySql, but only once a run: `people` fresh from the load are the same people every time. */
export function countOnceBySql(people: number, counting: Counting): Promise<{ sql: BySql[]; orm: ByOrm }> {
  const key = JSON.stringify([people, counting.lists]);
  const found = measured.get(key) ?? countBySql(counting);
  measured.set(key, found);
  return found;
}

/**
 * Counts the lists and reads their first pages by SQL, over a copy of the table that has nothing to do but this: each index set in turn, prepared,
 * warm, all cores allowed. The ORM counts while its own indexes stand.
 */
async function countBySql({ adminUrl, databaseUrl, lists, told }: Counting): Promise<{ sql: BySql[]; orm: ByOrm }> {
  await withClient(inDatabaseOf(adminUrl, databaseUrl), (admin) => admin.query('CREATE EXTENSION IF NOT EXISTS btree_gin'));
  return withClient(databaseUrl, async (client) => {
    await client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
    await client.query(`CREATE SCHEMA ${SCHEMA}`);
    try {
      await client.query(`SET search_path = ${SCHEMA}, public`);
      // Compiling a plan of this cost was slower than running it, with every index set.
      await client.query('SET jit = off');
      await client.query(`CREATE TABLE contact AS TABLE public.contact`);
      let best: BySql[] = [];
      let orm: ByOrm = { countMs: [], pageMs: [] };
      for (const [i, { name, make }] of INDEXES.entries()) {
        told(i / INDEXES.length, `SQL, indexes: ${name}`);
        await remake(client, make);
        const found = await eachList(client, lists, name);
        best = found.map((now, at) => better(best[at], now));
        if (make === B_TREES) orm = await byOrm(databaseUrl, lists);
      }
      return { sql: best, orm };
    } finally {
      await client.query(`DROP SCHEMA ${SCHEMA} CASCADE`);
    }
  });
}

/** How many the lists have in marketing's own table at this moment. */
export function countNow(databaseUrl: string, lists: readonly CountedList[]): Promise<{ count: number }[]> {
  return withClient(databaseUrl, async (client) => {
    const counts: { count: number }[] = [];
    for (const { sql, values } of lists) {
      const where = numbered(sql, values);
      const { rows: [row] } = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM contact WHERE ${where.text}`, where.values);
      counts.push({ count: row?.count ?? -1 });
    }
    return counts;
  });
}

const better = (before: BySql | undefined, now: BySql): BySql => {
  if (before === undefined) return now;
  const count = median(now.ms) < median(before.ms) ? now : before;
  return { ...count, pageMs: median(now.pageMs) < median(before.pageMs) ? now.pageMs : before.pageMs };
};

async function remake(client: pg.Client, make: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ name: string }>(`SELECT indexname AS name FROM pg_indexes WHERE schemaname = $1`, [SCHEMA]);
  for (const { name } of rows) await client.query(`DROP INDEX ${SCHEMA}.${name}`);
  await client.query(`SET maintenance_work_mem = '256MB'`);
  for (const statement of ['CREATE INDEX ON contact (slot)', ...make]) await client.query(statement);
  await client.query('VACUUM (ANALYZE) contact');
}

async function eachList(client: pg.Client, lists: readonly CountedList[], indexes: string): Promise<BySql[]> {
  const found: BySql[] = [];
  for (const { name, sql, values } of lists) {
    const where = numbered(sql, values);
    const count = { name: `count ${indexes} ${name}`, text: `SELECT count(*)::int AS count FROM contact WHERE ${where.text}`, values: where.values };
    const page = {
      name: `page ${indexes} ${name}`, values: where.values,
      text: `SELECT slot, ref, first_name, last_name, language, birth_year, occupation, interests, email, email_since FROM contact WHERE ${where.text} ORDER BY slot LIMIT 100`,
    };
    const { rows: [row] } = await client.query<{ count: number }>(count);
    found.push({ name, count: row?.count ?? -1, indexes, ms: await timed(() => client.query(count)), pageMs: await timed(() => client.query(page)) });
  }
  return found;
}

async function byOrm(url: string, lists: readonly CountedList[]): Promise<ByOrm> {
  const orm = await openLists(url, SCHEMA);
  try {
    const countMs: number[] = [];
    const pageMs: number[] = [];
    for (const { sql, values } of lists) {
      countMs.push(...(await timed(() => countByOrm(orm, sql, values))));
      pageMs.push(...(await timed(() => firstPageByOrm(orm, sql, values))));
    }
    return { countMs, pageMs };
  } finally {
    await orm.destroy();
  }
}

/** The first run is for warming up. */
async function timed(work: () => Promise<unknown>): Promise<number[]> {
  const ms: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const started = performance.now();
    await work();
    if (run > 0) ms.push(performance.now() - started);
  }
  return ms;
}

function inDatabaseOf(adminUrl: string, databaseUrl: string): string {
  const address = new URL(adminUrl);
  address.pathname = new URL(databaseUrl).pathname;
  return address.href;
}
