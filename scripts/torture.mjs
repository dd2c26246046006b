// `npm run torture`: the pair under load while its parts are killed, cut off and silenced, and every promise checked.
import { spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { commandLine } from './lib/arguments.mjs';
import { buildIfNeeded } from './lib/build.mjs';
import { eraseData } from './lib/data.mjs';
import { aloneInClone, installIfNeeded } from './lib/install.mjs';
import { writeJson } from './lib/json-file.mjs';
import { PROJECT } from './lib/paths.mjs';
import { Told, assertNode, main, say, step } from './lib/say.mjs';
import { ensureServices } from './lib/services.mjs';
import { openSession } from './lib/session.mjs';
import { Client } from './torture/client.mjs';
import { FAULT_NAMES } from './torture/faults.mjs';
import { seeded } from './torture/random.mjs';
import { playRound } from './torture/round.mjs';
import { Stage } from './torture/stage.mjs';
import { Watcher } from './torture/watcher.mjs';

const help = `npm run torture [-- --seed N] [--minutes M | --rounds N] [--customers C] [--faults NAME,…] [--json FILE]

Starts PostgreSQL, RabbitMQ and both services (profile "torture", data thrown away at the next run) and plays rounds: in each, C customers
(500) are created and changed over REST while parts are killed or cut off in the middle; then everything must come to rest, marketing
must equal the opted-in customers field by field, nothing acknowledged may be lost, nobody may ever have been listed against an
acknowledged withdrawal, and nothing personal of the erased may be found in tables, queues, logs or on the broker's disk.

  --seed N       repeats the same people, changes and faults (default: a new one, printed)
  --minutes M    plays rounds until M minutes are over
  --rounds N     plays N rounds, with seeds N, N+1, … (default 20)
  --faults       only these, of: ${FAULT_NAMES.join(', ')}
  --json FILE    writes the figures`;

/** Short, so that an outage of a few seconds already has to close the lists. */
const FRESHNESS_LIMIT_SECONDS = 8;
const SCOPES = 'customers:read,customers:write,consents:write,wordings:read,wordings:write,erasures:read,erasures:write,audience:query,freshness:read';

const number = (text, name) => {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Told(`--${name} takes a number, not "${text}".`);
  return value;
};

const percentile = (values, part) => [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(values.length * part) - 1)] ?? 0;

async function prepare(stage) {
  for (const name of ['register', 'marketing']) await stage.run(name, `dist/apps/${name}/src/database/migrate.js`, ['up']);
  const program = { id: 'torture', secret: randomBytes(24).toString('base64url') };
  await stage.run('register', 'dist/apps/register/src/cli.js', ['program:create', '--id', program.id, '--scopes', SCOPES, '--secret-stdin'], program.secret);
  for (const name of ['register', 'marketing']) stage.start(name);
  await Promise.all(['register', 'marketing'].map((name) => stage.ready(name)));
  const register = new Client(stage.registerUrl, program);
  const { sha256 } = await register.write({ method: 'PUT', path: '/v1/wordings/newsletter/1/fi', body: { purpose: 'marketing', text: 'Haluan uutiskirjeen.' } });
  return { register, marketing: new Client(stage.marketingUrl, program, stage.registerUrl), wording: { id: 'newsletter', version: 1, language: 'fi', sha256 } };
}

/** Connections for the checks, made anew when PostgreSQL was killed under them. */
async function openSides(environment) {
  const { default: pg } = await import('pg');
  const pool = (url) => {
    const made = new pg.Pool({ connectionString: url, max: 1, application_name: 'lupa-torture' });
    made.on('error', () => undefined);
    return made;
  };
  const sides = { register: pool(environment.REGISTER_DATABASE_URL), marketing: pool(environment.MARKETING_DATABASE_URL) };
  return { sides: () => sides, close: () => Promise.all(Object.values(sides).map((side) => side.end())) };
}

