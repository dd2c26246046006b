import { type TableAnnotation, told, withheld } from './annotation.js';

export const FORMER_VALUE: TableAnnotation = {
  name: 'formerValues', tie: 'customer_id', order: 'replaced_at, value_index', category: 'contact', purpose: 'rights-and-obligations', law: 'GDPR Art. 5(2), 17(1), 21(3)', page: 'table',
  title: { fi: 'Aiemmat yhteystietosi', sv: 'Dina tidigare kontaktuppgifter', en: 'Your former addresses' },
  about: {
    fi: 'Yhteystiedot, jotka sinulla oli ennen korjausta: niitä säilytetään vain, jotta kieltosi tai poistosi koskisi niitäkin. Kymmenen viimeisintä kutakin lajia.',
    sv: 'Kontaktuppgifter som du hade före en rättelse: de bevaras endast för att din invändning eller radering ska gälla även dem. De tio senaste av varje slag.',
    en: 'What you had before a correction: kept only so that an objection or an erasure of yours covers it as well. The ten latest of each kind.',
  },
  columns: {
    kind: told('code', 'Mitä', 'Vad', 'What'), sealed: told('sealed', 'Tieto', 'Uppgift', 'Value'), replaced_at: told('moment', 'Korvattu', 'Ersatt', 'Replaced'),
    customer_id: withheld('key'), value_index: withheld('keyed-hash'),
  },
};

export const SUPPRESSION: TableAnnotation = {
  name: 'suppressions', tie: 'digest', order: 'kind', category: 'standing', purpose: 'rights-and-obligations', law: 'GDPR Art. 6(1)(c), 21(3)', page: 'table',
  title: { fi: 'Estetyt osoitteet', sv: 'Spärrade adresser', en: 'Addresses closed to marketing' },
  about: {
    fi: 'Osoitteesi, joihin ei markkinoida ennen uutta suostumustasi.', sv: 'Dina adresser som inte får ta emot marknadsföring före ett nytt samtycke.',
    en: 'Addresses of yours that get no marketing until you consent anew.',
  },
  columns: {
    kind: told('code', 'Osoite', 'Adress', 'Address'), since: told('moment', 'Alkaen', 'Från', 'Since'), reopened: told('codes', 'Avattu uudelleen', 'Öppnad på nytt', 'Opened again'),
    lifted_at: told('moment', 'Avattu', 'Öppnad', 'Opened'), lifted_by: told('actor', 'Kirjasi', 'Antecknad av', 'Recorded by'),
    // A phone may be a household's: whose word closed it, and why, may be somebody else's story.
    reason: withheld('household'), digest: withheld('keyed-hash'),
  },
};

export const SYNC_PENDING: TableAnnotation = {
  name: 'pendingChanges', tie: 'ref', order: 'since', category: 'technical', purpose: 'marketing', law: 'GDPR Art. 5(2)', page: 'count',
  title: { fi: 'Matkalla markkinointiin', sv: 'På väg till marknadsföringen', en: 'On its way to marketing' },
  about: {
    fi: 'Muutokset, joita markkinointi ei ole vielä kuitannut.', sv: 'Ändringar som marknadsföringen ännu inte har bekräftat.', en: 'Changes that marketing has not confirmed yet.',
  },
  columns: {
    since: told('moment', 'Alkaen', 'Från', 'Since'), reason: told('code', 'Syy', 'Skäl', 'Reason'), version: told('number', 'Muutos', 'Ändring', 'Change'),
    last_sent_at: told('moment', 'Lähetetty', 'Skickat', 'Sent'), attempts: told('number', 'Yrityksiä', 'Försök', 'Attempts'),
    ref: withheld('key'), epoch: withheld('machinery'), erased: withheld('machinery'), urgency: withheld('machinery'), next_attempt_at: withheld('machinery'),
  },
};

export const IDEMPOTENCY_KEY: TableAnnotation = {
  name: 'rememberedAnswers', tie: 'customer_id', order: 'created_at', category: 'technical', purpose: 'rights-and-obligations', law: 'GDPR Art. 5(1)(d)', page: 'count',
  title: { fi: 'Muistetut vastaukset', sv: 'Ihågkomna svar', en: 'Remembered answers' },
  about: {
    fi: 'Jottei sama pyyntö muuttaisi mitään kahdesti, vastaus muistetaan vuorokauden. Siinä on vain tunnuksia.',
    sv: 'För att samma begäran inte ska ändra något två gånger sparas svaret ett dygn. Det innehåller endast beteckningar.',
    en: 'So that one request changes nothing twice, its answer is remembered for a day. It holds ids only.',
  },
  columns: {
    created_at: told('moment', 'Milloin', 'När', 'When'), answer: told('answer', 'Vastaus', 'Svar', 'Answer'),
    key_hash: withheld('keyed-hash'), fingerprint: withheld('keyed-hash'), customer_id: withheld('key'),
  },
};
