import { defineFailure } from '#http/failure.js';

/** The register says it in the same words. */
export const PURPOSE_MISSING = defineFailure({
  kind: 'malformed', code: 'purpose-missing',
  title: 'Every read of a person needs the header Lupa-Purpose with one of the purposes of the register.',
});
