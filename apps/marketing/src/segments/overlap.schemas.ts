import { z } from 'zod';
import { ChannelSchema } from '#contracts/channel.js';
import { AsOfSchema, VersionSchema } from '../audience/audience.schemas.js';
import { FilterSchema } from '../audience/filter.schemas.js';
import { SegmentRefSchema } from './selection.schemas.js';

const SideSchema = z.strictObject({ filter: FilterSchema.optional(), segment: SegmentRefSchema.optional() })
  .refine(({ filter, segment }) => (filter === undefined) !== (segment === undefined), {
    message: 'must be either a filter or a segment', params: { code: 'not-both' },
  });

export const OverlapSchema = z
  .strictObject({
    channel: ChannelSchema.optional().meta({ description: 'The channel of both. A segment has its own, so it may be left out there' }),
    a: SideSchema,
    b: SideSchema,
  })
  .refine(({ channel, a, b }) => channel !== undefined || a.segment !== undefined || b.segment !== undefined, {
    path: ['channel'], message: 'is required, unless a segment is named', params: { code: 'required' },
  })
  .meta({
    id: 'AudienceOverlap',
    examples: [
      { channel: 'email', a: { filter: { interests: { any: ['coffee'] } } }, b: { filter: { interests: { any: ['tea'] } } } },
      { a: { segment: { id: '0b0cc7d6-5ab1-4f0c-9d3e-53d4ac5a3f61' } }, b: { filter: { granted: { lastDays: 30 } } } },
    ],
  });
export type Overlap = z.infer<typeof OverlapSchema>;

const part = (description: string) => z.int().nonnegative().nullable().meta({ description });

export const OverlapAnswerSchema = z
  .object({
    channel: ChannelSchema,
    a: part('People in the first'),
    b: part('People in the second'),
    both: part('People in both'),
    onlyA: part('People in the first and not in the second'),
    onlyB: part('People in the second and not in the first'),
    below: z.int().positive().optional().meta({
      description: 'For callers who may not see lists, when a number is hidden (null) because it, or one that follows from it, is below this',
    }),
    asOf: AsOfSchema.nullable(),
    version: VersionSchema,
    stale: z.boolean().meta({ description: 'True: good for a dashboard, but lists are refused now' }),
  })
  .meta({
    id: 'AudienceOverlapAnswer',
    examples: [{ channel: 'email', a: 1240, b: 310, both: 200, onlyA: 1040, onlyB: 110, asOf: '2026-01-15T12:00:00.000Z', version: 52_018, stale: false }],
  });
export type OverlapAnswer = z.infer<typeof OverlapAnswerSchema>;
