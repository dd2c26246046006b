import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { QUEUES } from '#messaging/topology.js';
import { exportByOrm, openLists } from '../baseline/lists/lists-by-orm.js';
import { copySeconds } from '../limits/copy-out.js';
import { countOnceBySql } from '../limits/count-by-sql.js';
import { withClient } from '../support/databases.js';
import { download } from '../support/export-client.js';
import { type Bench, type Figure, type Row, row } from '../support/figure.js';
import { growthSvg, short } from '../support/growth-svg.js';
import { populate } from '../support/kept-population.js';
import { LupaClient, startMarketing, startRegister } from '../support/lupa.js';
import { OPT_SOME_IN, OPT_SOME_OUT } from '../support/opted-in.sql.js';
import { adminDatabase, marketingDatabase, registerDatabase } from '../support/programs.js';
import { median } from '../support/statistics.js';
import { until } from '../support/until.js';
import { lupaRound } from './p1-create.js';
import { withdrawals } from './p2-withdrawal.js';
import { answeredRate } from './p4-throughput.js';
import { assertExact, eachList, lists } from './p5-audience.js';

/** Where the README looks for the curves; those of a small run are for whoever made it. */
const FOLDER = 'docs/figures';
const FROM_SIZE = 1_000_000;
const CREATE_SECONDS = 4;
const WITHDRAWALS = 60;
const CHANGED = 10_000;
/** More people than this row by row would take longer than everything else together. */
const MOST_BY_ORM = 1_000_000;

interface Value { readonly lupa: number; readonly baseline?: number; readonly limit?: number }

/** What is measured at every size; `more` is better, or less. */
const MEASURED = [
  { id: 'P1', what: 'customers created', unit: '/s', better: 'more', limit: '', baseline: '' },
  { id: 'P2', what: 'withdrawn → gone, median', unit: 'ms', better: 'less', limit: '', baseline: '' },
  { id: 'P4', what: 'opt-outs, end to end', unit: '/s', better: 'more', limit: '', baseline: '' },
  { id: 'P4-in', what: 'opt-ins, end to end', unit: '/s', better: 'more', limit: '', baseline: '' },
  { id: 'P5', what: 'exact count of a list with five conditions, median', unit: 'ms', better: 'less', limit: 'best SQL', baseline: 'ORM' },
  { id: 'P6', what: 'rows exported, streamed', unit: '/s', better: 'more', limit: 'COPY', baseline: 'ORM' },
] as const;
type Id = (typeof MEASURED)[number]['id'];
type AtSize = Readonly<Record<Id, Value>>;

/** The same figures with ten and a hundred times as many people, and the curves. */
export const growthFigure: Figure = {
  ids: ['P9'],
  title: 'growth',
  async measure(bench) {
    const sizes = sizesUpTo(bench.size);
    const found: { size: number; values: AtSize }[] = [];
    for (const [i, size] of sizes.entries()) {
      const progress: Bench['progress'] = (fraction, note) => { bench.progress((i + fraction) / sizes.length, `${short(size)} people: ${note}`); };
      found.push({ size, values: await measureAt({ ...bench, size, progress }) });
    }
    const folder = bench.size >= FROM_SIZE ? FOLDER : join(bench.environment['LUPA_LOG_DIRECTORY'] ?? '.', 'figures');
    mkdirSync(folder, { recursive: true });
    for (const measured of MEASURED) writeFileSync(join(folder, `growth-${measured.id.toLowerCase()}.svg`), pictureOf(measured, found));
    bench.remark(`P9: curves in ${folder}/growth-*.svg`);
    return rows(found);
  },
};

/** A tenth of it, and the size itself; from a million on every power of ten from 100,000. */
function sizesUpTo(size: number): number[] {
  const powers = [100_000, 1_000_000, 10_000_000, 100_000_000].filter((power) => power < size);
  return [...(powers.length > 0 ? powers : [Math.ceil(size / 10)]), size];
}

