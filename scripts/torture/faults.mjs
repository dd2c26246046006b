// What goes wrong. Each fault is over when its function resolves; how long it lasts comes from the seed.
import { sleep } from '../lib/processes.mjs';

const QUEUES = ['marketing.removals', 'marketing.changes', 'marketing.watermark', 'register.applied', 'register.rpc'];
const VHOST = '%2F';

const killed = (name, pauseMs) => async (stage, random) => {
  await stage.kill(name);
  await sleep(random.int(pauseMs));
  await stage.revive(name);
};

const FAULTS = {
  'kill-register': { weight: 5, run: killed('register', 1500) },
  'kill-marketing': { weight: 5, run: killed('marketing', 1500) },
  'kill-broker': { weight: 4, run: killed('rabbitmq', 500) },
  'kill-postgres': { weight: 2, run: killed('postgres', 500) },
  'kill-both': { weight: 2, run: async (stage, random) => {
    await Promise.all([stage.kill('register'), stage.kill('marketing')]);
    await sleep(random.int(1000));
    for (const name of random.chance(0.5) ? ['register', 'marketing'] : ['marketing', 'register']) await stage.revive(name);
  } },
  'close-connections': { weight: 2, run: async (stage) => {
    const connections = (await stage.management('GET', '/connections')) ?? [];
    for (const { name } of connections) await stage.management('DELETE', `/connections/${encodeURIComponent(name)}`);
  } },
  'delete-queue': { weight: 2, run: (stage, random) => stage.management('DELETE', `/queues/${VHOST}/${random.pick(QUEUES)}`) },
  'unbind-queue': { weight: 1, run: async (stage, random) => {
    const queue = random.pick(QUEUES.slice(0, 4));
    const bindings = (await stage.management('GET', `/bindings/${VHOST}/e/register.marketing/q/${queue}`)) ?? [];
    for (const { properties_key: key } of bindings) {
      await stage.management('DELETE', `/bindings/${VHOST}/e/register.marketing/q/${queue}/${encodeURIComponent(key)}`);
    }
  } },
  /** Silence without a death: longer than the lists may stay open. */
  'freeze-register': { weight: 1, run: async (stage) => {
    stage.signal('register', 'SIGSTOP');
    await sleep(Number(stage.environment.FRESHNESS_LIMIT_SECONDS) * 1000 + 2000);
    stage.signal('register', 'SIGCONT');
  } },
};

export const FAULT_NAMES = Object.keys(FAULTS);
const BAG = Object.entries(FAULTS).flatMap(([name, { weight }]) => Array(weight).fill(name));

/** The faults of one round: [{ name, at }], `at` the part of the load that is done when it strikes. Kills come first in line. */
export function plan(random, only) {
  const count = 1 + random.int(2);
  return Array.from({ length: count }, () => ({ name: random.pick(only ?? BAG), at: 0.1 + 0.7 * random.next() })).sort((a, b) => a.at - b.at);
}

export const strike = (name, stage, random) => FAULTS[name].run(stage, random);
