import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Profile, ProfileSchema } from './profile/profile.schemas.js';

/** Nest token of the parsed configuration. */
export const REGISTER_CONFIG = Symbol('RegisterConfig');

const Key = z.base64().transform((text, context) => {
  const key = Buffer.from(text, 'base64');
  if (key.length === 32) return key;
  context.addIssue({ code: 'custom', message: 'must be the base64 form of 32 bytes (openssl rand -base64 32)' });
  return z.NEVER;
});

const EnvironmentSchema = z.object({
  REGISTER_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  AMQP_URL: z.url({ protocol: /^amqps?$/ }),
  REGISTER_HOST: z.string().default('127.0.0.1'),
  REGISTER_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  REGISTER_PROFILE: z.string().default('config/confetti.json'),
  REGISTER_INDEX_KEY: Key,
  REGISTER_KEY_ENCRYPTION_KEY: Key,
  LINK_DIGEST_KEY: Key,
  TOKEN_ISSUER: z.string().min(1).default('lupa-register'),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(100).default(10),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

/** The register's configuration, parsed once at start. Keys are 32 bytes each. */
export interface RegisterConfig {
  readonly databaseUrl: string;
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
  readonly tokenIssuer: string;
  readonly poolSize: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

/** Says in one sentence per line what is wrong with the configuration; values are not repeated. */
export class ConfigurationError extends Error {}

function explain(what: string, error: z.ZodError): ConfigurationError {
  const lines = error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  return new ConfigurationError(`${what} cannot be used:\n${lines.join('\n')}`);
}

function readProfile(path: string): Profile {
  let text: unknown;
  try {
    text = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigurationError(`The controller profile ${path} cannot be read: ${(error as Error).message}`);
  }
  const parsed = ProfileSchema.safeParse(text);
  if (!parsed.success) throw explain(`The controller profile ${path}`, parsed.error);
  return parsed.data;
}

/** @throws ConfigurationError */
export function readRegisterConfig(environment: NodeJS.ProcessEnv): RegisterConfig {
  const parsed = EnvironmentSchema.safeParse(environment);
  if (!parsed.success) throw explain('The environment of the register', parsed.error);
  const env = parsed.data;
  return {
    databaseUrl: env.REGISTER_DATABASE_URL,
    amqpUrl: env.AMQP_URL,
    host: env.REGISTER_HOST,
    port: env.REGISTER_PORT,
    profile: readProfile(env.REGISTER_PROFILE),
    indexKey: env.REGISTER_INDEX_KEY,
    keyEncryptionKey: env.REGISTER_KEY_ENCRYPTION_KEY,
    linkDigestKey: env.LINK_DIGEST_KEY,
    tokenIssuer: env.TOKEN_ISSUER,
    poolSize: env.DATABASE_POOL_SIZE,
    logLevel: env.LOG_LEVEL,
  };
}
