import { z } from 'zod';

/** Nest token of the parsed configuration. */
export const MARKETING_CONFIG = Symbol('MarketingConfig');

const DigestKey = z.base64().transform((text, context) => {
  const key = Buffer.from(text, 'base64');
  if (key.length === 32) return key;
  context.addIssue({ code: 'custom', message: 'must be the base64 form of 32 bytes (openssl rand -base64 32)' });
  return z.NEVER;
});

/** A private P-256 key (RFC 7517, RFC 7518 § 6.2). */
const StatementJwkSchema = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string().optional(),
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
  MARKETING_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  AMQP_URL: z.url({ protocol: /^amqps?$/ }),
  MARKETING_HOST: z.string().default('127.0.0.1'),
  MARKETING_PORT: z.coerce.number().int().min(0).max(65_535).default(3001),
  LINK_DIGEST_KEY: DigestKey,
  MARKETING_STATEMENT_KEY: StatementKey,
  REGISTER_JWKS_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:3000/.well-known/jwks.json'),
  TOKEN_ISSUER: z.string().min(1).default('lupa-register'),
  FRESHNESS_LIMIT_SECONDS: z.coerce.number().positive().max(86_400).default(60),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(100).default(10),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

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
  readonly registerJwksUrl: string;
  readonly tokenIssuer: string;
  /** Lists refuse when they are staler than this. */
  readonly freshnessLimitMs: number;
  readonly poolSize: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

/** Says in one sentence per line what is wrong with the environment; values are not repeated. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** @throws ConfigurationError */
export function readMarketingConfig(environment: NodeJS.ProcessEnv): MarketingConfig {
  const parsed = EnvironmentSchema.safeParse(environment);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigurationError(`The environment of marketing cannot be used:\n${lines.join('\n')}`);
  }
  const env = parsed.data;
  return {
    databaseUrl: env.MARKETING_DATABASE_URL,
    amqpUrl: env.AMQP_URL,
    host: env.MARKETING_HOST,
    port: env.MARKETING_PORT,
    linkDigestKey: env.LINK_DIGEST_KEY,
    statementKey: env.MARKETING_STATEMENT_KEY,
    registerJwksUrl: env.REGISTER_JWKS_URL,
    tokenIssuer: env.TOKEN_ISSUER,
    freshnessLimitMs: env.FRESHNESS_LIMIT_SECONDS * 1_000,
    poolSize: env.DATABASE_POOL_SIZE,
    logLevel: env.LOG_LEVEL,
  };
}
