import { defineFailure } from '#http/failure.js';

export const CONSENT_IN_FUTURE = defineFailure({
  kind: 'invalid', code: 'consent-in-future', title: 'A decision cannot have been made in the future.',
});
export const GUARDIAN_REQUIRED = defineFailure({
  kind: 'conflict', code: 'guardian-required',
  title: 'A person who may be under 13 cannot consent without a guardian (GDPR Art. 8, Tietosuojalaki 5 §).',
});
export const PURPOSE_WITHOUT_CONSENT = defineFailure({
  kind: 'invalid', code: 'purpose-without-consent', title: 'There is no purpose of that name whose legal basis is consent.',
});
export const WORDING_UNKNOWN = defineFailure({
  kind: 'invalid', code: 'wording-unknown', title: 'The wording shown is not registered in that version, language and exact text.',
});
export const UNKNOWN_PURPOSE = defineFailure({ kind: 'invalid', code: 'purpose-unknown', title: 'The register has no purpose of that name.' });
export const PUBLIC_SOURCE_CONSENT = defineFailure({
  kind: 'invalid', code: 'consent-from-public-source', title: 'A consent never comes from a public source.',
});
