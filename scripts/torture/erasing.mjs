// An erasure of many, while the command and both services are killed: who is struck when, and the command begun again each time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { APPS, environmentOf } from '../lib/apps.mjs';
import { PROJECT, inProject } from '../lib/paths.mjs';
import { sleep, until } from '../lib/processes.mjs';
import { Told } from '../lib/say.mjs';

/** What tells how far each of them is: the command erases, the register announces and takes answers in, marketing answers. */
const PROGRESS_OF = { command: 'cases', register: 'cases', marketing: 'answered' };
export const VICTIMS = Object.keys(PROGRESS_OF);
/** Counting costs more the more there is to count. */
export const everyMs = (people) => Math.max(20, people / 200);

/** Where each victim falls: `kills` fractions of its work, each in a part of its own. */
export function plan(random, kills) {
  return Object.fromEntries(VICTIMS.map((victim) => {
    const own = random.fork(victim);
    return [victim, Array.from({ length: kills }, (_, i) => (i + 0.1 + 0.8 * own.next()) / kills)];
  }));
}

/**
 * Erases everybody in the file. `context`: { stage, file, people (how many), count (reads { cases, answered }), random, kills }.
 * Resolves when the command has come to its end to { struck: { command, register, marketing }, watched, giveUp }, where `watched` is over
 * when the services have been struck as planned.
 */
export async function eraseWhileKilling({ stage, file, people, count, random, kills }) {
  const falls = plan(random, kills);
  const struck = Object.fromEntries(VICTIMS.map((victim) => [victim, 0]));
  let child;
  let isErased = false;
  let isOver = false;
  let far = { cases: 0, answered: 0 };
  const watching = (async () => {
    while (kills > 0 && !isOver) {
      far = await count();
      await sleep(everyMs(people));
    }
  })();
  const reached = (victim, part) => until(() => isOver || (victim === 'command' && isErased) || far[PROGRESS_OF[victim]] >= part * people, 3_600_000, 20);
  const strikes = {
    command: async () => child?.kill('SIGKILL'),
    register: () => killed(stage, 'register', random),
    marketing: () => killed(stage, 'marketing', random),
  };
  const watched = Promise.all([watching, ...VICTIMS.map(async (victim) => {
    for (const part of falls[victim]) {
      await reached(victim, part);
      if (isOver || (victim === 'command' && isErased)) return;
      if (await strikes[victim]() !== false) struck[victim] += 1;
    }
  })]);
  watched.catch(() => undefined);
  while (!isErased) {
    child = spawn(process.execPath, ['--enable-source-maps', inProject('dist/apps/register/src/cli.js'), 'erasures:run', '--file', file, '--ground', 'relationship-ended'], {
      cwd: PROJECT, env: environmentOf(APPS.register, stage.environment), stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { said = (said + text).slice(-4_000); });
    const [code, signal] = await once(child, 'close');
    isErased = code === 0;
    if (!isErased && signal !== 'SIGKILL') throw new Told(`The command ended with ${code ?? signal}:\n${said}`);
  }
  return { struck, watched, giveUp: () => { isOver = true; } };
}

async function killed(stage, name, random) {
  await stage.kill(name);
  await sleep(random.int(1_000));
  await stage.revive(name);
}
