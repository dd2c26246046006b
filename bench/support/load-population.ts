import type pg from 'pg';
import { run } from './child.js';
import { withClient } from './databases.js';
import type { Bench } from './figure.js';
import { LupaClient, REGISTER_CLI, startMarketing, startRegister } from './lupa.js';
import { COUNT_AT_REGISTER, COUNT_IN_MARKETING, INSERT_PEOPLE, LISTS } from './population.sql.js';
import { vocabulary } from './population.js';
import { postmasterOf, processorTime, processorTimeOfFamily } from './processor-time.js';
import { marketingDatabase, registerDatabase } from './programs.js';
import { until } from './until.js';

/** People inserted in one statement. */
const PART = 50_000;
/** Time that the whole way of one person may take at worst: ten times slower than expected. */
const PATIENCE_MS_EACH = 3;

/** How long it took to bring `people` from a register that marketing knew nothing of into marketing. */
export interface Loaded {
  readonly people: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Processor time that one of them cost, in microseconds; the broker's is not known. */
  readonly cost: Readonly<Record<'register' | 'marketing' | 'postgres', number>>;
}

/**
 * Fills the empty register with people who have opted in, then lets it tell marketing everything: mark, message, pull, store, answer, as in production.
 * Both databases come out vacuumed. @throws Error when marketing does not hold exactly as many by each channel
 */
export async function loadPopulation(bench: Bench, people: number, progress: Bench['progress']): Promise<Loaded> {
  const register = await startRegister(bench.environment);
  const marketing = await startMarketing(bench.environment);
  try {
    const client = await LupaClient.introduce(bench.environment);
    // Before anybody is there: the register tells a marketing it meets for the first time everything by itself.
    await until('marketing’s lists are open', () => client.listsAreOpen());
    await withClient(registerDatabase(bench), (database) => insertPeople(database, people, (done) => { progress((0.2 * done) / people, `writing ${count(people)} customers`); }));
    const postmaster = await withClient(registerDatabase(bench), postmasterOf);
    const used = () => ({
      register: processorTime(register.pid) ?? Number.NaN, marketing: processorTime(marketing.pid) ?? Number.NaN, postgres: processorTimeOfFamily(postmaster ?? 0) ?? Number.NaN,
    });
    const before = used();
    const told = await withClient(marketingDatabase(bench), (lists) => tellEverything(bench, lists, people, progress));
    const after = used();
    const each = (part: keyof typeof before): number => ((after[part] - before[part]) * 1_000) / people;
    const loaded = { ...told, cost: { register: each('register'), marketing: each('marketing'), postgres: each('postgres') } };
    await until('marketing’s lists are open', () => client.listsAreOpen());
    await assertEqual(bench);
    return loaded;
  } finally {
    await Promise.all([register.stop(), marketing.stop()]);
    await vacuum(bench);
  }
}

async function insertPeople(register: pg.Client, people: number, told: (done: number) => void): Promise<void> {
  const words = vocabulary();
  const lists = LISTS.map((name) => words[name]);
  await register.query('SET synchronous_commit = off');
  // The same people in every run, references aside.
  await register.query('SELECT setseed(0.25)');
  for (let done = 0; done < people; done += PART) {
    await register.query(INSERT_PEOPLE, [done + 1, Math.min(done + PART, people), ...lists]);
    told(Math.min(done + PART, people));
  }
  await register.query('VACUUM (ANALYZE)');
}

/** From the operator's command until marketing has answered for the last one. */
async function tellEverything(bench: Bench, lists: pg.Client, people: number, progress: Bench['progress']): Promise<Omit<Loaded, 'cost'>> {
  const started = performance.now();
  const marking = run(process.execPath, [REGISTER_CLI, 'resync'], bench.environment);
  let marked = false;
  const outcome = Promise.allSettled([marking]).then(([result]) => { marked = true; return result; });
  await withClient(registerDatabase(bench), (register) => until('marketing holds everybody', async () => {
    const { rows: [far] } = await lists.query<{ slots: number }>('SELECT (CASE WHEN is_called THEN last_value ELSE 0 END)::int AS slots FROM contact_slot');
    const perSecond = Math.round((far?.slots ?? 0) / ((performance.now() - started) / 1_000));
    progress(0.2 + (0.8 * (far?.slots ?? 0)) / people, `marketing takes in ${count(people)}, ${count(perSecond)}/s`);
    // Whoever looks for the last pending row too early reads all those that are gone.
    if (!marked || (far?.slots ?? 0) < people) return false;
    const { rows: [left] } = await register.query<{ any: boolean }>('SELECT EXISTS (SELECT FROM sync_pending) AS any');
    return left?.any === false;
  }, 60_000 + people * PATIENCE_MS_EACH));
  const result = await outcome;
  if (result.status === 'rejected') throw result.reason;
  const seconds = (performance.now() - started) / 1_000;
  return { people, seconds, perSecond: people / seconds };
}

async function assertEqual(bench: Bench): Promise<void> {
  const told = await withClient(registerDatabase(bench), (client) => client.query<Record<string, number>>(COUNT_AT_REGISTER));
  const held = await withClient(marketingDatabase(bench), (client) => client.query<Record<string, number>>(COUNT_IN_MARKETING));
  const [wanted, found] = [JSON.stringify(told.rows[0]), JSON.stringify(held.rows[0])];
  if (wanted !== found) throw new Error(`marketing holds ${found}, the register has ${wanted}`);
}

/** As autovacuum leaves it after a while; without this the first queries would pay for the load. */
async function vacuum(bench: Bench): Promise<void> {
  for (const url of [registerDatabase(bench), marketingDatabase(bench)]) await withClient(url, (client) => client.query('VACUUM (ANALYZE)'));
}

const count = (n: number): string => n.toLocaleString('en');