async function playAll(context, { seed, rounds, minutes, customers }) {
  const ends = minutes === undefined ? Infinity : Date.now() + minutes * 60_000;
  const played = [];
  for (let round = 0; round < rounds && Date.now() < ends; round += 1) {
    const begun = Date.now();
    const outcome = await playRound(context, { seed: seed + round, random: seeded(seed + round), count: customers });
    played.push(outcome);
    const seconds = (ms) => (ms / 1000).toFixed(1);
    step(`round ${round + 1}, seed ${seed + round}: ${outcome.faults.join(', ')}; ${outcome.changes} changes, ${outcome.optedIn} opted in = ${outcome.contacts} contacts; `
      + `recovered in ${seconds(outcome.recoveryMs)} s, at rest after ${seconds(outcome.restMs)} s more (${seconds(Date.now() - begun)} s in all)${outcome.problems.length > 0 ? '  FAILED' : ''}`);
    for (const problem of outcome.problems.slice(0, 20)) say(`    ${problem}`);
    if (outcome.problems.length > 0) break;
  }
  return played;
}

await main(async () => {
  assertNode();
  const string = { type: 'string' };
  const { paths, values } = commandLine({ help, profile: 'torture', options: { seed: string, minutes: string, rounds: string, customers: string, faults: string, json: string } });
  const seed = values.seed === undefined ? randomInt(1_000_000_000) : number(values.seed, 'seed');
  const minutes = values.minutes === undefined ? undefined : number(values.minutes, 'minutes');
  const rounds = values.rounds === undefined ? (minutes === undefined ? 20 : Infinity) : number(values.rounds, 'rounds');
  const only = values.faults?.split(',');
  const unknown = only?.find((name) => !FAULT_NAMES.includes(name));
  if (unknown) throw new Told(`There is no fault "${unknown}". There are: ${FAULT_NAMES.join(', ')}.`);
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
    stage = new Stage(paths, { ...environment, FRESHNESS_LIMIT_SECONDS: String(FRESHNESS_LIMIT_SECONDS) });
    const { register, marketing, wording } = await prepare(stage);
    const { sides, close } = await openSides(environment);
    const verify = await import('#test/support/verify.js');
    const people = [];
    const markers = new Map();
    const byMarker = (marker) => {
      for (let index = markers.size; index < people.length; index += 1) markers.set(people[index].marker, people[index]);
      return markers.get(marker);
    };
    const watcher = new Watcher(marketing, byMarker, FRESHNESS_LIMIT_SECONDS * 1000, seeded(seed).fork('watcher'));
    watcher.start();
    const begun = Date.now();
    const played = await playAll({ stage, register, marketing, people, wording, verify, sides, watcher, only }, { seed, rounds, minutes, customers: number(values.customers ?? 500, 'customers') });
    await watcher.stop();
    await close();
    return report(values, { seed, minutes: (Date.now() - begun) / 60_000, played, watcher, register, people });
  } finally {
    await session.end();
  }
});

function report({ json, customers, faults }, { seed, minutes, played, watcher, register, people }) {
  const sum = (pick) => played.reduce((total, round) => total + pick(round), 0);
  const failed = played.filter(({ problems }) => problems.length > 0);
  const figures = {
    seed,
    commit: spawnSync('git', ['rev-parse', 'HEAD'], { cwd: PROJECT, encoding: 'utf8' }).stdout?.trim() || null,
    minutes: Number(minutes.toFixed(2)),
    faults: sum(({ faults }) => faults.length),
    changes: sum(({ changes }) => changes),
    lost: sum(({ lost }) => lost),
    wrongPersons: sum(({ wrong }) => wrong),
    staleListsServed: sum(({ problems }) => problems.filter((problem) => /was (listed|served)/.test(problem)).length),
    recoveryP99Ms: percentile(played.map(({ recoveryMs }) => recoveryMs), 0.99),
    silenceMaxMs: watcher.silenceMaxMs,
    rounds: played.length,
    erased: people.filter(({ isErased }) => isErased).length,
    personalDataFound: sum(({ markers }) => markers),
    listsRead: watcher.lists,
    listsRefused: watcher.refusals,
    requestsRepeated: register.retries,
    errors500: register.errors500 ?? 0,
  };
  say();
  for (const [name, value] of Object.entries(figures)) say(`  ${name.padEnd(18)} ${value}`);
  if (json) writeJson(json, figures, 0o644);
  if (failed.length === 0) return 0;
  say();
  const others = [customers && `--customers ${customers}`, faults && `--faults ${faults}`].filter(Boolean).map((option) => ` ${option}`).join('');
  say(`FAILED. Repeat it with: npm run torture -- --seed ${seed} --rounds ${played.length}${others}`);
  return 1;
}
