// What has to happen around a restore, in order, so that it brings back nobody: docs/restore.md says why.
import { spawn } from 'node:child_process';
import { appendFileSync, closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { APPS, environmentOf } from './apps.mjs';
import { closeForRestore, isClosed, openAfterRestore, restoreDump, SIDES, sql, usersOf } from './dumps.mjs';
import { inProject } from './paths.mjs';
import { Told, step } from './say.mjs';

/**
 * Restores the databases that `files` names ({ register?, marketing? }; dumps of that side) and does what has to follow. Services must be down; they may
 * be started when this resolves. When it rejects, they refuse what is not finished, and the same call is to be repeated.
 */
export async function restore(files, environment) {
  const sides = ['marketing', 'register'].filter((side) => files[side]);
  assertNobodyIsIn(environment);
  const cli = commandsIn(environment);
  const saved = savedBeside(files[sides.at(-1)]);
  await saveLog(saved, cli, environment);
  if (files.register) await saveWhatIsKnown(saved, cli, environment, { marketingIsReplaced: files.marketing !== undefined });
  if (files.marketing) await restoreMarketing(files.marketing, saved, cli, environment);
  if (files.register) await restoreRegister(files.register, saved, cli, environment);
  for (const side of sides) openAfterRestore(environment[SIDES[side].url]);
  for (const file of Object.values(saved)) rmSync(file, { force: true });
}

function assertNobodyIsIn(environment) {
  for (const { url } of Object.values(SIDES)) {
    const [user] = usersOf(environment[url]);
    if (user) throw new Told(`The service ${user.replace('lupa-', '')} is running: it has ${new URL(environment[url]).pathname.slice(1)} open. Stop both services first ("npm run stop", when "npm start" started them).`);
  }
}

/** References, orders and digests, no personal data: kept beside the dump until the restore is finished, so that a repeated one has them. */
const savedBeside = (file) =>
  Object.fromEntries(['marketing', 'register', 'suppressions', 'erased', 'all'].map((name) => [name, `${file}.${name}.known`]));

/** Without the log nothing is begun. Its database may be one that this version has not migrated yet. */
async function saveLog(saved, cli, environment) {
  const save = () => cli.save('register', 'erasures:log', saved.erased);
  await save().catch(async (error) => {
    await migrate('register', environment).catch(() => undefined);
    await save().catch(() => {
      throw new Told(`The log of erasures cannot be read, so nothing was begun. ${error.message.split('\n')[0]}`);
    });
  });
}

/**
 * What the backup does not know, from whoever knows it, before anything is replaced: marketing's memory, and the database that is about to be replaced,
 * when it can still be read. A restore that is repeated after it broke off, on either side, keeps to what was saved first of whatever it has replaced already.
 */
async function saveWhatIsKnown(saved, cli, environment, { marketingIsReplaced }) {
  const registerIsReplaced = isClosed(environment.REGISTER_DATABASE_URL);
  const isRepeated = registerIsReplaced || (marketingIsReplaced && isClosed(environment.MARKETING_DATABASE_URL));
  if (!isRepeated) for (const file of [saved.marketing, saved.register, saved.suppressions]) rmSync(file, { force: true });
  if (!existsSync(saved.marketing)) {
    try {
      await cli.save('marketing', 'memory:export', saved.marketing);
    } catch (error) {
      if (!marketingIsReplaced) throw error;
      step('Marketing as it was cannot be read; what its dump remembers is taken instead');
    }
  }
  if (registerIsReplaced) return;
  try {
    await cli.save('register', 'memory:export', saved.register);
    await cli.save('register', 'suppression:export', saved.suppressions);
  } catch {
    if (!existsSync(saved.suppressions)) step('The register as it was cannot be read: withdrawals that had not reached marketing, and objections since the dump, are lost');
  }
}

async function restoreMarketing(file, saved, cli, environment) {
  await putBack('marketing', file, environment);
  await cli.tell('marketing', 'erasures:replay', saved.erased);
  await cli.tell('marketing', 'epoch:raise');
}

async function restoreRegister(file, saved, cli, environment) {
  if (!existsSync(saved.marketing)) await cli.save('marketing', 'memory:export', saved.marketing);
  await putBack('register', file, environment);
  if (existsSync(saved.suppressions)) await cli.tell('register', 'suppression:import', saved.suppressions);
  await cli.tell('register', 'erasures:replay');
  writeFileSync(saved.all, readFileSync(saved.marketing), { mode: 0o600 });
  if (existsSync(saved.register)) appendFileSync(saved.all, readFileSync(saved.register));
  await cli.tell('register', 'memory:take-in', saved.all);
  await cli.tell('register', 'epoch:raise');
}

async function putBack(side, file, environment) {
  const url = environment[SIDES[side].url];
  const wasClosed = isClosed(url);
  closeForRestore(url);
  try {
    await restoreDump(side, url, file);
  } catch (error) {
    if (!wasClosed) openAfterRestore(url);
    throw error;
  }
  await migrate(side, environment);
  sql(url, 'ANALYZE');
  step(`The ${side} database is restored, and closed until everything else is done`);
}

const migrate = (side, environment) => runStep(`migrating the ${side} database`, [inProject(APPS[side].migrate), 'up'], environmentOf(APPS[side], environment));

/** The operator commands of both services: `tell` prints what they say, `save` keeps it in a file, whole or not at all. */
function commandsIn(environment) {
  const run = (side, command, io) => runStep(`${side} ${command}`, [inProject(`dist/apps/${side}/src/cli.js`), command], environmentOf(APPS[side], environment), io);
  return {
    tell: async (side, command, from) => step(await run(side, command, { from })),
    save: async (side, command, to) => {
      try {
        await run(side, command, { to: `${to}.draft` });
        renameSync(`${to}.draft`, to);
      } finally {
        rmSync(`${to}.draft`, { force: true });
      }
    },
  };
}

/** Runs one step, with its input or output in files, since they may be long; resolves to what it printed. */
async function runStep(name, args, env, { from, to } = {}) {
  const [input, output] = [from && openSync(from, 'r'), to && openSync(to, 'w', 0o600)];
  const child = spawn(process.execPath, args, { env, cwd: inProject(), stdio: [input ?? 'ignore', output ?? 'pipe', 'pipe'] });
  const kept = { out: '', errors: '' };
  child.stdout?.setEncoding('utf8').on('data', (text) => (kept.out = (kept.out + text).slice(-4_000)));
  child.stderr.setEncoding('utf8').on('data', (text) => (kept.errors = (kept.errors + text).slice(-4_000)));
  const code = await new Promise((resolve) => child.once('error', () => resolve(127)).once('close', resolve));
  for (const handle of [input, output]) if (handle !== undefined) closeSync(handle);
  if (code !== 0) throw new Told(`It stopped at "${name}": ${kept.errors.trim() || `ended with ${code}`}\nPut it right, then repeat the same command. What was already replaced stays closed to the services until then.`);
  return kept.out.trim().replaceAll('\n', ' ');
}
