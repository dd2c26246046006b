import { z } from 'zod';
import { MomentCursorSchema } from '#http/query.schemas.js';
import { APPEAL_OUTCOMES } from './appeal.schemas.js';
import { ABUSE_REASONS, ERASURE_GROUNDS } from './erasure.schemas.js';

/**
 * Where a case is: marketing has not answered; it has, and every store is being searched again; the last search has found something, or could
 * not look somewhere; closed, nothing was found.
 */
export const CASE_STATES = ['waiting-for-marketing', 'searching', 'found', 'closed'] as const;

const Moment = z.iso.datetime();

/** What the last search of the stores has found, or could not look at: places and counts, never a value. */
export const FindingsSchema = z.object({
  found: z.array(z.object({ store: z.string(), place: z.string(), count: z.int() })),
  unsearched: z.array(z.object({ store: z.string(), place: z.string(), reason: z.string() })),
});

const shown = {
  caseId: z.uuid(),
  ground: z.enum(ERASURE_GROUNDS),
  state: z.enum(CASE_STATES),
  /** When everything of the person was deleted in the register. */
  requestedAt: Moment,
  /** How long it is, or was, open, in whole seconds. */
  openSeconds: z.int().nonnegative(),
  searchedAt: Moment.nullable(),
  closedAt: Moment.nullable(),
  findings: FindingsSchema.nullable(),
  /** She contests that she abused the shop; null: she does not, or it is no such case. */
  appeal: z.object({
    receivedAt: Moment,
    /** The last day on which the answer is in time. */
    dueOn: z.iso.date(),
    late: z.boolean(),
    outcome: z.enum(APPEAL_OUTCOMES).nullable(),
    decidedAt: Moment.nullable(),
    /** A user name, to staff only. */
    decidedBy: z.string().nullable(),
  }).nullable(),
};

export const ErasureCaseSchema = z.object({
  ...shown,
  /** Rows deleted in the register by the request itself. */
  rowsDeleted: z.int(),
  /** Marketing's answer; null until it has come. */
  marketing: z.object({
    answeredAt: Moment,
    /** Compact JWS (RFC 7515) signed by marketing over rows deleted, rows left and recipients. */
    statement: z.string(),
  }).nullable(),
  /** With the ground `abuse`. */
  abuse: z.object({
    /** Null when the case was taken up again from a log older than the reason. */
    reasonCode: z.enum(ABUSE_REASONS).nullable(),
    decidedAt: Moment,
    /** A user name, to staff only. */
    decidedBy: z.string().nullable(),
  }).nullable(),
  /** Where the certificate is; null until it was issued. */
  certificate: z.string().nullable(),
});
export type ErasureCaseView = z.infer<typeof ErasureCaseSchema>;

export const ErasureCaseLineSchema = z.object(shown);
export type ErasureCaseLine = z.infer<typeof ErasureCaseLineSchema>;
export const ErasureCasePageSchema = z.object({ cases: z.array(ErasureCaseLineSchema), next: z.string().nullable() });
export type ErasureCasePage = z.infer<typeof ErasureCasePageSchema>;

export const ListCasesSchema = z.strictObject({
  /** `open`: any that is not closed; so when neither this nor `appeal` is given. */
  state: z.enum([...CASE_STATES, 'open']).optional(),
  /** Cases with an appeal that nobody has decided; `late`: after its due date. */
  appeal: z.enum(['open', 'late']).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: MomentCursorSchema.optional(),
});
export type ListCases = z.output<typeof ListCasesSchema>;
