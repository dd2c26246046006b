import { z } from 'zod';
import { ChannelSetSchema } from './channel.js';
import { OrderSchema, RefSchema } from './order.js';

/** Why the message was sent. A code, never text: it may be logged. */
export const CHANGE_REASONS = ['consent', 'data', 'restriction', 'objection', 'end', 'erasure', 'resync'] as const;

/**
 * "Something changed about this reference": what marketing may still hold, and nothing else.
 * Carries no personal data, because the broker keeps message bodies on disk even after acknowledgement.
 */
export const ConsentChangedSchema = z
  .object({
    schema: z.literal('consent.changed.v1'),
    ref: RefSchema,
    ...OrderSchema.shape,
    /** Channels granted now and reachable; empty: the person is not in marketing. */
    channels: ChannelSetSchema,
    erased: z.boolean(),
    reason: z.enum(CHANGE_REASONS),
  })
  .refine((message) => !message.erased || message.channels.length === 0, 'an erased person has no channels');
export type ConsentChanged = z.infer<typeof ConsentChangedSchema>;
