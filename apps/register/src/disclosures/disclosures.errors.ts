import { defineFailure } from '#http/failure.js';

export const RECIPIENT_UNKNOWN = defineFailure({
  kind: 'invalid', code: 'recipient-unknown', title: 'No recipient outside the company is configured under that id for that purpose.',
});
export const DISCLOSURE_WITHOUT_CONSENT = defineFailure({
  kind: 'conflict', code: 'disclosure-without-consent',
  title: 'The person has no consent in force for this recipient and purpose: nothing is disclosed outside the company without one.',
});
export const DISCLOSURE_WITHOUT_NOTICE = defineFailure({
  kind: 'conflict', code: 'disclosure-without-notice',
  title: 'The person has not been notified of disclosures to this recipient for this purpose since she last withdrew her consent, or at all.',
});
export const NOTHING_TO_DISCLOSE = defineFailure({ kind: 'conflict', code: 'nothing-to-disclose', title: 'None of the fields asked for holds anything.' });
export const NOTICE_IN_FUTURE = defineFailure({ kind: 'invalid', code: 'notice-in-future', title: 'A notice cannot have been sent in the future.' });
export const RECIPIENT_NOTICE_NOT_FOUND = defineFailure({ kind: 'not-found', code: 'recipient-notice-not-found', title: 'There is no notice to a recipient with this id.' });
export const RECIPIENT_TOLD_ALREADY = defineFailure({ kind: 'conflict', code: 'recipient-told-already', title: 'The recipient was told already.' });
