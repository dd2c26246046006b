import { defineFailure } from '#http/failure.js';

/** Carries asOf, ageSeconds, limitSeconds and reason. */
export const LIST_STALE = defineFailure({
  kind: 'unavailable',
  code: 'list-stale',
  title: 'The list is not fresh enough to be used: somebody on it may have withdrawn.',
});

export const CURSOR_UNUSABLE = defineFailure({
  kind: 'invalid',
  code: 'cursor-unusable',
  title: 'The cursor does not belong to this channel and filter.',
});

export const SNAPSHOT_UNKNOWN = defineFailure({
  kind: 'invalid',
  code: 'snapshot-unknown',
  title: 'The filter names a snapshot that does not exist.',
});
