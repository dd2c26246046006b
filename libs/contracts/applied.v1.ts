import { z } from 'zod';
import { OrderSchema, RefSchema } from './order.js';
import { PulseSchema } from './pulse.js';

/** Most answers one message carries. */
export const MAX_ANSWERS = 500;

const AnswerSchema = z.object({ ref: RefSchema, ...OrderSchema.shape });

/** An answer to an erasure; `statement` is a compact JWS (RFC 7515) over an ErasureStatement. */
const ErasureAnswerSchema = z.object({ ...AnswerSchema.shape, statement: z.string().max(8_192) });

/**
 * Marketing's own word that it has applied changes. May be empty: then it only tells the marketing epoch and its pulse
 * (sent at start, when a watermark names another epoch, and after half a minute in which nothing else was said).
 */
export const AppliedSchema = z.object({
  schema: z.literal('applied.v1'),
  marketingEpoch: z.uuid(),
  appliedAt: z.iso.datetime(),
  answers: z.array(AnswerSchema).max(MAX_ANSWERS),
  erasures: z.array(ErasureAnswerSchema).max(MAX_ANSWERS),
  /** Counted after everything answered here was committed. Missing from a marketing that does not count. */
  pulse: PulseSchema.optional(),
});
export type Applied = z.infer<typeof AppliedSchema>;
export type Answer = z.infer<typeof AnswerSchema>;
export type ErasureAnswer = z.infer<typeof ErasureAnswerSchema>;

/** What marketing signs about one erasure (GDPR Art. 17, 19). */
export const ErasureStatementSchema = z.object({
  ...AnswerSchema.shape,
  marketingEpoch: z.uuid(),
  appliedAt: z.iso.datetime(),
  /** Rows deleted by this erasure over all tables; 0 when nothing was held. */
  rowsDeleted: z.int().nonnegative(),
  /** Rows found by the re-scan after the deletion; the tombstone does not count. */
  rowsLeft: z.int().nonnegative(),
  /** Recipients of exports that held the person, as marketing's configuration has them; of one that it has no more there is the id only. */
  recipients: z.array(z.object({ id: z.string(), name: z.string(), country: z.string().nullable() })),
});
export type ErasureStatement = z.infer<typeof ErasureStatementSchema>;
