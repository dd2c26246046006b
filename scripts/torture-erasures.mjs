// `npm run torture:erasures`: many are erased while the command and both services are killed, and every one is counted.
import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine } from './lib/arguments.mjs';
import { buildIfNeeded } from './lib/build.mjs';
import { eraseData } from './lib/data.mjs';
import { aloneInClone, installIfNeeded } from './lib/install.mjs';
import { writeJson } from './lib/json-file.mjs';
import { inProject } from './lib/paths.mjs';
import { until } from './lib/processes.mjs';
import { Told, assertNode, main, say, step } from './lib/say.mjs';
import { ensureServices } from './lib/services.mjs';
import { openSession } from './lib/session.mjs';
import { VICTIMS, eraseWhileKilling, everyMs } from './torture/erasing.mjs';
import { seeded } from './torture/random.mjs';
import { Stage } from './torture/stage.mjs';

const help = `npm run torture:erasures [-- --people N] [--kills K] [--seed N] [--json FILE]

Starts PostgreSQL, RabbitMQ and both services (profile "torture", data thrown away at the next run), brings N people into both, and erases
all of them by erasures:run, while the command, the register and marketing are each killed (kill -9) K times in the middle and started again. Then
every one must be gone on both sides, answered by a statement that marketing signed, and once in the log of erasures.

  --people N     how many (100000)
  --kills K      times each of the three is killed (3; 0 measures undisturbed)
  --seed N       repeats the moments (default: a new one, printed)
  --json FILE    writes the figures`;

const PART = 50_000;
/** Longer than the register waits before it looks after what was cut short. */
const PATIENCE_MS = 120_000;
const EACH_MS = 20;

const number = (text, name, least = 0) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new Told(`--${name} takes a whole number from ${least}, not "${text}".`);
  return value;
};
const numbered = (count) => count.toLocaleString('en');

/** Connections for looking on and counting. */
async function openStores(environment) {
  const { default: pg } = await import('pg');
  const urls = { register: environment.REGISTER_DATABASE_URL, log: environment.REGISTER_ERASURE_LOG_URL, marketing: environment.MARKETING_DATABASE_URL };
  const stores = Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, new pg.Pool({ connectionString: url, max: 1, application_name: 'lupa-torture' })]));
  return { ...stores, close: () => Promise.all(Object.keys(urls).map((name) => stores[name].end())) };
}

/** Brings people into the register by SQL, and into marketing as the operator would. */
async function populate(stage, stores, people) {
  const [{ INSERT_PEOPLE, LISTS }, { vocabulary }] = [await import(inProject('dist/bench/support/population.sql.js')), await import(inProject('dist/bench/support/population.js'))];
  const words = vocabulary();
  // First the services, which note their keys: they start on nobody else's database, and the addresses of these people are under none.
  for (const name of ['register', 'marketing']) stage.start(name);
  await Promise.all(['register', 'marketing'].map((name) => stage.ready(name)));
  for (let done = 0; done < people; done += PART) await stores.register.query(INSERT_PEOPLE, [done + 1, Math.min(done + PART, people), ...LISTS.map((name) => words[name])]);
  await stage.run('register', 'dist/apps/register/src/cli.js', ['resync']);
  const held = async () => (await stores.marketing.query('SELECT count(*)::int AS n FROM contact')).rows[0].n;
  const pending = async () => (await stores.register.query('SELECT EXISTS (SELECT FROM sync_pending) AS any')).rows[0].any;
  if (!(await until(async () => (await held()) === people && !(await pending()), PATIENCE_MS + people * EACH_MS, 200))) throw new Told(`Marketing holds ${await held()} people in place of ${people}.`);
}

async function torture(stage, stores, { people, kills, seed }) {
  const { countErased, everybody, findErasureFaults } = await import('#test/support/erased.js');
  const all = await everybody(stores.register);
  // Not among the logs: those are searched for whom was erased.
  const folder = mkdtempSync(join(tmpdir(), 'lupa-erasures-'));
  const file = join(folder, 'everybody.csv');
  writeFileSync(file, `customerId\n${[...all.keys()].join('\n')}\n`);
  const count = () => countErased(stores);
  const patience = PATIENCE_MS + people * EACH_MS;

  const begun = Date.now();
  const { struck, watched, giveUp } = await eraseWhileKilling({ stage, file, people, count, random: seeded(seed), kills });
  const erasedMs = Date.now() - begun;
  rmSync(folder, { recursive: true });
  step(`erased in ${(erasedMs / 1000).toFixed(1)} s`);
  await until(async () => (await count()).answered >= people, patience, everyMs(people));
  const answeredMs = Date.now() - begun;
  giveUp();
  await watched;
  // The register marks what a killed command could not.
  await until(async () => (await count()).carriedOut >= people, PATIENCE_MS, 500);
  await stage.ready('marketing');
  const keys = await (await fetch(`${stage.marketingUrl}/.well-known/lupa-statement-keys.json`)).json();
  const faults = await findErasureFaults(stores, all, keys);
  const { cases, answered, closed, logged, carriedOut } = await count();
  if (carriedOut !== people) faults.push(`known in the log as carried out: ${carriedOut} in place of ${people}`);
  const fallen = stage.fallen();
  if (fallen.length > 0) faults.push(`${fallen.join(' and ')} ended without being killed`);
  // Of few people the last ones are done before the next look.
  for (const victim of VICTIMS) if (kills > 0 && struck[victim] === 0) faults.push(`${victim} was never killed`);
  return { seed, people, erased: cases, answered, closed, logged, killed: struck, erasedMs, answeredMs, perSecond: Math.round(people / (answeredMs / 1000)), faults };
}

await main(async () => {
  assertNode();
  const string = { type: 'string' };
  const { paths, values } = commandLine({ help, profile: 'torture', options: { people: string, kills: string, seed: string, json: string } });
  const seed = values.seed === undefined ? randomInt(1_000_000_000) : number(values.seed, 'seed');
  const people = number(values.people ?? 100_000, 'people', 1);
  const kills = number(values.kills ?? 3, 'kills');
  say(`Seed ${seed}`);
  let stage;
  const session = await openSession(paths, { farewell: 'Stopping…', exitCode: 130, shutdown: async () => stage?.stop() });
  try {
    await aloneInClone(async () => {
      await installIfNeeded();
      await buildIfNeeded();
    });
    await eraseData(paths);
    mkdirSync(paths.logs, { recursive: true });
    const environment = await ensureServices(paths, { keeper: 'launcher' });
    stage = new Stage(paths, environment);
    for (const name of ['register', 'marketing']) await stage.run(name, `dist/apps/${name}/src/database/migrate.js`, ['up']);
    const stores = await openStores(environment);
    await populate(stage, stores, people);
    step(`${numbered(people)} people in register and marketing`);
    const figures = await torture(stage, stores, { people, kills, seed });
    await stores.close();
    if (values.json) writeJson(values.json, figures, 0o644);
    return verdict(figures);
  } finally {
    await session.end();
  }
});

function verdict({ seed, people, answered, logged, closed, killed, perSecond, faults }) {
  const times = VICTIMS.map((victim) => `${victim} ${killed[victim]}`).join(', ');
  say(`${numbered(answered)} of ${numbered(people)} answered, ${numbered(logged)} in the log, ${numbered(perSecond)} a second from the first command to the last answer; killed: ${times}`);
  say(`${numbered(closed)} cases closed with a certificate so far`);
  for (const fault of faults) say(`    ${fault}`);
  if (faults.length === 0) {
    say('Every one answered, none twice.');
    return 0;
  }
  say(`FAILED. Repeat the moments with --seed ${seed}`);
  return 1;
}
