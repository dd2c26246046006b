import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type BySql, countNow, countOnceBySql } from '../limits/count-by-sql.js';
import { type Pumped, whileChanging } from '../support/change-pump.js';
import { noteAtRest } from '../support/child.js';
import { withClient } from '../support/databases.js';
import { type Bench, type Figure, type Row, row } from '../support/figure.js';
import { type CountedList, countedLists, unseenFilter } from '../support/filters.js';
import { load } from '../support/http-load.js';
import { populate } from '../support/kept-population.js';
import { LupaClient, startMarketing, startRegister } from '../support/lupa.js';
import { adminDatabase, marketingDatabase, registerDatabase } from '../support/programs.js';
import { post } from '../support/requests.js';
import { median, percentile, significant } from '../support/statistics.js';
import { until } from '../support/until.js';

/** Requests of each list, one after the other; fewer when they take long. */
const REQUESTS = 200;
const SECONDS_EACH = 5;
const UNSEEN = 60;
const CHANGES_PER_SECOND = 1_000;
const MOVING_SECONDS = 20;
/** While changes are applied somebody asks this often: the others need their share of the same cores. */
const MOVING_PAUSE_MS = 20;
const GOAL_MS = 10;

type Ask = 'count' | 'query';

/** The same for the whole run. */
export const lists = countedLists(new Date());

/** Counts and first pages of lists with five conditions: at rest, while people change, never seen before, and after a restart. */
export const audienceFigure: Figure = {
  ids: ['P5'],
  title: 'live counts',
  async measure(bench) {
    await populate(bench, bench.size, (fraction, note) => { bench.progress(fraction * 0.4, note); });
    const { sql, orm } = await countOnceBySql(bench.size, {
      lists, adminUrl: adminDatabase(bench), databaseUrl: marketingDatabase(bench), told: (fraction, note) => { bench.progress(0.4 + fraction * 0.3, note); },
    });
    const register = await startRegister(bench.environment);
    try {
      bench.progress(0.7, 'marketing starts');
      const { marketing, readySeconds } = await startedAndReady(bench);
      try {
        const client = await LupaClient.introduce(bench.environment);
        await until('marketing’s lists are open', () => client.listsAreOpen());
        noteAtRest(register);
        noteAtRest(marketing);
        bench.progress(0.75, 'lists nobody has asked for');
        const unseen = await unseenLists(client);
        await assertExact(client, lists, sql);
        bench.progress(0.8, 'at rest');
        const rest = { count: await eachList(client, lists, 'count'), query: await eachList(client, lists, 'query') };
        bench.progress(0.85, 'while people change');
        const moving = await whileChanging(bench, CHANGES_PER_SECOND, async () => ({ count: await mixed(client, lists, 'count'), query: await mixed(client, lists, 'query') }));
        await assertExactAgain(bench, client, lists);
        return rows(bench, lists, { sql, orm, rest, moving: moving.value, pumped: moving.pumped, unseen, readySeconds });
      } finally {
        await marketing.stop();
      }
    } finally {
      await register.stop();
    }
  },
};

/** From the start of the process until counts come from the index. */
async function startedAndReady(bench: Bench) {
  const log = join(bench.environment['LUPA_LOG_DIRECTORY'] ?? '.', 'marketing.log');
  const before = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  const started = performance.now();
  const marketing = await startMarketing(bench.environment);
  await until('the index is ready', () => Promise.resolve(readFileSync(log).subarray(before).includes('"audience-index-ready"')), 600_000);
  return { marketing, readySeconds: (performance.now() - started) / 1_000 };
}

const requestOf = (client: LupaClient, ask: Ask, filter: object): Buffer =>
  post(`/v1/audience/${ask}`, { channel: 'email', filter, ...(ask === 'query' && { limit: 100 }) }, { authorization: `Bearer ${client.token}`, 'lupa-purpose': 'marketing' });

async function requests(client: LupaClient, nextRequest: () => Buffer, options: { requests?: number; seconds: number; pauseMs?: number }): Promise<number[]> {
  const result = await load({ url: client.marketing, connections: 1, nextRequest, ...options });
  if (result.refused > 0) throw new Error(`marketing refused ${result.refused} requests, the first with:\n${result.firstRefusal}`);
  return [...result.latencies];
}

/** Milliseconds of every request, list by list; the first five of each are for warming up. */
export async function eachList(client: LupaClient, lists: readonly CountedList[], ask: Ask): Promise<number[][]> {
  const samples: number[][] = [];
  for (const { filter } of lists) {
    const request = requestOf(client, ask, filter);
    samples.push((await requests(client, () => request, { requests: REQUESTS + 5, seconds: SECONDS_EACH })).slice(5));
  }
  return samples;
}

/** The lists in turn, with a pause between. */
function mixed(client: LupaClient, lists: readonly CountedList[], ask: Ask): Promise<number[]> {
  const all = lists.map(({ filter }) => requestOf(client, ask, filter));
  let next = 0;
  return requests(client, () => all[next++ % all.length] ?? Buffer.alloc(0), { seconds: MOVING_SECONDS / 2, pauseMs: MOVING_PAUSE_MS });
}

/** Each list is asked for once; nobody has asked for any of them since the start. */
function unseenLists(client: LupaClient): Promise<number[]> {
  let n = 0;
  return requests(client, () => requestOf(client, 'count', unseenFilter(n++, new Date())), { requests: UNSEEN, seconds: 60 });
}

