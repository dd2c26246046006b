// A private RabbitMQ: own node name, ports, cookie, folders and user; nothing of /etc/rabbitmq is read.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { accountOf, dataFolder, give } from './account.mjs';
import { cloneId } from './paths.mjs';
import { answers } from './ports.mjs';
import { findProgram, findRabbit } from './programs.mjs';
import { until } from './processes.mjs';
import { BROKER_USER, configuration } from './rabbitmq-settings.mjs';
import { record, running } from './run-files.mjs';
import { Told, during } from './say.mjs';
import { startServer, untilReady } from './server-process.mjs';

export const isInstalled = () => findRabbit() !== undefined;

/** Starts the broker (and its port mapper, epmd, on a port of its own). Returns when it takes connections. */
export async function startRabbit(paths, { ports, secrets, keeper }) {
  const server = findRabbit();
  const account = accountOf(['rabbitmq']);
  const folder = dataFolder(paths, 'rabbitmq', account, { aloud: true });
  const logs = join(folder, 'logs');
  for (const child of ['home', 'mnesia', 'conf.d', 'logs']) {
    mkdirSync(join(folder, child), { recursive: true });
    give(join(folder, child), account, 0o700);
  }
  const put = (name, text, mode = 0o600) => {
    const file = join(folder, name);
    if (mode === 0o400 && existsSync(file)) return file; // the cookie is written once
    writeFileSync(file, text, { mode });
    give(file, account, mode);
    return file;
  };
  put('home/.erlang.cookie', secrets.erlangCookie, 0o400);
  const env = {
    PATH: `${dirname(server)}:${process.env.PATH}`,
    LANG: 'C.UTF-8',
    HOME: join(folder, 'home'),
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_CRASH_DUMP_SECONDS: '0', // a crash dump would hold message bodies
    RABBITMQ_NODENAME: `lupa-${paths.profile}-${cloneId}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(ports.amqp),
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: logs,
    RABBITMQ_CONFIG_FILE: put('rabbitmq.conf', configuration(ports, secrets, logs)),
    RABBITMQ_CONFIG_FILES: join(folder, 'conf.d'),
    RABBITMQ_ADVANCED_CONFIG_FILE: put('advanced.config', '[].\n'),
    RABBITMQ_CONF_ENV_FILE: put('rabbitmq-env.conf', '# nothing from /etc\n'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(folder, 'generated'),
    RABBITMQ_ENABLED_PLUGINS_FILE: put('enabled_plugins', '[rabbitmq_management,rabbitmq_prometheus].\n'),
    RABBITMQ_PID_FILE: join(folder, 'rabbitmq.pid'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    RUNNING_UNDER_SYSTEMD: 'true', // makes the script exec the virtual machine: its pid is then the broker's
  };
  await startEpmd(paths, { account, folder, env, keeper });
  const log = join(paths.logs, 'rabbitmq.log');
  const child = startServer(server, [], { account, cwd: folder, env, log });
  if (child.pid) record(paths, 'rabbitmq', child.pid, { keeper });
  await during('RabbitMQ is starting', 9000, () => untilReady('RabbitMQ', child, () => isReady(ports, secrets), { timeoutMs: 120_000, log }));
}

/** For a broker that runs already, perhaps still starting: waits until it takes connections. */
export async function adoptRabbit({ ports, secrets }) {
  if (await during('RabbitMQ is starting', 9000, () => until(() => isReady(ports, secrets), 60_000, 250))) return;
  throw new Told('RabbitMQ runs but does not answer. Run "npm run stop", then start again.');
}

const isReady = async (ports, secrets) => (await answers(ports.amqp)) && (await managementAnswers(ports.management, secrets));

/** Our own epmd, started by us so that we know its pid; without the program, Erlang starts one by itself. */
async function startEpmd(paths, { account, folder, env, keeper }) {
  const epmd = findProgram('epmd');
  if (!epmd || running(paths, 'epmd')) return;
  const args = ['-port', env.ERL_EPMD_PORT, '-address', '127.0.0.1'];
  const child = startServer(epmd, args, { account, cwd: folder, env, log: join(paths.logs, 'epmd.log') });
  if (!child.pid) return;
  record(paths, 'epmd', child.pid, { keeper });
  await untilReady('epmd', child, () => answers(Number(env.ERL_EPMD_PORT)), { timeoutMs: 10_000, log: join(paths.logs, 'epmd.log') });
}

async function managementAnswers(port, secrets) {
  const authorization = `Basic ${Buffer.from(`${BROKER_USER}:${secrets.brokerPassword}`).toString('base64')}`;
  try {
    const response = await fetch(`http://127.0.0.1:${port}/api/whoami`, { headers: { authorization }, signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
