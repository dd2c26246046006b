import { z } from 'zod';

const value = z.string().min(1).max(500);

/** What is looked for on behalf of one person; the shape that libs/search takes. */
export const SoughtSchema = z.strictObject({
  caseId: z.string().regex(/^[\w-]{1,64}$/),
  values: z.array(z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('email'), text: value }),
    z.strictObject({ kind: z.literal('phone'), text: z.e164() }),
    z.strictObject({ kind: z.literal('customer-id'), text: z.uuid() }),
    z.strictObject({ kind: z.literal('ref'), text: z.uuid() }),
  ])).default([]),
  together: z.array(z.array(value).min(1)).default([]),
});
