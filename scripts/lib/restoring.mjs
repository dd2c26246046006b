// What has to happen around a restore, in order, so that it brings back nobody: docs/restore.md says why.
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APPS, environmentOf } from './apps.mjs';
import { assertDumpOf, closeForRestore, openAfterRestore, restoreDump, SIDES, sql, usersOf } from './dumps.mjs';
import { inProject } from './paths.mjs';
import { Told, step } from './say.mjs';

/**
 * Restores the databases that `files` names ({ register?, marketing? }) and does what has to follow. Services must be down; they may
 * be started when this resolves. When it rejects, they refuse what is not finished, and the same call is to be repeated.
 */
export async function restore(files, environment) {
  const sides = ['marketing', 'register'].filter((side) => files[side]);
  for (const side of sides) assertDumpOf(side, files[side]);
  assertNobodyIsIn(environment);
  const temporary = mkdtempSync(join(tmpdir(), 'lupa-restore-'));
  const context = { environment, temporary, cli: (side, command, io) => cli(side, command, environment, io) };
  try {
    if (files.marketing) await restoreMarketing(files.marketing, context);
    if (files.register) await restoreRegister(files.register, context);
    for (const side of sides) openAfterRestore(environment[SIDES[side].url]);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function assertNobodyIsIn(environment) {
  for (const { url } of Object.values(SIDES)) {
    const [user] = usersOf(environment[url]);
    if (user) throw new Told(`The service ${user.replace('lupa-', '')} is running: it has ${new URL(environment[url]).pathname.slice(1)} open. Stop both services first ("npm run stop", when "npm start" started them).`);
  }
}

async function restoreMarketing(file, { environment, temporary, cli }) {
  await putBack('marketing', file, environment);
  const refs = join(temporary, 'erased');
  await cli('register', 'erasures:log', { to: refs });
  step(await cli('marketing', 'erasures:replay', { from: refs }));
  step(await cli('marketing', 'exports:end-open'));
  step(await cli('marketing', 'epoch:raise'));
}

async function restoreRegister(file, { environment, temporary, cli }) {
  const [memories, suppressions] = [join(temporary, 'memories'), join(temporary, 'suppressions')];
  await migrate('marketing', environment);
  step(await cli('marketing', 'queues:drain'));
  const kept = await saveWhatIsReadable({ [memories]: 'memory:export', [suppressions]: 'suppression:export' }, cli);
  await putBack('register', file, environment);
  if (kept) step(await cli('register', 'suppression:import', { from: suppressions }));
  step(await cli('register', 'erasures:replay'));
  if (kept) step(`By the register as it was: ${await cli('register', 'memory:take-in', { from: memories })}`);
  await cli('marketing', 'memory:export', { to: memories });
  step(`By marketing: ${await cli('register', 'memory:take-in', { from: memories })}`);
  step(await cli('register', 'epoch:raise'));
}

/** The database that is about to be replaced knows of withdrawals and objections that nobody else has heard of, when it still can be read. */
async function saveWhatIsReadable(exports, cli) {
  try {
    for (const [file, command] of Object.entries(exports)) await cli('register', command, { to: file });
    return true;
  } catch {
    step('The register as it was cannot be read: withdrawals that had not reached marketing, and objections since the backup, are lost');
    return false;
  }
}

async function putBack(side, file, environment) {
  const url = environment[SIDES[side].url];
  closeForRestore(url);
  try {
    await restoreDump(side, url, file);
  } catch (error) {
    openAfterRestore(url);
    throw error;
  }
  await migrate(side, environment);
  sql(url, 'ANALYZE');
  step(`The ${side} database is restored; ${side} stays closed until everything else is done`);
}

async function migrate(side, environment) {
  await runStep(`migrating the ${side} database`, [inProject(APPS[side].migrate), 'up'], environmentOf(APPS[side], environment));
}

const cli = (side, command, environment, io) => runStep(`${side} ${command}`, [inProject(`dist/apps/${side}/src/cli.js`), command], environmentOf(APPS[side], environment), io);

/** Runs one step, with its input and output in files when named, since they may be long; resolves to the last line it printed. */
async function runStep(name, args, env, { from, to } = {}) {
  const [input, output] = [from && openSync(from, 'r'), to && openSync(to, 'w', 0o600)];
  const child = spawn(process.execPath, args, { env, cwd: inProject(), stdio: [input ?? 'ignore', output ?? 'pipe', 'pipe'] });
  const kept = { out: '', errors: '' };
  child.stdout?.setEncoding('utf8').on('data', (text) => (kept.out = (kept.out + text).slice(-4_000)));
  child.stderr.setEncoding('utf8').on('data', (text) => (kept.errors = (kept.errors + text).slice(-4_000)));
  const code = await new Promise((resolve) => child.once('error', () => resolve(127)).once('close', resolve));
  for (const handle of [input, output]) if (handle !== undefined) closeSync(handle);
  if (code !== 0) throw new Told(`It stopped at "${name}": ${kept.errors.trim() || `ended with ${code}`}\nThe services stay closed. Put it right, then repeat the same command.`);
  return kept.out.trim().replaceAll('\n', ' ');
}
