import { z } from 'zod';
import { ChannelSchema } from '#contracts/channel.js';
import { FilterSchema } from '../audience/filter.schemas.js';

/** A name or a description: what people call it, one line of it. */
export const NameSchema = z.string().max(100).transform((value) => value.normalize('NFC').trim())
  .pipe(z.string().min(1).regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not hold control characters'));
const DescriptionSchema = z.string().max(2_000).regex(/^[^\p{Cs}\0]*$/u, 'must be text');

/** A segment as its author writes it. */
export const SegmentContentSchema = z
  .strictObject({
    name: NameSchema.meta({ description: 'Not taken by another segment, letter case aside' }),
    description: DescriptionSchema.default(''),
    channel: ChannelSchema.meta({ description: 'The channel its people may be reached by' }),
    filter: FilterSchema,
  })
  .meta({
    id: 'SegmentContent',
    examples: [{
      name: 'Coffee, not yet thirty', description: 'For the campus campaign', channel: 'email',
      filter: { interests: { any: ['coffee'] }, age: { before: 30 } },
    }],
  });
export type SegmentContent = z.infer<typeof SegmentContentSchema>;

/** A filter as it was saved: what it meant then is not checked again for reading. */
export const SavedFilterSchema = z.record(z.string(), z.unknown()).meta({ description: 'The filter as it was saved' });

export const SegmentSchema = z
  .object({
    id: z.uuid(),
    version: z.int().positive().meta({ description: 'Every change makes a new one' }),
    name: z.string(),
    description: z.string(),
    channel: ChannelSchema,
    filter: SavedFilterSchema,
    owner: z.string().meta({ description: 'Who made the segment' }),
    changedBy: z.string().meta({ description: 'Who made this version' }),
    changedAt: z.iso.datetime(),
    archivedAt: z.iso.datetime().nullable(),
  })
  .meta({
    id: 'Segment',
    examples: [{
      id: '0b0cc7d6-5ab1-4f0c-9d3e-53d4ac5a3f61', version: 2, name: 'Coffee, not yet thirty', description: 'For the campus campaign', channel: 'email',
      filter: { interests: { any: ['coffee'] }, age: { before: 30 } }, owner: 'liisa', changedBy: 'liisa',
      changedAt: '2026-01-15T12:00:00.000Z', archivedAt: null,
    }],
  });
export type Segment = z.infer<typeof SegmentSchema>;

const LimitSchema = z.coerce.number().int().min(1).max(200).default(50);

export const ListSegmentsSchema = z.strictObject({
  limit: LimitSchema,
  cursor: z.uuid().optional().meta({ description: 'nextCursor of the page before' }),
});

export const SegmentPageSchema = z
  .object({ segments: z.array(SegmentSchema), nextCursor: z.string().nullable().meta({ description: 'Null on the last page' }) })
  .meta({ id: 'SegmentPage' });
export type SegmentPage = z.infer<typeof SegmentPageSchema>;

export const ListVersionsSchema = z.strictObject({
  limit: LimitSchema,
  cursor: z.coerce.number().int().min(1).max(2_147_483_647).optional().meta({ description: 'nextCursor of the page before' }),
});

export const VersionPageSchema = z
  .object({ versions: z.array(SegmentSchema), nextCursor: z.string().nullable().meta({ description: 'Null on the last page' }) })
  .meta({ id: 'SegmentVersionPage' });
export type VersionPage = z.infer<typeof VersionPageSchema>;

export const VersionNumberSchema = z.coerce.number().int().min(1).max(2_147_483_647);
