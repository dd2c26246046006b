import { defineFailure } from '#http/failure.js';

/** Says neither which address, nor since when, nor whether its owner objected, was erased or was shown the door. */
export const SUPPRESSED = defineFailure({
  kind: 'conflict', code: 'suppressed',
  title: 'Marketing is closed here until the person consents anew herself: signed in, or by answering a message sent to the address.',
});
