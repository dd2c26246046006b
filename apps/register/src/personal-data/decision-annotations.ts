import { type ColumnAnnotation, type TableAnnotation, told, withheld } from './annotation.js';

const channel = told('code', 'Kanava', 'Kanal', 'Channel');
const purpose = told('purpose', 'Tarkoitus', 'Ändamål', 'Purpose');
const recipient = told('recipient', 'Vastaanottaja', 'Mottagare', 'Recipient');
const decision = told('code', 'Päätös', 'Beslut', 'Decision');
const decidedAt = told('moment', 'Päätetty', 'Beslutat', 'Decided');

/** The wording as it was shown; its text is in the bundle. */
const wording = {
  wording_id: told('text', 'Teksti', 'Text', 'Wording'),
  wording_version: told('number', 'Tekstin versio', 'Textens version', 'Version of the wording'),
  wording_language: told('code', 'Tekstin kieli', 'Textens språk', 'Language of the wording'),
  wording_sha256: told('text', 'Tekstin SHA-256', 'Textens SHA-256', 'SHA-256 of the wording'),
} satisfies Record<string, ColumnAnnotation>;

/** How the decision was made: the proof of it (GDPR Art. 7(1)). */
const proof = {
  method: told('code', 'Tapa', 'Sätt', 'Method'),
  form: told('text', 'Lomake', 'Formulär', 'Form'),
  source_system: told('text', 'Järjestelmä', 'System', 'System'),
  actor: told('actor', 'Kirjasi', 'Antecknat av', 'Recorded by'),
  recorded_at: told('moment', 'Kirjattu', 'Antecknat', 'Recorded'),
  in_effect: told('yes-no', 'Muutti voimassa olevaa', 'Ändrade det som gäller', 'Changed what is in force'),
} satisfies Record<string, ColumnAnnotation>;

const row = { id: withheld('key'), customer_id: withheld('key') };

export const CONSENT: TableAnnotation = {
  name: 'consents', tie: 'customer_id', order: 'purpose, channel', category: 'decision', purpose: 'marketing', law: 'GDPR Art. 6(1)(a); 917/2014 § 200', page: 'table',
  title: { fi: 'Voimassa olevat päätöksesi', sv: 'Dina gällande beslut', en: 'Your decisions in force' },
  about: {
    fi: 'Mihin olet suostunut ja minkä suostumuksen perunut. Voit muuttaa näitä milloin tahansa.',
    sv: 'Vad du har samtyckt till och vilka samtycken du har återkallat. Du kan ändra dem när som helst.',
    en: 'What you have agreed to and what you have taken back. You can change these at any time.',
  },
  columns: {
    customer_id: withheld('key'), channel, purpose, decision, decided_at: decidedAt, wording_id: wording.wording_id, wording_version: wording.wording_version,
    source_system: proof.source_system,
  },
};

export const CONSENT_RECORD: TableAnnotation = {
  name: 'consentRecords', tie: 'customer_id', order: 'id', category: 'decision', purpose: 'marketing', law: 'GDPR Art. 7(1)',
  page: { cards: ['channel', 'decision', 'decided_at'] },
  title: { fi: 'Jokainen päätös todisteineen', sv: 'Varje beslut med bevis', en: 'Every decision, with its proof' },
  about: {
    fi: 'Jokainen antamasi ja perumasi suostumus sellaisena kuin teksti sinulle näytettiin. Näitä ei muuteta jälkikäteen.',
    sv: 'Varje samtycke du har gett eller återkallat, med texten så som den visades för dig. De ändras aldrig i efterhand.',
    en: 'Every consent you gave or took back, with the text as it was shown to you. These are never changed afterwards.',
  },
  columns: {
    ...row, channel, decision, decided_at: decidedAt, purpose, ...wording, ...proof,
    lifts_suppression: told('yes-no', 'Avasi markkinoinnin uudelleen', 'Öppnade marknadsföringen på nytt', 'Opened marketing again'),
  },
};

export const GUARDIAN_CONSENT: TableAnnotation = {
  name: 'guardianConsents', tie: 'customer_id', order: 'id', category: 'decision', purpose: 'marketing', law: 'GDPR Art. 8; 1050/2018 § 5',
  page: { cards: ['decision', 'decided_at'] },
  title: { fi: 'Huoltajan suostumukset', sv: 'Vårdnadshavarens samtycken', en: 'Consents of a guardian' },
  about: {
    fi: 'Alle 13-vuotiaan puolesta suostuu huoltaja. Huoltajasta säilytetään vain se, miten hänet todettiin.',
    sv: 'För barn under 13 år samtycker en vårdnadshavare. Om vårdnadshavaren sparas endast hur hen identifierades.',
    en: 'A guardian consents for a child under 13. Of the guardian nothing is kept but how she or he was checked.',
  },
  columns: {
    ...row, decision, decided_at: decidedAt, verification: told('code', 'Miten todettiin', 'Hur det kontrollerades', 'How it was checked'), ...wording,
    source_system: proof.source_system, actor: told('actor', 'Totesi', 'Kontrollerat av', 'Checked by'), recorded_at: proof.recorded_at,
  },
};