const countOf = async (client: LupaClient, filter: object): Promise<number | null> =>
  (await client.call<{ count: number | null }>('POST', `${client.marketing}/v1/audience/count`, { channel: 'email', filter })).count;

export async function assertExact(client: LupaClient, lists: readonly CountedList[], sql: readonly Pick<BySql, 'count'>[]): Promise<void> {
  for (const [i, { name, filter }] of lists.entries()) {
    const count = await countOf(client, filter);
    if (count !== sql[i]?.count) throw new Error(`the list "${name}" counts ${count}, by SQL ${sql[i]?.count}`);
  }
}

/** When the changes are through, the counts are those of the table as it is now. */
async function assertExactAgain(bench: Bench, client: LupaClient, lists: readonly CountedList[]): Promise<void> {
  await withClient(registerDatabase(bench), (database) => until('all changes are answered', async () => {
    const { rows: [left] } = await database.query<{ any: boolean }>('SELECT EXISTS (SELECT FROM sync_pending) AS any');
    return left?.any === false;
  }, 120_000));
  await assertExact(client, lists, await countNow(marketingDatabase(bench), lists));
}

interface Measured {
  readonly sql: readonly BySql[];
  readonly orm: { readonly countMs: readonly number[]; readonly pageMs: readonly number[] };
  readonly rest: Record<Ask, number[][]>;
  readonly moving: Record<Ask, number[]>;
  readonly pumped: Pumped;
  readonly unseen: readonly number[];
  readonly readySeconds: number;
}

function rows(bench: Bench, lists: readonly CountedList[], { sql, orm, rest, moving, pumped, unseen, readySeconds }: Measured): Row[] {
  const ms = (value: number): number => significant(value);
  for (const [i, { name }] of lists.entries()) {
    const own = rest.count[i] ?? [];
    bench.remark(`P5 ${name}: ${sql[i]?.count.toLocaleString('en')} people; count ${ms(median(own))} ms (p95 ${ms(percentile(own, 0.95))}), SQL ${ms(median(sql[i]?.ms ?? []))} ms by ${sql[i]?.indexes}; `
      + `page ${ms(median(rest.query[i] ?? []))} ms, SQL ${ms(median(sql[i]?.pageMs ?? []))} ms`);
  }
  bench.remark(`P5: ${Math.round(pumped.committed)} changes/s committed, ${Math.round(pumped.applied)}/s applied and answered in ${significant(pumped.versions)} versions/s, ${pumped.left} under way at the end`);
  const counts = rest.count.flat();
  const pages = rest.query.flat();
  const sqlCounts = sql.flatMap((list) => list.ms);
  const sqlPages = sql.flatMap((list) => list.pageMs);
  const unit = 'ms';
  const figure = (id: string, what: string, samples: readonly number[], share: number, by: readonly number[], orms: readonly number[], isGoal = false): Row => {
    const measured = { id, what, lupa: percentile(samples, share), limit: percentile(by, share), baseline: percentile(orms, share), unit };
    return isGoal ? row(measured, `≤ ${GOAL_MS} ms`, ({ lupa }) => lupa <= GOAL_MS) : row(measured);
  };
  return [
    figure('P5', 'exact count of a list with five conditions, median', counts, 0.5, sqlCounts, orm.countMs, true),
    figure('P5-p95', 'the same, 95th percentile', counts, 0.95, sqlCounts, orm.countMs, true),
    figure('P5-p99', 'the same, 99th percentile', counts, 0.99, sqlCounts, orm.countMs),
    figure('P5-page', 'first page of such a list, median', pages, 0.5, sqlPages, orm.pageMs, true),
    figure('P5-page-p95', 'the same, 95th percentile', pages, 0.95, sqlPages, orm.pageMs, true),
    figure('P5-page-p99', 'the same, 99th percentile', pages, 0.99, sqlPages, orm.pageMs),
    row({ id: 'P5-moving', what: 'count while people change, median', lupa: percentile(moving.count, 0.5), unit }),
    row({ id: 'P5-moving-p95', what: 'the same, 95th percentile', lupa: percentile(moving.count, 0.95), unit }, `≤ ${GOAL_MS} ms`, ({ lupa }) => lupa <= GOAL_MS),
    row({ id: 'P5-moving-p99', what: 'the same, 99th percentile', lupa: percentile(moving.count, 0.99), unit }),
    row({ id: 'P5-moving-page-p95', what: 'first page while people change, 95th percentile', lupa: percentile(moving.query, 0.95), unit }, `≤ ${GOAL_MS} ms`, ({ lupa }) => lupa <= GOAL_MS),
    row({ id: 'P5-changes', what: 'changes applied meanwhile', lupa: pumped.applied, unit: '/s' }, `≥ ${CHANGES_PER_SECOND.toLocaleString('en')}/s`, ({ lupa }) => lupa >= 0.98 * CHANGES_PER_SECOND),
    row({ id: 'P5-unseen', what: 'count of a list nobody has asked for, median', lupa: percentile(unseen, 0.5), unit }),
    row({ id: 'P5-unseen-p95', what: 'the same, 95th percentile', lupa: percentile(unseen, 0.95), unit }),
    row({ id: 'P5-restart', what: 'from the start of marketing until counts come from the index', lupa: readySeconds, unit: 's' }, '≤ 10 s', ({ lupa }) => lupa <= 10),
  ];
}
