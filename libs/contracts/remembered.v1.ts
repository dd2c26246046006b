import { z } from 'zod';
import { ChannelSetSchema } from './channel.js';
import { OrderSchema, RefSchema } from './order.js';

/**
 * One reference as marketing remembers it: a line of the file by which a restored register learns what it has lost. No personal
 * data: the order it last heard of, and the channels it holds data for.
 */
export const RememberedSchema = z.object({
  schema: z.literal('remembered.v1'),
  ref: RefSchema,
  ...OrderSchema.shape,
  channels: ChannelSetSchema,
  erased: z.boolean(),
});
export type Remembered = z.infer<typeof RememberedSchema>;
