// A private PostgreSQL: own data folder, 127.0.0.1 only, passwords only (no socket, no trust).
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountOf, dataFolder, give } from './account.mjs';
import { ensureDatabases, psql } from './postgres-databases.mjs';
import { settings } from './postgres-settings.mjs';
import { sleep, until } from './processes.mjs';
import { findPostgres } from './programs.mjs';
import { record } from './run-files.mjs';
import { Told, during } from './say.mjs';
import { startServer, untilReady } from './server-process.mjs';
import { isStopping } from './tools.mjs';

export const ADMIN = 'lupa_admin';

/** True when PostgreSQL is installed in a version that can open what this profile already has. */
export const isInstalled = () => findPostgres() !== undefined;

/** Starts the server and makes roles and databases. Returns when it answers. */
export async function startPostgres(paths, { port, secrets, keeper }) {
  const account = accountOf(['postgres']);
  const folder = dataFolder(paths, 'postgres', account, { aloud: true });
  const cluster = join(folder, 'cluster');
  const versionFile = join(cluster, 'PG_VERSION');
  const major = existsSync(versionFile) ? Number.parseInt(readFileSync(versionFile, 'utf8'), 10) : undefined;
  const programs = findPostgres(major);
  if (!programs) throw new Told(`The data in ${cluster} needs PostgreSQL ${major}, which is not installed. Install it, or run "npm run reset".`);
  if (major === undefined) initialise(programs, folder, cluster, account, secrets);

  const log = join(paths.logs, 'postgres.log');
  const config = join(cluster, 'postgresql.auto.conf');
  const lines = Object.entries(settings(port, paths.profile)).map(([name, value]) => `${name} = '${value}'`);
  writeFileSync(config, `# written at each start\n${lines.join('\n')}\n`);
  give(config, account, 0o600);
  const admin = { programs, port, user: ADMIN, password: secrets.postgresAdminPassword };
  await during('PostgreSQL is starting', 2000, () => bootWithPatience(paths, { programs, cluster, account, log, admin, keeper }));
  ensureDatabases(admin, secrets);
}

/** For a server that runs already: waits until it answers, and makes what an earlier start may not have come to. */
export async function adoptPostgres({ port, secrets }) {
  const admin = { programs: findPostgres(), port, user: ADMIN, password: secrets.postgresAdminPassword };
  if (!(await until(() => psql(admin, 'postgres', 'SELECT 1').status === 0, 30_000, 250))) {
    throw new Told('PostgreSQL runs but does not answer. Run "npm run stop", then start again.');
  }
  ensureDatabases(admin, secrets);
}

/** After a kill -9 the dead server's last children may hold its shared memory for a moment: the new one is tried again. */
async function bootWithPatience(paths, { programs, cluster, account, log, admin, keeper }) {
  for (let attempt = 1; ; attempt += 1) {
    const env = { PATH: process.env.PATH, LANG: 'C.UTF-8', TZ: 'UTC' };
    const child = startServer(join(programs, 'postgres'), ['-D', cluster], { account, cwd: cluster, env, log });
    if (child.pid) record(paths, 'postgres', child.pid, { keeper });
    try {
      return await untilReady('PostgreSQL', child, () => psql(admin, 'postgres', 'SELECT 1').status === 0, { timeoutMs: 60_000, log });
    } catch (error) {
      if (attempt === 5 || isStopping()) throw error;
      await sleep(1000);
    }
  }
}

function initialise(programs, folder, cluster, account, secrets) {
  const passwordFile = join(folder, 'initial-password');
  writeFileSync(passwordFile, secrets.postgresAdminPassword, { mode: 0o600 });
  give(passwordFile, account, 0o600);
  const common = ['-D', cluster, '-U', ADMIN, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--no-instructions'];
  const { uid, gid } = account;
  let outcome;
  // Debian and PostgreSQL 17 on know C.UTF-8; an older macOS does not.
  for (const locale of ['C.UTF-8', 'en_US.UTF-8', 'C']) {
    rmSync(cluster, { recursive: true, force: true });
    outcome = spawnSync(join(programs, 'initdb'), [...common, `--locale=${locale}`], { uid, gid, cwd: folder, encoding: 'utf8' });
    if (outcome.status === 0) break;
  }
  rmSync(passwordFile, { force: true });
  if (outcome.status !== 0) throw new Told(`PostgreSQL could not make its data folder:\n${outcome.stderr || outcome.error?.message}`);
}
