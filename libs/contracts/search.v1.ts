import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Most cases of one reply. */
export const MAX_NEEDLE_CASES = 500;
/** Most cases of one round: what is looked for at once has to fit into the memory of both sides. */
export const MAX_ROUND_CASES = 20_000;
/** Findings of a statement beyond the first of each case, and places that could not be searched; the others are counted. */
export const MAX_LISTED = 1_000;
/** Code of the error reply about a round that is over, or was never begun: whoever asks forgets it. */
export const UNKNOWN_ROUND = 'unknown-round';

const RoundIdSchema = z.uuid();
const CountSchema = z.int().nonnegative();

/** "Search your stores again": what for is asked over RPC, so that no queue carries it. */
export const SearchRequestedSchema = z.object({ schema: z.literal('search.requested.v1'), roundId: RoundIdSchema });
export type SearchRequested = z.infer<typeof SearchRequestedSchema>;

export const NeedlesRequestSchema = z.object({
  schema: z.literal('search.needles.get.v1'),
  roundId: RoundIdSchema,
  /** `next` of the reply before; null: from the beginning. */
  after: z.uuid().nullable(),
});
export type NeedlesRequest = z.infer<typeof NeedlesRequestSchema>;

const NeedleValueSchema = z.object({ kind: z.enum(['email', 'phone', 'customer-id', 'ref']), text: z.string().min(1).max(1_000) });

/** Personal data: goes over direct reply-to only, and is neither kept nor logged by whoever gets it. */
export const NeedlesReplySchema = z.object({
  schema: z.literal('search.needles.v1'),
  cases: z.array(z.object({
    caseId: z.uuid(),
    values: z.array(NeedleValueSchema).max(100),
    /** Groups of texts that say who it is only when all of a group stand in one row or line. */
    together: z.array(z.array(z.string().min(1).max(1_000)).min(1).max(10)).max(20),
  })).max(MAX_NEEDLE_CASES),
  /** Null: that was all. */
  next: z.uuid().nullable(),
});
export type NeedlesReply = z.infer<typeof NeedlesReplySchema>;

/** As a certificate names stores; letters, digits and dashes. */
export const StoreNameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/);
const PlaceSchema = z.string().min(1).max(300);

/**
 * What marketing signs about one round (payload of a compact JWS with `typ` SEARCH_STATEMENT_TYPE). It may be shown to each of the people
 * of the round, so it names none: a case that was found is named by the digest of its id.
 */
export const SearchStatementSchema = z.object({
  roundId: RoundIdSchema,
  /** When the last store was searched. */
  searchedAt: z.iso.datetime(),
  /** How many were looked for. */
  cases: CountSchema,
  stores: z.array(z.object({ store: StoreNameSchema, what: z.enum(['tables', 'files']), number: CountSchema, bytes: CountSchema })).min(1),
  /** Each case that was found stands here at least once; of a case that does not, nothing was found in what was searched. */
  found: z.array(z.object({ case: z.string(), store: StoreNameSchema, place: PlaceSchema, count: z.int().positive() })).max(MAX_ROUND_CASES + MAX_LISTED),
  /** While this is not empty, nobody can say that nothing is there. */
  unsearched: z.array(z.object({ store: StoreNameSchema, place: PlaceSchema, reason: z.string().min(1).max(64) })).max(MAX_LISTED),
  /** How many more than are listed. */
  more: z.object({ found: CountSchema, unsearched: CountSchema }),
});
export type SearchStatement = z.infer<typeof SearchStatementSchema>;

/** Header `typ` of a search statement: tells it from statements about erasures, which the same key signs. */
export const SEARCH_STATEMENT_TYPE = 'lupa-search-statement+jws';

export const SearchAnsweredSchema = z.object({
  schema: z.literal('search.answered.v1'),
  roundId: RoundIdSchema,
  /** Compact JWS (RFC 7515, ES256) over a SearchStatement. */
  statement: z.string().max(15_000_000),
});
export type SearchAnswered = z.infer<typeof SearchAnsweredSchema>;

/** How a statement names a case: SHA-256 of its id, base64url. The id is random, so nobody finds it by trying. */
export function caseDigest(caseId: string): string {
  return createHash('sha256').update(caseId.toLowerCase()).digest('base64url');
}