async function measureAt(bench: Bench): Promise<AtSize> {
  await populate(bench, bench.size, (fraction, note) => { bench.progress(fraction * 0.5, note); });
  const { sql, orm } = await countOnceBySql(bench.size, {
    lists, adminUrl: adminDatabase(bench), databaseUrl: marketingDatabase(bench), told: (fraction, note) => { bench.progress(0.5 + fraction * 0.2, note); },
  });
  const exports = await otherExports(bench);
  const register = await startRegister(bench.environment);
  try {
    const marketing = await startMarketing(bench.environment);
    let values: Omit<AtSize, 'P1'>;
    try {
      const client = await LupaClient.introduce(bench.environment);
      await until('marketing’s lists are open', () => client.listsAreOpen());
      bench.progress(0.75, 'counting');
      await assertExact(client, lists, sql);
      const counts = (await eachList(client, lists, 'count')).flat();
      bench.progress(0.8, 'exporting');
      await download(client);
      const exported = await download(client);
      bench.progress(0.85, 'withdrawing');
      const gone = (await withdrawals({ ...bench, progress: () => undefined }, client, WITHDRAWALS)).map(({ fromAnswer }) => fromAnswer);
      bench.progress(0.9, 'opting out and in');
      const changed = Math.min(CHANGED, bench.size);
      const [out, back] = await withClient(registerDatabase(bench), async (database) => [
        await answeredRate(database, changed, () => database.query(OPT_SOME_OUT, [changed])), await answeredRate(database, changed, () => database.query(OPT_SOME_IN, [changed])),
      ] as const);
      values = {
        P2: { lupa: median(gone) }, P4: { lupa: out }, 'P4-in': { lupa: back },
        P5: { lupa: median(counts), limit: median(sql.flatMap(({ ms }) => ms)), baseline: median(orm.countMs) },
        P6: { lupa: exported.rows / exported.seconds, ...exports },
      };
    } finally {
      await marketing.stop();
    }
    bench.progress(0.95, 'creating customers');
    const client = await LupaClient.introduce(bench.environment);
    await lupaRound(bench, client, 1, [QUEUES.changes]);
    return { ...values, P1: { lupa: (await lupaRound(bench, client, CREATE_SECONDS, [QUEUES.changes])).perSecond } };
  } finally {
    await register.stop();
  }
}

/** Rows per second by COPY and by the ORM, where they are there and not too slow. */
async function otherExports(bench: Bench): Promise<Pick<Value, 'limit' | 'baseline'>> {
  const url = marketingDatabase(bench);
  const { rows: [people] } = await withClient(url, (lists) => lists.query<{ count: number }>('SELECT count(email_since)::int AS count FROM contact'));
  const count = people?.count ?? 0;
  const psql = bench.pgbench?.replace(/pgbench$/, 'psql');
  const limit = psql === undefined ? {} : { limit: count / Math.min(await copySeconds(psql, url, false), await copySeconds(psql, url, false), await copySeconds(psql, url, true)) };
  if (bench.size > MOST_BY_ORM) return limit;
  const lists = await openLists(url, 'public');
  try {
    const started = performance.now();
    const written = await exportByOrm(lists);
    return { ...limit, baseline: written / ((performance.now() - started) / 1_000) };
  } finally {
    await lists.destroy();
  }
}

type Measured = (typeof MEASURED)[number];
type Found = readonly { readonly size: number; readonly values: AtSize }[];

/** How many times worse the last size is than the first. */
const growthOf = (better: Measured['better'], first: number, last: number): number => (better === 'less' ? last / first : first / last);

function rows(found: Found): Row[] {
  const [first, last] = [found[0], found.at(-1)];
  if (!first || !last) return [];
  return MEASURED.flatMap((measured) => {
    const { id, what, unit, better } = measured;
    const each = found.map(({ size, values }) => row({ id: `P9-${id}-${short(size).replace(' ', '')}`, what: `${what}, ${short(size)} people`, unit, lupa: values[id].lupa, baseline: values[id].baseline ?? null, limit: values[id].limit ?? null }));
    const [a, b] = [first.values[id], last.values[id]];
    const limit = a.limit === undefined || b.limit === undefined ? null : growthOf(better, a.limit, b.limit);
    const baseline = a.baseline === undefined || b.baseline === undefined ? null : growthOf(better, a.baseline, b.baseline);
    return [...each, row({ id: `P9-${id}-growth`, what: `${what}: ${short(last.size)} against ${short(first.size)}`, unit: '×', lupa: growthOf(better, a.lupa, b.lupa), baseline, limit }, '≤ 1.5 ×', ({ lupa }) => lupa <= 1.5)];
  });
}

function pictureOf(measured: Measured, found: Found): string {
  const points = (part: keyof Value): (readonly [number, number])[] =>
    found.flatMap(({ size, values }) => { const value = values[measured.id][part]; return value === undefined ? [] : [[size, value] as const]; });
  return growthSvg({
    title: `${measured.id}: ${measured.what}`, subtitle: `${measured.better} is better`, unit: measured.unit,
    curves: [
      { name: 'Lupa', role: 'lupa', points: points('lupa') }, { name: measured.limit, role: 'limit', points: points('limit') },
      { name: measured.baseline, role: 'baseline', points: points('baseline') },
    ],
  });
}
