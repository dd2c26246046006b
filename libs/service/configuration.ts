import { z } from 'zod';

/** Says in a sentence per line what is wrong with the configuration; values are not repeated. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/**
 * The parsed input.
 * @param what such as `The environment of the register`
 * @throws ConfigurationError naming every field that is wrong
 */
export function parseConfiguration<S extends z.ZodType>(what: string, schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${isMissing(issue) ? 'is not set' : issue.message}`);
  throw new ConfigurationError(`${what} cannot be used:\n${lines.join('\n')}`);
}

function isMissing(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
}

/** A key of 256 bits, written in base64. */
export const KeySchema = z.base64({ error: ({ input }) => (input === undefined ? undefined : 'must be base64') }).transform((text, context) => {
  const key = Buffer.from(text, 'base64');
  if (key.length === 32) return key;
  context.addIssue({ code: 'custom', message: 'must be the base64 form of 32 bytes (openssl rand -base64 32)' });
  return z.NEVER;
});

/** What both services read from the environment. */
export const COMMON_ENVIRONMENT = {
  AMQP_URL: z.url({ protocol: /^amqps?$/ }),
  LINK_DIGEST_KEY: KeySchema,
  TOKEN_ISSUER: z.string().min(1).default('lupa-register'),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(100).default(10),
  /** The database is taken for away when it is silent for so long; it gives a statement up itself at six sevenths of it. */
  DATABASE_QUERY_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(600_000).default(35_000),
  /** Addresses or networks of the proxies in front, separated by commas; only their X-Forwarded-For is believed. */
  TRUST_PROXY: z.string().regex(/^[0-9a-fA-F:.,/ ]+$/, 'must be addresses or networks separated by commas').optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
};
export const DatabaseUrlSchema = z.url({ protocol: /^postgres(ql)?$/ });
export const PortSchema = z.coerce.number().int().min(0).max(65_535);
