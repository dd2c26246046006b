import type { Kind, Localised } from '../personal-data/annotation.js';
import type { Bundle } from './bundle.schemas.js';
import { html, type Html } from './html.js';
import { type PageColumn, tableOf } from './page-records.js';
import type { Values } from './page-values.js';

type Label = readonly [as: Kind, fi: string, sv: string, en: string];
const localised = ([, fi, sv, en]: Label): Localised => ({ fi, sv, en });

const CONTACT: Readonly<Record<string, Label>> = {
  firstName: ['text', 'Etunimi', 'Förnamn', 'First name'], lastName: ['text', 'Sukunimi', 'Efternamn', 'Last name'], email: ['text', 'Sähköposti', 'E-post', 'Email'],
  phone: ['text', 'Puhelin', 'Telefon', 'Phone'], streetAddress: ['text', 'Katuosoite', 'Gatuadress', 'Street address'], postalCode: ['text', 'Postinumero', 'Postnummer', 'Postal code'],
  city: ['text', 'Postitoimipaikka', 'Ort', 'City'], country: ['code', 'Maa', 'Land', 'Country'], language: ['code', 'Kieli', 'Språk', 'Language'],
  birthYear: ['number', 'Syntymävuosi', 'Födelseår', 'Year of birth'], occupation: ['text', 'Ammatti', 'Yrke', 'Occupation'], interests: ['interests', 'Kiinnostuksen kohteet', 'Intressen', 'Interests'],
};
const GRANT: Readonly<Record<string, Label>> = {
  channel: ['code', 'Kanava', 'Kanal', 'Channel'], grantedAt: ['moment', 'Suostumus annettu', 'Samtycket gavs', 'Consent given'],
  wordingId: ['text', 'Teksti', 'Text', 'Wording'], wordingVersion: ['number', 'Versio', 'Version', 'Version'], sourceSystem: ['text', 'Järjestelmä', 'System', 'System'],
};
const EXPORT: Readonly<Record<string, Label>> = {
  requestedAt: ['moment', 'Milloin', 'När', 'When'], recipient: ['recipient', 'Vastaanottaja', 'Mottagare', 'Recipient'], channel: ['code', 'Kanava', 'Kanal', 'Channel'],
  purpose: ['purpose', 'Tarkoitus', 'Ändamål', 'Purpose'], handedOut: ['yes-no', 'Luovutettu', 'Överlämnad', 'Handed over'], waiting: ['yes-no', 'Odottaa noutoa', 'Väntar på hämtning', 'Waiting to be taken'],
  asOf: ['moment', 'Tilanne', 'Läget', 'As of'], takenAt: ['moment', 'Noudettu', 'Hämtad', 'Taken'], removeSince: ['moment', 'Poistettava alkaen', 'Ska tas bort sedan', 'To be removed since'],
  removedAt: ['moment', 'Vastaanottaja poistanut', 'Borttagen av mottagaren', 'Removed by the recipient'], exportId: ['text', 'Tunnus', 'Beteckning', 'Id'],
};
const CORRECTION: Readonly<Record<string, Label>> = {
  noticedAt: ['moment', 'Korjattava alkaen', 'Ska rättas sedan', 'To be corrected since'], recipient: ['recipient', 'Vastaanottaja', 'Mottagare', 'Recipient'], channel: ['code', 'Kanava', 'Kanal', 'Channel'],
  fields: ['fields', 'Mitä', 'Vad', 'What'], acknowledgedAt: ['moment', 'Vastaanottaja korjannut', 'Rättad av mottagaren', 'Corrected by the recipient'],
};
/** What marketing calls a field, as fields of the register. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  email: ['contact.email'], phone: ['contact.phone'], address: ['contact.address'], name: ['contact.firstName', 'contact.lastName'], language: ['contact.language'],
  birthYear: ['demographics.birthYear'], occupation: ['demographics.occupation'],
};
const registerFields = (fields: readonly string[]): string[] => fields.flatMap((field) => FIELDS[field] ?? [field]);
const PAST: Readonly<Record<string, Label>> = { recipient: ['recipient', 'Vastaanottaja', 'Mottagare', 'Recipient'] };
const SNAPSHOT: Readonly<Record<string, Label>> = {
  takenAt: ['moment', 'Koottu', 'Gjord', 'Taken'], name: ['text', 'Lista', 'Lista', 'List'], channel: ['code', 'Kanava', 'Kanal', 'Channel'], expiresAt: ['moment', 'Poistetaan', 'Raderas', 'Deleted'],
};
const READ: Readonly<Record<string, Label>> = {
  at: ['moment', 'Milloin', 'När', 'When'], actor: ['actor', 'Kuka', 'Vem', 'Who'], purpose: ['purpose', 'Tarkoitus', 'Ändamål', 'Purpose'], channel: ['code', 'Lista', 'Lista', 'List'],
  fields: ['fields', 'Mitä', 'Vad', 'What'], route: ['text', 'Rajapinta', 'Gränssnitt', 'Interface'],
};
const PARKED: Readonly<Record<string, Label>> = {
  lastAt: ['moment', 'Viimeksi', 'Senast', 'Last'], reason: ['text', 'Syy', 'Skäl', 'Reason'], times: ['number', 'Kertoja', 'Gånger', 'Times'], queue: ['text', 'Jono', 'Kö', 'Queue'], firstAt: ['moment', 'Ensi kerran', 'Först', 'First'],
};

export const MARKETING_TEXTS = {
  title: { fi: 'Mitä markkinoinnilla on', sv: 'Vad marknadsföringen har', en: 'What marketing holds' },
  about: {
    fi: 'Markkinointi on erillinen järjestelmä. Siellä on vain se, mitä voimassa olevat suostumuksesi tarvitsevat.',
    sv: 'Marknadsföringen är ett eget system. Där finns endast det som dina gällande samtycken behöver.',
    en: 'Marketing is a system of its own. It holds only what your consents in force need.',
  },
  nothing: { fi: 'Sinua ei ole millään listalla.', sv: 'Du finns inte på någon lista.', en: 'You are on no list.' },
  exports: { fi: 'Vientitiedostot, joissa olit', sv: 'Exportfiler där du fanns', en: 'Exports that held you' },
  corrections: { fi: 'Mitä vastaanottajien on korjattava', sv: 'Vad mottagare ska rätta', en: 'What recipients have to correct' },
  past: { fi: 'Vastaanottajat, joille sinut on aiemmin luovutettu', sv: 'Mottagare som tidigare har fått dina uppgifter', en: 'Recipients that were given you earlier' },
  snapshots: { fi: 'Talteen otetut listat, joilla olet', sv: 'Sparade listor där du finns', en: 'Saved lists that you are on' },
  reads: { fi: 'Kuka on katsonut tietojasi markkinoinnissa', sv: 'Vem som har läst dina uppgifter i marknadsföringen', en: 'Who has looked at you in marketing' },
  parked: { fi: 'Viestit, joita ei voitu käsitellä', sv: 'Meddelanden som inte kunde behandlas', en: 'Messages that could not be applied' },
  never: { fi: 'Sinusta ei ole koskaan kerrottu markkinoinnille mitään.', sv: 'Marknadsföringen har aldrig fått veta något om dig.', en: 'Marketing was never told anything about you.' },
} as const satisfies Readonly<Record<string, Localised>>;

function columns(labels: Readonly<Record<string, Label>>, values: Values): PageColumn[] {
  return Object.entries(labels).map(([name, label]) => ({ label: localised(label)[values.language], value: (row) => values.of(label[0], row[name]) }));
}

/** What marketing said that it holds. */
export function marketingOf({ state, contact, exports, snapshots, reads, parked, corrections = [], pastRecipients = [] }: Bundle['marketing'], values: Values): Html {
  const { language } = values;
  const part = (title: Localised, labels: Readonly<Record<string, Label>>, rows: readonly Readonly<Record<string, unknown>>[]) =>
    rows.length > 0 && html`<h3>${title[language]}</h3>${tableOf(columns(labels, values), rows, values)}`;
  if (state === null && contact === null && exports.length + snapshots.length + reads.length + parked.length + corrections.length + pastRecipients.length === 0) return html`<p>${MARKETING_TEXTS.never[language]}</p>`;
  const held = contact as Readonly<Record<string, unknown>> | null;
  const facts = held && columns(CONTACT, values).map(({ label, value }) => ({ label, value: value(held) })).filter(({ value }) => value !== null && value !== '');
  return html`${facts === null ? html`<p>${MARKETING_TEXTS.nothing[language]}</p>` : html`<dl class="facts">${facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>\n`)}</dl>`}
${contact && tableOf(columns(GRANT, values), contact.grants, values)}
${part(MARKETING_TEXTS.exports, EXPORT, exports.map((each) => ({ ...each, takenAt: each.handovers.at(-1)?.at ?? null, removeSince: each.removal?.noticedAt ?? null, removedAt: each.removal?.acknowledgedAt ?? null })).reverse())}
${part(MARKETING_TEXTS.corrections, CORRECTION, corrections.map((each) => ({ ...each, fields: registerFields(each.fields) })).reverse())}
${part(MARKETING_TEXTS.past, PAST, pastRecipients.map((recipient) => ({ recipient })))}
${part(MARKETING_TEXTS.snapshots, SNAPSHOT, snapshots)}
${part(MARKETING_TEXTS.reads, READ, reads.map(({ list, ...read }) => ({ ...read, channel: list?.channel ?? null, fields: list === undefined ? null : registerFields(list.fields) })).reverse())}
${part(MARKETING_TEXTS.parked, PARKED, parked)}`;
}
