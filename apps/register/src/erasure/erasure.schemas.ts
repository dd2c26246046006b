import { z } from 'zod';

/** Why (GDPR Art. 17(1)): the person's demand, the end of the relationship, or abuse that a person has decided on. */
export const ERASURE_GROUNDS = ['request', 'relationship-ended', 'abuse'] as const;

export const RequestErasureSchema = z
  .strictObject({ customerId: z.uuid(), ground: z.enum(ERASURE_GROUNDS) })
  .meta({ examples: [{ customerId: '01940000-0000-7000-8000-000000000001', ground: 'request' }] });
export type RequestErasure = z.output<typeof RequestErasureSchema>;
export type ErasureGround = RequestErasure['ground'];

export const ErasureReceiptSchema = z
  .object({ caseId: z.uuid(), state: z.literal('waiting-for-marketing') })
  .meta({ examples: [{ caseId: 'b7f5a9ce-52c5-4ad5-8d43-0f2a43bb8c11', state: 'waiting-for-marketing' }] });

export const ErasureCaseSchema = z.object({
  caseId: z.uuid(),
  ground: z.enum(ERASURE_GROUNDS),
  state: z.enum(['waiting-for-marketing', 'closed']),
  requestedAt: z.iso.datetime(),
  /** Rows deleted in the register by the request itself. */
  rowsDeleted: z.int(),
  /** Marketing's answer; null until it has come. */
  marketing: z.object({
    answeredAt: z.iso.datetime(),
    /** Compact JWS (RFC 7515) signed by marketing over rows deleted, rows left and recipients. */
    statement: z.string(),
  }).nullable(),
});
export type ErasureCaseView = z.infer<typeof ErasureCaseSchema>;
