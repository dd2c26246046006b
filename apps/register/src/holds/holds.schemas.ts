import { z } from 'zod';
import { MomentCursorSchema } from '#http/query.schemas.js';
import { CodeSchema, MomentSchema } from '../customers/text.schemas.js';
import { ERASURE_GROUNDS } from '../erasure/erasure.schemas.js';

/** Why the law keeps a person's data although it would go (GDPR Art. 17(3)(b), (e)). */
export const HOLD_REASONS = ['claim', 'authority-inquiry', 'payment-dispute', 'fraud-investigation', 'bookkeeping'] as const;

export const HoldSchema = z
  .strictObject({
    reason: z.enum(HOLD_REASONS),
    /** Code of the person or function that answers for it. */
    owner: CodeSchema,
    /** When the owner has to look at it again; at most a year on. */
    reviewAt: MomentSchema,
  })
  .meta({ examples: [{ reason: 'payment-dispute', owner: 'legal', reviewAt: '2027-02-01T09:00:00+02:00' }] });
export type Hold = z.output<typeof HoldSchema>;

/** `caseId` names the erasure that had waited for the end of the hold; null: nobody had asked for one, or, `dropped`, it did not stand any more. */
export const HoldEndedSchema = z.object({ caseId: z.uuid().nullable(), dropped: z.boolean() }).meta({ examples: [{ caseId: null, dropped: false }] });

export const ReviewQuerySchema = z.strictObject({
  /** Reviews due up to here; now when absent. */
  dueBefore: MomentSchema.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  /** The `next` of the page before. */
  cursor: MomentCursorSchema.optional(),
});
export type ReviewQuery = z.output<typeof ReviewQuerySchema>;

export const HoldViewSchema = z.object({
  customerId: z.uuid(), reason: z.enum(HOLD_REASONS), owner: z.string(), reviewAt: z.iso.datetime(), placedAt: z.iso.datetime(),
  /** The erasure that waits for the end of the hold. */
  queuedErasure: z.object({ ground: z.enum(ERASURE_GROUNDS), askedAt: z.iso.datetime() }).nullable(),
});
export type HoldView = z.infer<typeof HoldViewSchema>;
export const HoldPageSchema = z.object({ holds: z.array(HoldViewSchema), next: z.string().nullable() });
