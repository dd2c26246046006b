import type { IndexedConsent, IndexedContact } from './contact-columns.js';

type Text = string | null;
/** Half seconds since 1970. Infinity is no number in JSON and comes as its name. */
type Moment = number | string | null;

/** A contact as the statement for changes tells it: the columns of the index in their order. */
export type ContactTold = readonly [
  language: Text, country: Text, occupation: Text, city: Text, postalCode: Text, birthYear: number | null, interests: readonly Text[],
  ...email: Consent, ...sms: Consent, ...phone: Consent, ...post: Consent,
];
type Consent = [since: Moment, wording: Text, source: Text];

export function contactOf(told: ContactTold): IndexedContact {
  const [language, country, occupation, city, postalCode, birthYear, interests, ...consents] = told;
  return {
    language, country, occupation, city, postalCode, birthYear,
    interests: interests.filter((code) => code !== null),
    consents: {
      email: consentOf(consents[0], consents[1], consents[2]),
      sms: consentOf(consents[3], consents[4], consents[5]),
      phone: consentOf(consents[6], consents[7], consents[8]),
      post: consentOf(consents[9], consents[10], consents[11]),
    },
  };
}

function consentOf(since: Moment, wording: Text, source: Text): IndexedConsent | null {
  return since === null || wording === null || source === null ? null : { since: Number(since), wording, source };
}
