import { defineFailure } from '#http/failure.js';
import { SNAPSHOT_UNKNOWN } from '../audience/audience.errors.js';

export const SEGMENT_NOT_FOUND = defineFailure({ kind: 'not-found', code: 'segment-not-found', title: 'There is no such segment, or no such version of it.' });

export const SEGMENT_ARCHIVED = defineFailure({
  kind: 'gone', code: 'segment-archived', title: 'The segment was archived. Its versions can be read, but it cannot be changed or used.',
});

export const SEGMENT_NAME_TAKEN = defineFailure({
  kind: 'conflict', code: 'segment-name-taken', title: 'Another segment has this name. Letter case makes no difference.',
});

/** A request names a segment that cannot be used; the error at its pointer says why. */
export const SEGMENT_UNKNOWN = defineFailure({ kind: 'invalid', code: 'segment-unknown', title: 'The request names a segment that cannot be used.' });

/** Carries the segment's id and version; the errors point into its filter. */
export const SEGMENT_OUTDATED = defineFailure({
  kind: 'conflict', code: 'segment-outdated',
  title: 'The filter of the segment is not one that this service understands any more. Save the segment with a filter that is.',
});

export const CHANNEL_DIFFERS = defineFailure({ kind: 'invalid', code: 'channel-differs', title: 'What is named is for another channel.' });

export const SNAPSHOT_NOT_FOUND = defineFailure({ kind: 'not-found', code: 'snapshot-not-found', title: 'There is no such snapshot, or it has expired.' });

/** What can be wrong with a channel and filter, or segment, in a request. */
export const SELECTION_PROBLEMS = [SEGMENT_UNKNOWN, SEGMENT_OUTDATED, SNAPSHOT_UNKNOWN, CHANNEL_DIFFERS] as const;