export const DISCLOSURE_CONSENT_RECORD: TableAnnotation = {
  name: 'disclosureConsents', tie: 'customer_id', order: 'id', category: 'disclosure', purpose: 'rights-and-obligations', law: 'GDPR Art. 7(1)',
  page: { cards: ['recipient', 'decision', 'decided_at'] },
  title: { fi: 'Suostumuksesi luovutuksiin', sv: 'Dina samtycken till utlämnande', en: 'Your consents to disclosures' },
  about: {
    fi: 'Tietojasi luovutetaan yrityksen ulkopuolelle vain suostumuksellasi.', sv: 'Dina uppgifter lämnas ut utanför företaget endast med ditt samtycke.',
    en: 'Your data leaves the company only with your consent.',
  },
  columns: { ...row, recipient, decision, decided_at: decidedAt, purpose, ...wording, ...proof },
};

export const DISCLOSURE_NOTICE: TableAnnotation = {
  name: 'disclosureNotices', tie: 'customer_id', order: 'sent_at, id', category: 'disclosure', purpose: 'rights-and-obligations', law: 'GDPR Art. 13', page: 'table',
  title: { fi: 'Ilmoitukset luovutuksista', sv: 'Meddelanden om utlämnande', en: 'Notices of disclosures' },
  about: {
    fi: 'Milloin sinulle kerrottiin, että tietojasi luovutetaan.', sv: 'När du underrättades om att uppgifter lämnas ut.', en: 'When you were told that data would be disclosed.',
  },
  columns: {
    ...row, recipient, purpose, sent_at: told('moment', 'Lähetetty', 'Skickat', 'Sent'), sent_by: told('code', 'Miten', 'Hur', 'How'),
    actor: proof.actor, recorded_at: proof.recorded_at,
  },
};

export const DISCLOSURE: TableAnnotation = {
  name: 'disclosures', tie: 'customer_id', order: 'released_at, id', category: 'disclosure', purpose: 'rights-and-obligations', law: 'GDPR Art. 15(1)(c)', page: 'table',
  title: { fi: 'Luovutetut tiedot', sv: 'Utlämnade uppgifter', en: 'Disclosures' },
  about: {
    fi: 'Mitä tietojasi on luovutettu yrityksen ulkopuolelle ja kenelle.', sv: 'Vilka uppgifter som har lämnats ut utanför företaget och till vem.',
    en: 'What of your data left the company, and to whom.',
  },
  columns: {
    released_at: told('moment', 'Luovutettu', 'Utlämnat', 'Released'), recipient, purpose, fields: told('fields', 'Tiedot', 'Uppgifter', 'Data'),
    legal_basis: told('code', 'Peruste', 'Grund', 'Legal basis'), actor: told('actor', 'Luovutti', 'Utlämnat av', 'Released by'),
    actor_kind: withheld('colleague'), id: told('text', 'Tunnus', 'Beteckning', 'Id'),
    customer_id: withheld('key'), consent_id: withheld('key'), notice_id: withheld('key'),
  },
};

export const RECIPIENT_NOTICE: TableAnnotation = {
  name: 'recipientNotices', tie: 'disclosure_id', order: 'created_on, id', category: 'disclosure', purpose: 'rights-and-obligations', law: 'GDPR Art. 19', page: 'table',
  title: { fi: 'Mitä vastaanottajille on kerrottava', sv: 'Vad mottagarna ska underrättas om', en: 'What recipients are told' },
  about: {
    fi: 'Oikaisut ja rajoitukset, joista vastaanottajille ilmoitetaan.', sv: 'Rättelser och begränsningar som mottagarna underrättas om.',
    en: 'Corrections and restrictions that recipients of your data are told of.',
  },
  columns: {
    created_on: told('day', 'Päivä', 'Dag', 'Day'), recipient, kind: told('code', 'Mitä', 'Vad', 'What'), fields: told('fields', 'Tiedot', 'Uppgifter', 'Data'),
    due_on: told('day', 'Viimeistään', 'Senast', 'Due'), done_at: told('moment', 'Ilmoitettu', 'Underrättat', 'Told'), told_by: told('code', 'Miten', 'Hur', 'How'),
    done_by: told('actor', 'Ilmoitti', 'Underrättat av', 'Told by'), disclosure_id: told('text', 'Luovutus', 'Utlämnande', 'Disclosure'), id: withheld('key'),
  },
};
