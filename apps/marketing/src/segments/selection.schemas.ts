import { z } from 'zod';
import { type Channel, ChannelSchema } from '#contracts/channel.js';
import { type Filter, FilterSchema } from '../audience/filter.schemas.js';

export const SegmentRefSchema = z
  .strictObject({
    id: z.uuid().meta({ description: 'Id of the segment' }),
    version: z.int().min(1).max(2_147_483_647).optional().meta({ description: 'This version of it; the newest when left out' }),
  })
  .meta({ id: 'SegmentReference' });
export type SegmentRef = z.infer<typeof SegmentRefSchema>;

/** The members of a request that say which people it is about. Without a filter: everybody. Belongs together with `checkSelection`. */
export const selectionFields = {
  channel: ChannelSchema.optional()
    .meta({ description: 'The way the people may be written to or called. A segment has its own, so it may be left out there' }),
  filter: FilterSchema.optional(),
  segment: SegmentRefSchema.optional().meta({ description: 'A saved segment in place of a filter' }),
};

/** People by channel and filter, or by segment. */
export interface Selection {
  readonly channel?: Channel | undefined;
  readonly filter?: Filter | undefined;
  readonly segment?: SegmentRef | undefined;
}

interface Issues {
  addIssue(issue: { code: 'custom'; path: string[]; message: string; params: { code: string } }): void;
}

/** For `superRefine`: a filter or a segment, not both; and the channel where no segment gives it. */
export function checkSelection({ channel, filter, segment }: Selection, context: Issues): void {
  if (segment !== undefined && filter !== undefined) {
    context.addIssue({ code: 'custom', path: ['segment'], message: 'must not come together with filter', params: { code: 'not-both' } });
  }
  if (segment === undefined && channel === undefined) {
    context.addIssue({ code: 'custom', path: ['channel'], message: 'is required, unless a segment is named', params: { code: 'required' } });
  }
}
