// Finds PostgreSQL and RabbitMQ, each by itself, in this order: the environment, installed programs run privately, Docker,
// the distribution's packages, and else one clear message.
import { dirname } from 'node:path';
import { accountOf, dataFolder } from './account.mjs';
import { canInstall, install } from './apt.mjs';
import { containers, hasDocker, startContainer } from './docker.mjs';
import { postgresAddresses, rabbitAddresses, writeEnvironment } from './environment.mjs';
import { assertAnswers, fromEnvironment } from './given-servers.mjs';
import { choosePorts } from './ports.mjs';
import * as postgres from './postgres.mjs';
import * as rabbitmq from './rabbitmq.mjs';
import { running } from './run-files.mjs';
import { profileSecrets } from './secrets.mjs';
import { Told, step } from './say.mjs';

export { stopServices } from './stop-services.mjs';

const SERVICES = [
  {
    name: 'postgres',
    title: 'PostgreSQL',
    variables: ['REGISTER_DATABASE_URL', 'REGISTER_ERASURE_LOG_URL', 'MARKETING_DATABASE_URL'],
    package: 'postgresql',
    brew: 'postgresql@17',
    ports: ['postgres'],
    isInstalled: postgres.isInstalled,
    start: (paths, { ports, ...rest }) => postgres.startPostgres(paths, { port: ports.postgres, ...rest }),
    adopt: ({ ports, secrets }) => postgres.adoptPostgres({ port: ports.postgres, secrets }),
    addresses: (ports, secrets) => postgresAddresses(ports.postgres, secrets),
  },
  {
    name: 'rabbitmq',
    title: 'RabbitMQ',
    variables: ['AMQP_URL'],
    package: 'rabbitmq-server',
    brew: 'rabbitmq',
    ports: ['amqp', 'management', 'prometheus', 'distribution'],
    isInstalled: rabbitmq.isInstalled,
    start: rabbitmq.startRabbit,
    adopt: rabbitmq.adoptRabbit,
    addresses: rabbitAddresses,
  },
];

export const SERVICE_NAMES = SERVICES.map(({ name }) => name);

function wayTo(service, paths) {
  const addresses = fromEnvironment(service, paths);
  if (addresses) return { kind: 'environment', addresses };
  if (running(paths, service.name)) return { kind: 'running' };
  if (containers(paths)[service.name]) return { kind: 'docker' };
  if (service.isInstalled()) return { kind: 'private' };
  if (hasDocker()) return { kind: 'docker' };
  if (canInstall()) return { kind: 'apt' };
  return { kind: 'none' };
}

/**
 * Makes sure that both answer, and writes the profile's environment file. `keeper` says who will stop what is started now:
 * 'launcher' or 'command'. Returns the environment.
 */
export async function ensureServices(paths, { keeper, only = SERVICE_NAMES }) {
  const secrets = profileSecrets(paths);
  const inUseByUs = (port) => {
    const owner = SERVICES.find(({ ports }) => ports.includes(port))?.name ?? port;
    return running(paths, owner) !== undefined || containers(paths)[owner] !== undefined;
  };
  const ports = await choosePorts(paths, inUseByUs);
  const ways = new Map(SERVICES.map((service) => [service, wayTo(service, paths)]));
  const missing = SERVICES.filter((service) => ways.get(service).kind === 'none');
  if (missing.length > 0) throw new Told(whatToInstall(missing));
  const packages = SERVICES.filter((service) => ways.get(service).kind === 'apt').map((service) => service.package);
  if (packages.length > 0) await install(paths, packages);

  const addresses = {};
  for (const service of SERVICES) {
    const way = ways.get(service);
    Object.assign(addresses, way.addresses ?? service.addresses(ports, secrets));
    if (!only.includes(service.name)) continue;
    const at = `127.0.0.1:${ports[service.ports[0]]}`;
    const options = { title: service.title, ports, secrets, keeper };
    if (way.kind === 'environment') {
      await assertAnswers(service, way.addresses);
      step(`${service.title}: the one named by ${service.variables.join(' and ')}`);
    } else if (way.kind === 'running') {
      await service.adopt(options);
      step(`${service.title}: already running on ${at}`);
    } else if (way.kind === 'docker') {
      await startContainer(paths, service.name, options);
      step(`${service.title}: started in Docker on ${at}`);
    } else {
      await service.start(paths, options);
      step(`${service.title}: started privately on ${at}`);
    }
  }
  const folder = dirname(dataFolder(paths, 'rabbitmq', accountOf(['rabbitmq'])));
  return writeEnvironment(paths, { ports, secrets, addresses, dataFolder: folder });
}

const whatToInstall = (missing) =>
  `${missing.map(({ title }) => title).join(' and ')} not found. Do one of these, then run the command again:
  · install it: ${missing.map(({ package: name }) => name).join(' ')} (Debian, Ubuntu), ${missing.map(({ brew }) => brew).join(' ')} (Homebrew)
  · start a Docker engine that has "docker compose"
  · set ${missing.flatMap(({ variables }) => variables).join(', ')} to servers of yours`;
