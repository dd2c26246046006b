import { defineFailure } from '#http/failure.js';

export const MARKETING_AWAY = defineFailure({
  kind: 'unavailable', code: 'marketing-away', title: 'Marketing cannot be asked at this moment, and a bundle without its part would leave something out. Try again in a minute.',
});
