import { createHash, createHmac } from 'node:crypto';
import { z } from 'zod';
import { OrderSchema, RefSchema } from './order.js';

/** References are spread over this many buckets by their first byte. */
export const BUCKETS = 256;

const BucketSchema = z.int().min(0).max(BUCKETS - 1);

export const DigestRequestSchema = z.object({
  schema: z.literal('digest.get.v1'),
  /** Few at a time, so that one request stays short at a million customers. */
  buckets: z.array(BucketSchema).min(1).max(BUCKETS),
});
export const DigestReplySchema = z.object({
  schema: z.literal('digest.v1'),
  epoch: z.int().positive(),
  digests: z.array(z.object({ bucket: BucketSchema, digest: z.string() })),
  /** Of the key of the content digests; a register of before does not tell it. */
  keyCheck: z.string().optional(),
});
export type DigestReply = z.infer<typeof DigestReplySchema>;

export const BucketRequestSchema = z.object({ schema: z.literal('bucket.get.v1'), bucket: BucketSchema });
const BucketEntrySchema = z.object({ ref: RefSchema, ...OrderSchema.shape, digest: z.string() });
export type BucketEntry = z.infer<typeof BucketEntrySchema>;
export const BucketReplySchema = z.object({ schema: z.literal('bucket.v1'), entries: z.array(BucketEntrySchema) });
export type BucketReply = z.infer<typeof BucketReplySchema>;

/** The bucket of a reference: its first byte, 0–255. */
export function bucketOf(ref: string): number {
  return Number.parseInt(ref.slice(0, 2), 16);
}

/** Tells whether both sides have the same key, and not which: digests under different keys would all differ, whatever is held. */
export function linkKeyCheck(key: Buffer): string {
  return createHmac('sha256', key).update('lupa link key check').digest('base64url').slice(0, 22);
}

/** SHA-256 over the opted-in references of one bucket, sorted by reference, with order and content digest. */
export function bucketDigest(entries: readonly BucketEntry[]): string {
  const hash = createHash('sha256');
  for (const e of [...entries].sort((a, b) => (a.ref < b.ref ? -1 : 1))) {
    hash.update(`${e.ref} ${e.epoch} ${e.version} ${e.digest}\n`);
  }
  return hash.digest('base64url');
}
