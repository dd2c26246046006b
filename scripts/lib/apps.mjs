// Our two services as child processes: started, watched, started again when they die, stopped in order.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT, inProject } from './paths.mjs';
import { stopProcess } from './processes.mjs';
import { forget, record, recorded } from './run-files.mjs';
import { Told, during, say } from './say.mjs';
import { startServer, untilReady } from './server-process.mjs';

const LIMIT = 5;
const WINDOW_MS = 60_000;
const COMMON = ['AMQP_URL', 'LINK_DIGEST_KEY', 'TOKEN_ISSUER', 'DATABASE_POOL_SIZE', 'DATABASE_QUERY_TIMEOUT_MS', 'LOG_LEVEL', 'TRUST_PROXY'];

/** What each service is told: its own database and keys, never the other's. */
export const APPS = {
  marketing: {
    title: 'marketing',
    entry: 'dist/apps/marketing/src/main.js',
    migrate: 'dist/apps/marketing/src/database/migrate.js',
    variables: [
      'MARKETING_DATABASE_URL', 'MARKETING_HOST', 'MARKETING_PORT', 'MARKETING_INDEX_KEY', 'MARKETING_STATEMENT_KEY', 'REGISTER_JWKS_URL',
      'FRESHNESS_LIMIT_SECONDS', 'SMALL_GROUP_THRESHOLD', 'SNAPSHOT_RETENTION_MONTHS', 'EXPORT_MEMBERS_RETENTION_MONTHS', 'PERSON_READ_RETENTION_MONTHS',
      'MARKETING_RECIPIENTS', 'MARKETING_EXPORT_DIRECTORY', 'MARKETING_SEARCH_DIRECTORIES', 'EXPORT_EXPIRY_MINUTES', 'EXPORT_LEASE_SECONDS', 'EXPORT_BLOCK_SLOTS', ...COMMON,
    ],
    port: 'MARKETING_PORT',
  },
  register: {
    title: 'register',
    entry: 'dist/apps/register/src/main.js',
    migrate: 'dist/apps/register/src/database/migrate.js',
    variables: ['REGISTER_DATABASE_URL', 'REGISTER_ERASURE_LOG_URL', 'REGISTER_HOST', 'REGISTER_PORT', 'REGISTER_PROFILE', 'REGISTER_INDEX_KEY', 'REGISTER_KEY_ENCRYPTION_KEY',
      'REGISTER_SEARCH_DIRECTORIES', 'SEARCH_PAUSE_MS', 'SEARCH_ANSWER_SECONDS', 'BACKUP_RETENTION_DAYS', ...COMMON,
    ],
    port: 'REGISTER_PORT',
  },
};

/** Room for what lives briefly: half of V8's own choice takes about 16 MB less at rest, and the same processor time (bench/README.md). As in the Dockerfile. */
const YOUNG_SPACE = ['--max-semi-space-size=8'];

const FROM_OUTSIDE = ['PATH', 'HOME', 'TZ', 'LANG', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'];

/** The environment of one service's processes: a few things of the machine, and its own settings. */
export function environmentOf(app, environment) {
  const pick = (names, from) => names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]);
  return Object.fromEntries([...pick(FROM_OUTSIDE, process.env), ...pick(app.variables, environment)]);
}

const readyAt = async (url) => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
};

/**
 * Starts one service and watches it. `onGivingUp(sentence)` is called when it died more than five times in a minute.
 * Returns { ready(): Promise, stop(): Promise }.
 */
export function runApp(paths, name, environment, { keeper, onGivingUp }) {
  const app = APPS[name];
  const log = join(paths.logs, `${name}.log`);
  let deaths = [];
  let stopping = false;
  let child;
  const start = () => {
    child = startServer(process.execPath, ['--enable-source-maps', ...YOUNG_SPACE, inProject(app.entry)], {
      account: {},
      cwd: PROJECT,
      env: environmentOf(app, environment),
      log,
    });
    if (child.pid) record(paths, name, child.pid, { keeper });
    child.once('exit', (code, signal) => {
      if (stopping || !recorded(paths, name)) return;
      const now = Date.now();
      deaths = [...deaths.filter((at) => now - at < WINDOW_MS), now];
      const how = signal ? `by ${signal}` : `with exit code ${code}`;
      if (deaths.length > LIMIT) {
        onGivingUp(`The ${name} service ended ${deaths.length} times within a minute (last ${how}). Its log: ${log}`);
        return;
      }
      say(`· The ${name} service ended ${how}; starting it again`);
      setTimeout(() => stopping || start(), 250 * deaths.length);
    });
  };
  start();
  return {
    async ready() {
      const url = `http://${environment[`${name.toUpperCase()}_HOST`]}:${environment[app.port]}/health/ready`;
      try {
        await during(`the ${name} service is starting`, 5000, () => untilReady(`The ${name} service`, child, () => readyAt(url), { timeoutMs: 90_000, log }));
      } catch (error) {
        throw error instanceof Told ? new Told(`${error.message}\n${lastLines(log)}`) : error;
      }
    },
    async stop() {
      stopping = true;
      await stopProcess(recorded(paths, name), { patienceMs: 12_000 });
      forget(paths, name);
    },
  };
}

export const lastLines = (log, count = 5) =>
  existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n').slice(-count).map((line) => `  ${line}`).join('\n') : '';
