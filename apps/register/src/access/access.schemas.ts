import { z } from 'zod';
import { CALLER_KINDS } from '#auth/caller.js';

/** RFC 6749 § 4.4.2. Unknown parameters are ignored, as § 3.2 asks; client id and secret may come by Basic instead. */
export const TokenRequestSchema = z
  .object({
    grant_type: z.string().max(100).optional(),
    scope: z.string().max(1_000).optional().meta({ description: 'Space separated; every scope of the program when left out' }),
    client_id: z.string().max(100).optional(),
    client_secret: z.string().max(200).optional(),
  })
  .meta({ id: 'TokenRequest', examples: [{ grant_type: 'client_credentials', client_id: 'web-shop', client_secret: '…' }] });
export type TokenRequest = z.infer<typeof TokenRequestSchema>;

export const StaffTokenRequestSchema = z
  .strictObject({ username: z.string().min(1).max(100), password: z.string().min(1).max(1_000) })
  .meta({ id: 'StaffTokenRequest', examples: [{ username: 'ritva', password: '…' }] });
export type StaffTokenRequest = z.infer<typeof StaffTokenRequestSchema>;

/** RFC 6749 § 5.1. */
export const TokenAnswerSchema = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ description: 'Seconds' }),
    scope: z.string(),
  })
  .meta({ id: 'TokenAnswer', examples: [{ access_token: 'eyJhbGciOiJFUzI1NiIs…', token_type: 'Bearer', expires_in: 900, scope: 'customers:read' }] });
export type TokenAnswer = z.infer<typeof TokenAnswerSchema>;

/** RFC 7517, public EC keys only. */
export const KeySetSchema = z
  .object({
    keys: z.array(
      z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string(), kid: z.string(), use: z.literal('sig'), alg: z.literal('ES256') }),
    ),
  })
  .meta({ id: 'KeySet' });
export type KeySet = z.infer<typeof KeySetSchema>;
export type PublicKey = KeySet['keys'][number];

/** Who a token is for. */
export const HolderSchema = z.object({ kind: z.enum(CALLER_KINDS), subject: z.string(), roles: z.array(z.string()), scopes: z.array(z.string()) });
export type Holder = z.infer<typeof HolderSchema>;
