// One round: a load, faults in the middle of it, then rest, and every check.
import { until } from '../lib/processes.mjs';
import { findInFiles, findInQueues, findInTables, findLost } from './checks.mjs';
import { plan, strike } from './faults.mjs';
import { runLoad } from './load.mjs';

const REST_MS = 90_000;
const RECOVERY_MS = 60_000;

/** Resolves to milliseconds from now until marketing shows lists that take everything up to now into account. */
async function recovery(client) {
  const from = Date.now();
  const isBack = async () => {
    const { status, body } = await client.once('GET', '/v1/freshness');
    return status === 200 && body.fresh && Date.parse(body.asOf) >= from;
  };
  const back = await until(() => isBack().catch(() => false), RECOVERY_MS, 50);
  return back ? Date.now() - from : Infinity;
}

async function atRest(verify, sides) {
  const tried = async () => verify.isAtRest(await verify.readUnrest(sides()));
  return until(() => tried().catch(() => false), REST_MS, 100);
}

/**
 * Plays one round with `count` new customers. `context`: { stage, register, marketing (clients), people, wording, verify, sides, watcher, only }.
 * Returns { faults, changes, lost, wrong, markers, recoveryMs, restMs, problems }, problems as sentences without personal data.
 */
export async function playRound(context, { seed, random, count }) {
  const { stage, register, marketing, people, wording, verify, sides, watcher, only } = context;
  const faults = plan(random.fork('faults'), only);
  const problems = [];
  let progress = 0;
  let loading = true;
  const load = runLoad({ client: register, people, count, seed, random: random.fork('load'), wording, onProgress: (done) => { progress = done; } })
    .finally(() => { loading = false; });
  const trouble = (async () => {
    for (const { name, at } of faults) {
      await until(() => progress >= at || !loading, 120_000, 5);
      await strike(name, stage, random.fork(`${name} ${at}`));
    }
    return recovery(marketing);
  })();
  const [changes, recoveryMs] = await Promise.all([load, trouble]);
  if (recoveryMs === Infinity) problems.push(`lists did not open within ${RECOVERY_MS / 1000} s of the last fault`);
  const begun = Date.now();
  if (!(await atRest(verify, sides))) problems.push(`not at rest after ${REST_MS / 1000} s: ${JSON.stringify(await verify.readUnrest(sides()))}`);
  const restMs = Date.now() - begun;

  const verdict = await verify.compareSides(sides());
  const wrong = verdict.missing.length + verdict.extra.length + verdict.differing.length + verdict.tombstonesWithData + verdict.forgotten.length;
  if (wrong > 0) problems.push(`marketing differs: ${JSON.stringify(verdict)}`);
  const lost = await findLost(sides().register, people);
  for (const { id, fields } of lost) problems.push(`the register lost of ${id}: ${fields.join(', ')}`);
  const markers = await searchMarkers(context);
  for (const { where, count: hits } of markers) problems.push(`personal data in ${where} (${hits})`);
  problems.push(...watcher.violations.splice(0));
  const fallen = stage.fallen();
  if (fallen.length > 0) problems.push(`${fallen.join(' and ')} ended without being killed`);
  return { faults: faults.map(({ name }) => name), changes, lost: lost.length, wrong, markers: markers.length, recoveryMs, restMs, problems, ...pickCounts(verdict) };
}

const pickCounts = ({ optedIn, contacts }) => ({ optedIn, contacts });

async function searchMarkers({ stage, people, sides }) {
  const erased = new Set(people.filter(({ isErased }) => isErased).map(({ marker }) => marker));
  const { LUPA_LOG_DIRECTORY: logs, LUPA_DATA_DIRECTORY: data } = stage.environment;
  return [
    ...(await findInTables(sides().register, 'register', erased)),
    ...(await findInTables(sides().marketing, 'marketing', erased)),
    ...(await findInQueues(stage)),
    ...(await findInFiles([logs, `${data}/rabbitmq`])),
  ];
}
