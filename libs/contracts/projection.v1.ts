import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { ChannelSchema } from './channel.js';
import { OrderSchema, RefSchema } from './order.js';

/** Most references one request may ask for. */
export const MAX_REFS = 500;

export const ProjectionRequestSchema = z.object({
  schema: z.literal('projection.get.v1'),
  refs: z.array(RefSchema).min(1).max(MAX_REFS),
});
export type ProjectionRequest = z.infer<typeof ProjectionRequestSchema>;

/** One granted and reachable channel with what the audience filters need of its consent. */
const GrantSchema = z.object({
  channel: ChannelSchema,
  /** When the consent was given, ISO 8601 UTC. */
  grantedAt: z.iso.datetime(),
  wordingId: z.string(),
  wordingVersion: z.int().positive(),
  sourceSystem: z.string(),
});
export type Grant = z.infer<typeof GrantSchema>;

/**
 * What marketing may hold of one customer now. Email only with email consent, phone only with sms or
 * phone consent, postal address only with post consent (GDPR Art. 5(1)(c)). Null: not held or not given.
 */
export const ProjectionSchema = z.object({
  ref: RefSchema,
  ...OrderSchema.shape,
  /** Sorted by channel name; empty: marketing keeps a tombstone only and every data field is null. */
  grants: z.array(GrantSchema).max(4),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  language: z.string().nullable(),
  birthYear: z.int().nullable(),
  occupation: z.string().nullable(),
  /** Codes of product groups, sorted. */
  interests: z.array(z.string()),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  streetAddress: z.string().nullable(),
  postalCode: z.string().nullable(),
  city: z.string().nullable(),
  /** ISO 3166-1 alpha-2. */
  country: z.string().nullable(),
});
export type Projection = z.infer<typeof ProjectionSchema>;

export const ProjectionReplySchema = z.object({
  schema: z.literal('projection.v1'),
  projections: z.array(ProjectionSchema),
  /** References the register has no link for (never given out, or erased and answered). */
  unknown: z.array(RefSchema),
});
export type ProjectionReply = z.infer<typeof ProjectionReplySchema>;

/** The fields of a projection that make up its content, in the order they are digested and compared. */
export const PROJECTION_FIELDS = [
  'grants', 'firstName', 'lastName', 'language', 'birthYear', 'occupation', 'interests',
  'email', 'phone', 'streetAddress', 'postalCode', 'city', 'country',
] as const satisfies readonly (keyof Projection)[];

/** The content as one string, the same on both sides for the same content. */
export function projectionContent(projection: Projection): string {
  return JSON.stringify(PROJECTION_FIELDS.map((field) =>
    field === 'grants'
      ? projection.grants.map((g) => [g.channel, g.grantedAt, g.wordingId, g.wordingVersion, g.sourceSystem])
      : projection[field]));
}

/** Keyed (HMAC-SHA-256) so that a digest cannot be reversed by guessing addresses; base64url. */
export function projectionDigest(key: Buffer, projection: Projection): string {
  return createHmac('sha256', key).update(projectionContent(projection)).digest('base64url');
}
