// A private PostgreSQL: own data folder, 127.0.0.1 only, passwords only (no socket, no trust).
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountOf, dataFolder, give } from './account.mjs';
import { ensureDatabases, psql } from './postgres-databases.mjs';
import { sleep } from './processes.mjs';
import { findPostgres } from './programs.mjs';
import { record } from './run-files.mjs';
import { Told, during } from './say.mjs';
import { startServer, untilReady } from './server-process.mjs';
import { isStopping } from './tools.mjs';

export const ADMIN = 'lupa_admin';

/**
 * Errors never reach the server's log (`log_min_messages = log` keeps start, stop and fatal lines): an error text may quote
 * the value it complains about, and values here are people's.
 */
const settings = (port, profile) => ({
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  port,
  max_connections: 200,
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_parameter_max_length: 0,
  log_parameter_max_length_on_error: 0,
  log_checkpoints: 'off',
  // A test's data may vanish with the machine; nobody else's may.
  ...(profile === 'test' && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
});

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
