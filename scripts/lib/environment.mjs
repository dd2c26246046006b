// The environment that the services, the tests and the operator's commands run in, from what was found and made.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from './json-file.mjs';
import { Told } from './say.mjs';
import { ADMIN } from './postgres.mjs';
import { BROKER_USER } from './rabbitmq-settings.mjs';

const database = (user, password, port, name) => `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${name}`;

export const postgresAddresses = (port, secrets) => ({
  REGISTER_DATABASE_URL: database('lupa_register', secrets.registerDatabasePassword, port, 'lupa_register'),
  REGISTER_ERASURE_LOG_URL: database('lupa_erasure_log', secrets.erasureLogDatabasePassword, port, 'lupa_erasure_log'),
  MARKETING_DATABASE_URL: database('lupa_marketing', secrets.marketingDatabasePassword, port, 'lupa_marketing'),
  ADMIN_DATABASE_URL: database(ADMIN, secrets.postgresAdminPassword, port, 'postgres'),
});

export const rabbitAddresses = (ports, secrets) => ({
  AMQP_URL: `amqp://${BROKER_USER}:${encodeURIComponent(secrets.brokerPassword)}@127.0.0.1:${ports.amqp}`,
  RABBITMQ_MANAGEMENT_URL: `http://${BROKER_USER}:${encodeURIComponent(secrets.brokerPassword)}@127.0.0.1:${ports.management}`,
});

const KEYS = ['REGISTER_INDEX_KEY', 'REGISTER_KEY_ENCRYPTION_KEY', 'LINK_DIGEST_KEY', 'MARKETING_INDEX_KEY', 'MARKETING_STATEMENT_KEY'];

/** Settings that a user may give in the environment of `npm start`; they win over what we would choose. */
const GIVEN = [
  ...KEYS, 'REGISTER_HOST', 'REGISTER_PORT', 'REGISTER_PROFILE', 'REGISTER_SEARCH_DIRECTORIES', 'SEARCH_PAUSE_MS', 'SEARCH_ANSWER_SECONDS', 'BACKUP_RETENTION_DAYS', 'MARKETING_HOST', 'MARKETING_PORT', 'REGISTER_JWKS_URL',
  'TOKEN_ISSUER', 'FRESHNESS_LIMIT_SECONDS', 'SMALL_GROUP_THRESHOLD', 'SNAPSHOT_RETENTION_MONTHS', 'EXPORT_MEMBERS_RETENTION_MONTHS', 'PERSON_READ_RETENTION_MONTHS',
  'MARKETING_RECIPIENTS', 'MARKETING_EXPORT_DIRECTORY', 'MARKETING_SEARCH_DIRECTORIES', 'EXPORT_EXPIRY_MINUTES', 'EXPORT_LEASE_SECONDS', 'EXPORT_BLOCK_SLOTS', 'DATABASE_POOL_SIZE', 'DATABASE_QUERY_TIMEOUT_MS', 'LOG_LEVEL', 'TRUST_PROXY', 'ADMIN_DATABASE_URL', 'RABBITMQ_MANAGEMENT_URL',
];

const given = () => Object.fromEntries(GIVEN.filter((name) => process.env[name]).map((name) => [name, process.env[name]]));

/** What the broker has on its disk is searched for the erased too, where it is ours and so can be read: in a container, or elsewhere, it is not. */
const brokerFolder = (dataFolder) => {
  const folder = join(dataFolder, 'rabbitmq');
  return existsSync(folder) && readdirSync(folder).length > 0 ? { broker: folder } : {};
};

/** Puts the whole environment together and keeps it in .lupa/<profile>/environment.json for other commands. */
export function writeEnvironment(paths, { ports, secrets, addresses, dataFolder }) {
  const own = paths.profile === 'dev' ? given() : {};
  const registerPort = own.REGISTER_PORT ?? ports.register;
  const environment = {
    REGISTER_HOST: '127.0.0.1',
    REGISTER_PORT: String(registerPort),
    MARKETING_HOST: '127.0.0.1',
    MARKETING_PORT: String(ports.marketing),
    REGISTER_JWKS_URL: `http://127.0.0.1:${registerPort}/.well-known/jwks.json`,
    ...Object.fromEntries(KEYS.map((name) => [name, secrets[name]])),
    REGISTER_SEARCH_DIRECTORIES: JSON.stringify({ logs: paths.logs, ...brokerFolder(dataFolder) }),
    MARKETING_EXPORT_DIRECTORY: join(paths.root, 'exports'),
    LUPA_PROFILE: paths.profile,
    LUPA_DATA_DIRECTORY: dataFolder,
    LUPA_LOG_DIRECTORY: paths.logs,
    ...addresses,
    ...own,
  };
  writeJson(paths.environment, environment);
  return environment;
}

/** The environment of a profile that was started before; a told error when there is none. */
export function readEnvironment(paths) {
  const environment = readJson(paths.environment);
  if (!environment) throw new Told(`Nothing has been started here yet (profile "${paths.profile}"). Run "npm start" first.`);
  return environment;
}
