// Keys and passwords of a profile: made once from the system's random source, kept in a file only the owner reads.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readJson, writeJson } from './json-file.mjs';

const password = () => randomBytes(18).toString('base64url');
const key = () => randomBytes(32).toString('base64');
const statementKey = () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return JSON.stringify({ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: randomBytes(8).toString('hex') });
};

const MAKERS = {
  postgresAdminPassword: password,
  registerDatabasePassword: password,
  erasureLogDatabasePassword: password,
  marketingDatabasePassword: password,
  brokerPassword: password,
  erlangCookie: password,
  REGISTER_INDEX_KEY: key,
  REGISTER_KEY_ENCRYPTION_KEY: key,
  LINK_DIGEST_KEY: key,
  MARKETING_INDEX_KEY: key,
  MARKETING_STATEMENT_KEY: statementKey,
};

/** A fresh secret for each name. */
export const freshSecrets = () => Object.fromEntries(Object.entries(MAKERS).map(([name, make]) => [name, make()]));

/** The profile's secrets; those that are missing are made now. */
export function profileSecrets(paths) {
  const kept = readJson(paths.secrets) ?? {};
  const missing = Object.keys(MAKERS).filter((name) => kept[name] === undefined);
  if (missing.length === 0) return kept;
  const secrets = { ...kept, ...Object.fromEntries(missing.map((name) => [name, MAKERS[name]()])) };
  writeJson(paths.secrets, secrets);
  return secrets;
}
