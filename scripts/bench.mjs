// `npm run bench`: Lupa's speed beside the usual way and beside the physical limit, on servers of its own.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from './lib/arguments.mjs';
import { buildIfNeeded } from './lib/build.mjs';
import { eraseData } from './lib/data.mjs';
import { aloneInClone, installIfNeeded } from './lib/install.mjs';
import { PROJECT, inProject } from './lib/paths.mjs';
import { findPostgres } from './lib/programs.mjs';
import { assertNode, main, Told } from './lib/say.mjs';
import { ensureServices, stopServices } from './lib/services.mjs';
import { openSession } from './lib/session.mjs';

const help = `npm run bench [-- --only P1,P2] [--size N] [--keep] [--json FILE]

Measures Lupa beside the way the official documentation teaches (baseline) and beside the physical limit, in one run.
PostgreSQL, RabbitMQ and both services are its own (profile "bench"), start empty and are stopped at the end.

  --only P1,P2   these figures only; bench/README.md tells what each one means
  --size N       customers in the register before measuring starts (default 10000)
  --keep         leaves the loaded people for the next run with --keep and the same size, and uses what an earlier one has left
  --json FILE    also writes {machine, commit, rows} to FILE`;

const keeper = 'launcher';
const options = { only: { type: 'string' }, size: { type: 'string' }, json: { type: 'string' }, keep: { type: 'boolean' } };

await main(async () => {
  assertNode();
  const { paths, values } = commandLine({ help, options, profile: 'bench' });
  let bench;
  const session = await openSession(paths, {
    farewell: 'Stopping the bench…',
    exitCode: 130,
    async shutdown() {
      if (bench?.exitCode === null && bench.kill('SIGTERM')) await new Promise((resolve) => bench.once('exit', resolve));
      await stopServices(paths, { keeper });
    },
  });
  try {
    await aloneInClone(async () => {
      await installIfNeeded();
      await buildIfNeeded();
    });
    await checkArguments(values);
    if (values.keep) await stopServices(paths, { keeper });
    else await eraseData(paths);
    mkdirSync(paths.logs, { recursive: true });
    const environment = await ensureServices(paths, { keeper });
    const pgbench = join(findPostgres() ?? '', 'pgbench');
    const args = Object.entries(values).filter(([name]) => name in options).flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, value]));
    return await new Promise((resolve) => {
      bench = spawn(process.execPath, ['--enable-source-maps', inProject('dist/bench/main.js'), ...args], {
        cwd: PROJECT,
        stdio: 'inherit',
        env: { ...process.env, ...environment, ...(existsSync(pgbench) && { PGBENCH: pgbench }) },
      });
      bench.once('exit', (code) => resolve(code ?? 1));
    });
  } finally {
    await session.end();
  }
});

/** Before anything is started: the names of figures are known to the compiled bench only. */
async function checkArguments({ only, size }) {
  const { chosenFigures, sizeOf } = await import(inProject('dist/bench/arguments.js'));
  try {
    chosenFigures(only);
    sizeOf(size);
  } catch (error) {
    throw new Told(error.message);
  }
}
