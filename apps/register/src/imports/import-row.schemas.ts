import { z } from 'zod';
import { ClaimSchema } from '../consents/consents.schemas.js';
import { CreateCustomerSchema } from '../customers/customers.schemas.js';
import { MomentSchema } from '../customers/text.schemas.js';

/** One row of a file: what POST /v1/customers takes, and what only an import can bring. */
export const ImportRowSchema = z.strictObject({
  customer: CreateCustomerSchema,
  claims: z.array(ClaimSchema),
  /** When she was last heard of where she comes from. */
  activeAt: MomentSchema.refine((at) => at.getTime() <= Date.now(), { error: 'must not lie in the future', params: { code: 'in-future' } }).optional(),
});
export type ImportRow = z.output<typeof ImportRowSchema>;
