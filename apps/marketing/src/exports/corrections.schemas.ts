import { z } from 'zod';
import { ChannelSchema } from '#contracts/channel.js';
import { CORRECTED_FIELDS } from './presets.js';

export const CorrectionsSchema = z
  .object({
    corrections: z.array(z.object({
      ref: z.uuid().meta({ description: 'Stands in the exports as their external id' }),
      channel: ChannelSchema.meta({ description: 'Of the exports by which the recipient has the person' }),
      fields: z.array(z.enum(CORRECTED_FIELDS)).meta({ description: 'What the recipient has and is not right any more. The new data comes with the next export' }),
      noticedAt: z.iso.datetime().meta({ description: 'When it was noticed here, which is a little later' }),
    })),
    upTo: z.int().nonnegative().meta({ description: '`since` of the next page, and what to acknowledge when these are corrected' }),
    more: z.boolean(),
  })
  .meta({
    id: 'Corrections',
    examples: [{
      corrections: [{ ref: '7b0c9a52-7f7b-4b8e-9f33-2f6f0a3a9b11', channel: 'email', fields: ['email'], noticedAt: '2026-01-16T08:00:00.000Z' }], upTo: 5, more: false,
    }],
  });
export type Corrections = z.infer<typeof CorrectionsSchema>;
