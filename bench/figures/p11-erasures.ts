import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { run } from '../support/child.js';
import { withClient } from '../support/databases.js';
import { type Bench, type Figure, row } from '../support/figure.js';
import { populate } from '../support/kept-population.js';
import { LupaClient, REGISTER_CLI, startMarketing, startRegister } from '../support/lupa.js';
import { postmasterOf, processorTime, processorTimeOfFamily } from '../support/processor-time.js';
import { erasureLogDatabase, marketingDatabase, registerDatabase } from '../support/programs.js';
import { significant } from '../support/statistics.js';
import { until } from '../support/until.js';

/** As many as an erasure of a whole shop is promised for; more tell nothing new. */
const MOST = 100_000;
const PATIENCE_MS_EACH = 20;

/** How many people a second are erased by the operator's command, from its start until marketing's signed answer for the last one is here. */
export const massErasureFigure: Figure = {
  ids: ['P11'],
  title: 'erasing everybody',
  async measure(bench) {
    const people = Math.min(Math.max(bench.size, 1_000), MOST);
    await populate(bench, people, (fraction, note) => { bench.progress(fraction * 0.6, note); });
    const { seconds, erased, cost } = await eraseAll(bench, people);
    const perSecond = people / seconds;
    bench.remark(`P11: ${people.toLocaleString('en')} people, gone from the register after ${significant(erased)} s, all answered after ${significant(seconds)} s; processor time of one: `
      + `command ${cost.command} + register ${cost.register} + marketing ${cost.marketing} + PostgreSQL ${cost.postgres} µs`);
    return [row({ id: 'P11', what: 'people erased, asked → each answered by marketing', lupa: perSecond, unit: '/s' }, '≥ 1,000/s', ({ lupa }) => lupa >= 1_000)];
  },
};

interface Erased {
  /** From the start of the command until the last answer, and until the command ended. */
  readonly seconds: number;
  readonly erased: number;
  /** Microseconds of processor time for one person. */
  readonly cost: Readonly<Record<'command' | 'register' | 'marketing' | 'postgres', number>>;
}

async function eraseAll(bench: Bench, people: number): Promise<Erased> {
  const register = await startRegister(bench.environment);
  const marketing = await startMarketing(bench.environment);
  const folder = mkdtempSync(join(tmpdir(), 'lupa-erasures-'));
  try {
    const client = await LupaClient.introduce(bench.environment);
    await until('marketing’s lists are open', () => client.listsAreOpen());
    return await withClient(registerDatabase(bench), async (database) => {
      const file = join(folder, 'everybody.csv');
      const { rows } = await database.query<{ id: string }>('SELECT id FROM customer');
      writeFileSync(file, rows.map(({ id }) => `${id}\n`).join(''));
      const postmaster = (await postmasterOf(database)) ?? 0;
      const used = () => ({
        bench: processorTime(process.pid) ?? Number.NaN, family: processorTimeOfFamily(process.pid) ?? Number.NaN,
        register: processorTime(register.pid) ?? Number.NaN, marketing: processorTime(marketing.pid) ?? Number.NaN, postgres: processorTimeOfFamily(postmaster) ?? Number.NaN,
      });
      const before = used();
      const started = performance.now();
      const since = (): number => (performance.now() - started) / 1_000;
      bench.progress(0.7, `erasing ${people.toLocaleString('en')} people`);
      await run(process.execPath, [REGISTER_CLI, 'erasures:run', '--file', file, '--ground', 'relationship-ended'], bench.environment);
      const erased = since();
      await until('marketing has answered for everybody', () => nothingPending(database), 60_000 + people * PATIENCE_MS_EACH);
      const seconds = since();
      const after = used();
      const each = (part: keyof typeof before): number => Math.round(((after[part] - before[part]) * 1_000) / people);
      await assertErased(bench, people);
      // The command was a child of the bench as the services are, and has ended.
      return { seconds, erased, cost: { command: each('family') - each('bench') - each('register') - each('marketing'), register: each('register'), marketing: each('marketing'), postgres: each('postgres') } };
    });
  } finally {
    rmSync(folder, { recursive: true });
    await Promise.all([register.stop(), marketing.stop()]);
  }
}

/** Cheap to ask: counting a hundred thousand cases again and again would be a load of its own. */
async function nothingPending(register: pg.Client): Promise<boolean> {
  const { rows: [left] } = await register.query<{ any: boolean }>('SELECT EXISTS (SELECT FROM sync_pending) AS any');
  return left?.any === false;
}

async function assertErased(bench: Bench, people: number): Promise<void> {
  const expect = async (what: string, url: string, statement: string, wanted: number): Promise<void> => {
    const { rows: [found] } = await withClient(url, (database) => database.query<{ n: number }>(statement));
    if (found?.n !== wanted) throw new Error(`${what}: ${found?.n ?? 0} in place of ${wanted}`);
  };
  await expect('customers left', registerDatabase(bench), 'SELECT count(*)::int AS n FROM customer', 0);
  await expect('contacts left', marketingDatabase(bench), 'SELECT count(*)::int AS n FROM contact', 0);
  await expect('persons with a signed answer', registerDatabase(bench), 'SELECT count(DISTINCT ref)::int AS n FROM erasure_case WHERE statement IS NOT NULL', people);
  await expect('entries in the log', erasureLogDatabase(bench), 'SELECT count(*)::int AS n FROM erasure', people);
}
