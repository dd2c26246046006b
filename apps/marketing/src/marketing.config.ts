import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { COMMON_ENVIRONMENT, ConfigurationError, DatabaseUrlSchema, KeySchema, parseConfiguration, PortSchema } from '#service/configuration.js';
import type { Directory } from '#search/search-files.js';
import { searchDirectoriesSchema } from '#search/search-directories.schemas.js';
import { type Recipient, RecipientsSchema } from './exports/recipients.schemas.js';
import { OWN_STORES } from './leftovers/search-statement.js';

/** Nest token of the parsed configuration. */
export const MARKETING_CONFIG = Symbol('MarketingConfig');

/** A private P-256 key (RFC 7517, RFC 7518 § 6.2). */
const StatementJwkSchema = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});
export type StatementJwk = z.infer<typeof StatementJwkSchema>;

const StatementKey = z.string().transform((text, context) => {
  try {
    const jwk = StatementJwkSchema.safeParse(JSON.parse(text));
    if (jwk.success) return jwk.data;
  } catch {
    // Falls through: what was wrong with a secret is better not repeated.
  }
  context.addIssue({ code: 'custom', message: 'must be a private ES256 key as a JSON Web Key (kty EC, crv P-256, with d)' });
  return z.NEVER;
});

const EnvironmentSchema = z.object({
  ...COMMON_ENVIRONMENT,
  MARKETING_DATABASE_URL: DatabaseUrlSchema,
  MARKETING_HOST: z.string().default('127.0.0.1'),
  MARKETING_PORT: PortSchema.default(3001),
  MARKETING_STATEMENT_KEY: StatementKey,
  MARKETING_INDEX_KEY: KeySchema,
  REGISTER_JWKS_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:3000/.well-known/jwks.json'),
  FRESHNESS_LIMIT_SECONDS: z.coerce.number().positive().max(86_400).default(60),
  SMALL_GROUP_THRESHOLD: z.string().regex(/^\d{1,6}$/, 'must be a whole number; 0 turns it off').transform(Number).default(10),
  MARKETING_RECIPIENTS: z.string().min(1).default('config/recipients.json'),
  MARKETING_EXPORT_DIRECTORY: z.string().min(1).default('.lupa/_exports'),
  EXPORT_EXPIRY_MINUTES: z.coerce.number().positive().max(10_080).default(60),
  EXPORT_LEASE_SECONDS: z.coerce.number().min(3).max(300).default(15),
  EXPORT_BLOCK_SLOTS: z.coerce.number().int().refine((slots) => 65_536 % slots === 0, 'must be a power of two, 65536 at most').default(16_384),
  MARKETING_SEARCH_DIRECTORIES: searchDirectoriesSchema(Object.values(OWN_STORES)),
  SNAPSHOT_RETENTION_MONTHS: z.coerce.number().int().min(1).max(120).default(13),
  EXPORT_MEMBERS_RETENTION_MONTHS: z.coerce.number().int().min(1).max(120).default(24),
  PERSON_READ_RETENTION_MONTHS: z.coerce.number().int().min(1).max(120).default(36),
});

export interface ExportConfig {
  /** Who may be given people. */
  readonly recipients: readonly Recipient[];
  /** Where files wait to be taken; shared by instances that share a database. Made when needed, for this user only. */
  readonly directory: string;
  /** An export must be taken within this time. */
  readonly expiryMs: number;
  /** A process that has not been heard of for so long is taken for dead, and its exports from it. */
  readonly leaseMs: number;
  /** People are read so many slots at a time: some 120 bytes each are held in memory, twice. */
  readonly blockSlots: number;
}

/** Marketing's configuration, parsed once at start. */
export interface MarketingConfig {
  readonly databaseUrl: string;
  readonly amqpUrl: string;
  readonly host: string;
  readonly port: number;
  /** Shared with the register: keys the content digests of reconciliation. 32 bytes. */
  readonly linkDigestKey: Buffer;
  /** Signs the erasure statements (ES256). */
  readonly statementKey: StatementJwk;
  /** HMAC key of the digests by which a contact is found by address. 32 bytes, marketing's own. */
  readonly indexKey: Buffer;
  readonly registerJwksUrl: string;
  readonly tokenIssuer: string;
  /** Lists refuse when they are staler than this. */
  readonly freshnessLimitMs: number;
  /** Counts below this are not told to callers who may not see lists; 0: every count is. */
  readonly smallGroupThreshold: number;
  /** Snapshots are deleted so long after they were taken. */
  readonly snapshotRetentionMonths: number;
  readonly retention: {
    /** Months after an export was last taken until of its members only those are kept whom its recipient may have by it alone. */
    readonly memberMonths: number;
    /** Months after which it is forgotten who looked at a person. */
    readonly readMonths: number;
  };
  readonly exports: ExportConfig;
  /** Searched for the erased besides the database and the exports, such as logs. */
  readonly searchDirectories: readonly Directory[];
  readonly poolSize: number;
  /** Silence of a database that owes an answer, after which it is taken for away. */
  readonly queryTimeoutMs: number;
  /** Proxies whose X-Forwarded-For is believed; undefined: none. */
  readonly trustProxy: string | undefined;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

function readRecipients(path: string): readonly Recipient[] {
  let text: unknown;
  try {
    text = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigurationError(`The file of recipients ${path} cannot be read: ${(error as Error).message}`);
  }
  return parseConfiguration(`The file of recipients ${path}`, RecipientsSchema, text).recipients;
}

/** @throws ConfigurationError */
export function readMarketingConfig(environment: NodeJS.ProcessEnv): MarketingConfig {
  const env = parseConfiguration('The environment of marketing', EnvironmentSchema, environment);
  return {
    databaseUrl: env.MARKETING_DATABASE_URL,
    amqpUrl: env.AMQP_URL,
    host: env.MARKETING_HOST,
    port: env.MARKETING_PORT,
    linkDigestKey: env.LINK_DIGEST_KEY,
    statementKey: env.MARKETING_STATEMENT_KEY,
    indexKey: env.MARKETING_INDEX_KEY,
    registerJwksUrl: env.REGISTER_JWKS_URL,
    tokenIssuer: env.TOKEN_ISSUER,
    freshnessLimitMs: env.FRESHNESS_LIMIT_SECONDS * 1_000,
    smallGroupThreshold: env.SMALL_GROUP_THRESHOLD,
    snapshotRetentionMonths: env.SNAPSHOT_RETENTION_MONTHS,
    retention: { memberMonths: env.EXPORT_MEMBERS_RETENTION_MONTHS, readMonths: env.PERSON_READ_RETENTION_MONTHS },
    exports: {
      recipients: readRecipients(env.MARKETING_RECIPIENTS), directory: env.MARKETING_EXPORT_DIRECTORY,
      expiryMs: env.EXPORT_EXPIRY_MINUTES * 60_000, leaseMs: env.EXPORT_LEASE_SECONDS * 1_000, blockSlots: env.EXPORT_BLOCK_SLOTS,
    },
    searchDirectories: env.MARKETING_SEARCH_DIRECTORIES,
    poolSize: env.DATABASE_POOL_SIZE,
    queryTimeoutMs: env.DATABASE_QUERY_TIMEOUT_MS,
    trustProxy: env.TRUST_PROXY,
    logLevel: env.LOG_LEVEL,
  };
}
