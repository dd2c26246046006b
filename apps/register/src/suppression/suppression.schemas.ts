import { z } from 'zod';
import { ChannelSchema } from '#contracts/channel.js';

/** One line of the file in which the list is kept outside the backups of the database. */
export const SuppressionLineSchema = z.strictObject({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  kind: z.enum(['email', 'phone', 'post']),
  reason: z.enum(['erased', 'objected', 'abuse']),
  since: z.iso.datetime(),
  reopened: z.array(ChannelSchema),
  liftedAt: z.iso.datetime().nullable(),
  liftedBy: z.string().nullable(),
});
export type SuppressionLine = z.infer<typeof SuppressionLineSchema>;
