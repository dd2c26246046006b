// PostgreSQL and RabbitMQ from docker-compose.yml, when a Docker engine answers and nothing is installed.
import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from './json-file.mjs';
import { cloneId } from './paths.mjs';
import { findProgram } from './programs.mjs';
import { Told, during } from './say.mjs';
import { runTool } from './tools.mjs';

const projectName = (paths) => `lupa-${paths.profile}-${cloneId}`;
const listFile = (paths) => join(paths.root, 'containers.json');

/** True when a Docker engine with the compose command answers. */
export function hasDocker() {
  const docker = findProgram('docker');
  if (!docker) return false;
  const works = (...args) => spawnSync(docker, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;
  return works('info') && works('compose', 'version');
}

/** Names of the services that this profile runs in containers: { postgres: { keeper }, … }. */
export const containers = (paths) => readJson(listFile(paths)) ?? {};

const composeEnvironment = (ports, secrets) => ({
  ...process.env,
  POSTGRES_ADMIN_PASSWORD: secrets.postgresAdminPassword,
  REGISTER_DATABASE_PASSWORD: secrets.registerDatabasePassword,
  ERASURE_LOG_DATABASE_PASSWORD: secrets.erasureLogDatabasePassword,
  MARKETING_DATABASE_PASSWORD: secrets.marketingDatabasePassword,
  RABBITMQ_PASSWORD: secrets.brokerPassword,
  REGISTER_INDEX_KEY: secrets.REGISTER_INDEX_KEY,
  REGISTER_KEY_ENCRYPTION_KEY: secrets.REGISTER_KEY_ENCRYPTION_KEY,
  LINK_DIGEST_KEY: secrets.LINK_DIGEST_KEY,
  MARKETING_INDEX_KEY: secrets.MARKETING_INDEX_KEY,
  MARKETING_STATEMENT_KEY: secrets.MARKETING_STATEMENT_KEY,
  POSTGRES_PORT: String(ports.postgres),
  AMQP_PORT: String(ports.amqp),
  RABBITMQ_MANAGEMENT_PORT: String(ports.management),
});

/** Starts one service of docker-compose.yml and waits for its health check. */
export async function startContainer(paths, service, { title, ports, secrets, keeper }) {
  const log = join(paths.logs, 'docker.log');
  const args = ['compose', '-p', projectName(paths), 'up', '--detach', '--wait', service];
  const env = composeEnvironment(ports, secrets);
  const status = await during(`${title} is starting in Docker`, 60_000, () => run('docker', args, env, log));
  if (status !== 0) throw new Told(`Docker could not start ${title}. What it said: ${log}`);
  writeJson(listFile(paths), { ...containers(paths), [service]: containers(paths)[service] ?? { keeper } }, 0o644);
}

/** Stops one container; `andData` removes the project with its volumes. */
export async function stopContainer(paths, service, secrets, { andData = false } = {}) {
  const ports = readJson(paths.ports) ?? {};
  const verb = andData ? ['down', '--volumes'] : ['stop', service];
  await run('docker', ['compose', '-p', projectName(paths), ...verb], composeEnvironment(ports, secrets), join(paths.logs, 'docker.log'));
  const { [service]: _gone, ...rest } = containers(paths);
  writeJson(listFile(paths), rest, 0o644);
}

async function run(program, args, env, log) {
  const { code, output, errors } = await runTool(program, args, { env });
  appendFileSync(log, `${output}\n${errors}\n`);
  return code;
}
