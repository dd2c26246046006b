import { z } from 'zod';
import { ChannelSchema } from '#contracts/channel.js';

/** Most people in one answer. */
const MOST_JSON = 10_000;

export const RemovalQuerySchema = z.strictObject({
  since: z.coerce.number().int().nonnegative().default(0).meta({ description: 'upTo of the answer before; 0: from the beginning' }),
  limit: z.coerce.number().int().min(1).max(MOST_JSON).default(1_000),
});
export type RemovalQuery = z.infer<typeof RemovalQuerySchema>;

export const RemovalsSchema = z
  .object({
    removals: z.array(z.object({
      ref: z.uuid().meta({ description: 'Stands in the exports as their external id' }),
      channel: ChannelSchema.meta({ description: 'May not be used for this person any more' }),
      erased: z.boolean().meta({ description: 'Everything about this person must go, not only from the mailing list' }),
      noticedAt: z.iso.datetime().meta({ description: 'When it was noticed here that the person had left, which is a little later' }),
      exports: z.array(z.uuid()).meta({ description: 'Exports by which the recipient has the person' }),
    })),
    upTo: z.int().nonnegative().meta({ description: '`since` of the next page, and what to acknowledge, for the same recipient or export, when these are gone' }),
    more: z.boolean(),
  })
  .meta({
    id: 'Removals',
    examples: [{
      removals: [{
        ref: '7b0c9a52-7f7b-4b8e-9f33-2f6f0a3a9b11', channel: 'email', erased: false, noticedAt: '2026-01-16T08:00:00.000Z',
        exports: ['0b8f5bb0-6f0e-4a53-9a5f-2b8d3b6c2d10'],
      }],
      upTo: 17, more: false,
    }],
  });
export type Removals = z.infer<typeof RemovalsSchema>;

export const AcknowledgementSchema = z
  .strictObject({ upTo: z.int().positive().meta({ description: 'upTo of the answer whose people are gone from the recipient’s system' }) })
  .meta({ id: 'RemovalAcknowledgement', examples: [{ upTo: 17 }] });
export type Acknowledgement = z.infer<typeof AcknowledgementSchema>;

export const AcknowledgedSchema = z.object({ acknowledged: z.int().nonnegative() }).meta({ id: 'RemovalAcknowledged', examples: [{ acknowledged: 1 }] });
export type Acknowledged = z.infer<typeof AcknowledgedSchema>;
