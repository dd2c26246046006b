import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { COMMON_ENVIRONMENT, ConfigurationError, DatabaseUrlSchema, KeySchema, parseConfiguration, PortSchema } from '#service/configuration.js';
import { searchDirectoriesSchema } from '#search/search-directories.schemas.js';
import type { Directory } from '#search/search-files.js';
import { type Profile, ProfileSchema } from './profile/profile.schemas.js';

/** Nest token of the parsed configuration. */
export const REGISTER_CONFIG = Symbol('RegisterConfig');

const EnvironmentSchema = z.object({
  ...COMMON_ENVIRONMENT,
  REGISTER_DATABASE_URL: DatabaseUrlSchema,
  REGISTER_ERASURE_LOG_URL: DatabaseUrlSchema,
  REGISTER_HOST: z.string().default('127.0.0.1'),
  REGISTER_PORT: PortSchema.default(3000),
  REGISTER_PROFILE: z.string().default('config/confetti.json'),
  REGISTER_INDEX_KEY: KeySchema,
  REGISTER_KEY_ENCRYPTION_KEY: KeySchema,
  REGISTER_SEARCH_DIRECTORIES: searchDirectoriesSchema(['register', 'marketing', 'marketing-exports']),
  SEARCH_PAUSE_MS: z.coerce.number().int().min(1).max(86_400_000).optional(),
  SEARCH_ANSWER_SECONDS: z.coerce.number().int().min(1).max(86_400).default(900),
  BACKUP_RETENTION_DAYS: z.coerce.number().int().min(0).max(3_650).default(30),
});

/** The register's configuration, parsed once at start. Keys are 32 bytes each. */
export interface RegisterConfig {
  readonly databaseUrl: string;
  /** The log of erasures, in a database that is never restored with the register's. */
  readonly erasureLogUrl: string;
  readonly amqpUrl: string;
  readonly host: string;
  readonly port: number;
  readonly profile: Profile;
  /** HMAC key of the blind indexes and of the idempotency fingerprints. */
  readonly indexKey: Buffer;
  /** Encrypts the token signing keys at rest. */
  readonly keyEncryptionKey: Buffer;
  /** Shared with marketing: keys the content digests of reconciliation. */
  readonly linkDigestKey: Buffer;
  /** Logs, the broker's data: searched for the erased beside the database. */
  readonly searchDirectories: readonly Directory[];
  /** Between two searches; undefined: three times what the last one took. */
  readonly searchPauseMs: number | undefined;
  /** How long a search waits for marketing's answer before it is given up and begun anew. */
  readonly searchAnswerSeconds: number;
  /** How long the operator keeps backups; a certificate says when those of before the erasure are gone. */
  readonly backupRetentionDays: number;
  readonly tokenIssuer: string;
  readonly poolSize: number;
  /** Silence of a database that owes an answer, after which it is taken for away. */
  readonly queryTimeoutMs: number;
  /** Proxies whose X-Forwarded-For is believed; undefined: none. */
  readonly trustProxy: string | undefined;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

function readProfile(path: string): Profile {
  let text: unknown;
  try {
    text = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigurationError(`The controller profile ${path} cannot be read: ${(error as Error).message}`);
  }
  return parseConfiguration(`The controller profile ${path}`, ProfileSchema, text);
}

/** @throws ConfigurationError */
export function readRegisterConfig(environment: NodeJS.ProcessEnv): RegisterConfig {
  const env = parseConfiguration('The environment of the register', EnvironmentSchema, environment);
  return {
    databaseUrl: env.REGISTER_DATABASE_URL,
    erasureLogUrl: env.REGISTER_ERASURE_LOG_URL,
    amqpUrl: env.AMQP_URL,
    host: env.REGISTER_HOST,
    port: env.REGISTER_PORT,
    profile: readProfile(env.REGISTER_PROFILE),
    indexKey: env.REGISTER_INDEX_KEY,
    keyEncryptionKey: env.REGISTER_KEY_ENCRYPTION_KEY,
    linkDigestKey: env.LINK_DIGEST_KEY,
    searchDirectories: env.REGISTER_SEARCH_DIRECTORIES,
    searchPauseMs: env.SEARCH_PAUSE_MS,
    searchAnswerSeconds: env.SEARCH_ANSWER_SECONDS,
    backupRetentionDays: env.BACKUP_RETENTION_DAYS,
    tokenIssuer: env.TOKEN_ISSUER,
    poolSize: env.DATABASE_POOL_SIZE,
    queryTimeoutMs: env.DATABASE_QUERY_TIMEOUT_MS,
    trustProxy: env.TRUST_PROXY,
    logLevel: env.LOG_LEVEL,
  };
}
