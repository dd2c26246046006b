import { z } from 'zod';
import { ChannelSchema } from '#contracts/channel.js';
import { cursorSchema } from '#http/query.schemas.js';
import { checkSelection, selectionFields, SegmentRefSchema } from './selection.schemas.js';
import { NameSchema, SavedFilterSchema } from './segments.schemas.js';

export const TakeSnapshotSchema = z
  .strictObject({ name: NameSchema.meta({ description: 'What it is called; another may be called the same' }), ...selectionFields })
  .superRefine(checkSelection)
  .meta({
    id: 'TakeSnapshot',
    examples: [
      { name: 'Spring mailing, first wave', segment: { id: '0b0cc7d6-5ab1-4f0c-9d3e-53d4ac5a3f61' } },
      { name: 'Everybody by post', channel: 'post', filter: {} },
    ],
  });
export type TakeSnapshot = z.infer<typeof TakeSnapshotSchema>;

const size = (description: string) => z.int().nonnegative().nullable().meta({ description: `${description}. Null: fewer than \`below\`` });

export const SnapshotSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    owner: z.string().meta({ description: 'Who took it' }),
    channel: ChannelSchema,
    filter: SavedFilterSchema,
    segment: SegmentRefSchema.nullable().meta({ description: 'The segment it was taken of, with its version' }),
    takenAt: z.iso.datetime().meta({ description: 'To the second. Who has given another consent since is not on it any more' }),
    asOf: z.iso.datetime().meta({ description: 'W of that moment' }),
    version: z.int().nonnegative().meta({ description: 'Version of the contacts that was looked at' }),
    sizeAt: size('People on it when it was taken'),
    below: z.int().positive().optional().meta({ description: 'For callers who may not see lists: sizes below it are not told' }),
    expiresAt: z.iso.datetime().meta({ description: 'When it is deleted' }),
  })
  .meta({
    id: 'Snapshot',
    examples: [{
      id: '5a4d6f6e-77c1-4a0c-8c6f-4a4a3b9d1c20', name: 'Everybody by post', owner: 'liisa', channel: 'post', filter: {}, segment: null,
      takenAt: '2026-01-15T12:00:02.000Z', asOf: '2026-01-15T12:00:00.000Z', version: 52_018, sizeAt: 4_210, expiresAt: '2027-02-15T12:00:02.000Z',
    }],
  });
export type Snapshot = z.infer<typeof SnapshotSchema>;

/** A snapshot, and how many of its people are left. */
export const SnapshotNowSchema = SnapshotSchema.extend({
  sizeNow: size('People on it who may still be written to'),
  stale: z.boolean().meta({ description: 'True: lists are refused now, and the size now is as old' }),
}).meta({ id: 'SnapshotNow' });
export type SnapshotNow = z.infer<typeof SnapshotNowSchema>;

/** Seconds since 1970. */
const SecondsSchema = z.string().regex(/^\d{1,12}$/).transform(Number);

export const ListSnapshotsSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: cursorSchema(SecondsSchema).optional().meta({ description: 'nextCursor of the page before' }),
});

export const SnapshotPageSchema = z
  .object({ snapshots: z.array(SnapshotSchema), nextCursor: z.string().nullable().meta({ description: 'Null on the last page' }) })
  .meta({ id: 'SnapshotPage' });
export type SnapshotPage = z.infer<typeof SnapshotPageSchema>;
