import { defineFailure } from '#http/failure.js';

export const PERIOD_UNUSABLE = defineFailure({
  kind: 'invalid',
  code: 'period-unusable',
  title: 'The first day must not come after the last one, nor lie more than ten years before it.',
});
