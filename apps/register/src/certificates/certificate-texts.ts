import type { Certificate, SoughtKind } from './certificate.schemas.js';

export const LANGUAGES = ['fi', 'sv', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What the printed certificate says, beside numbers and times. */
export interface CertificateTexts {
  readonly title: string;
  readonly statement: string;
  readonly noData: string;
  readonly facts: Readonly<Record<'controller' | 'register' | 'case' | 'ground', string>>;
  readonly grounds: Readonly<Record<Certificate['ground'], string>>;
  readonly times: Readonly<Record<'requestedAt' | 'deletedAt' | 'answeredAt' | 'searchedAt' | 'issuedAt', string>>;
  readonly stores: { readonly title: string; readonly columns: readonly string[]; readonly tables: string; readonly files: string; readonly nothing: string; /** By code; others are shown as their code. */ readonly names: Readonly<Record<string, string>> };
  readonly sought: { readonly looked: (kinds: string) => string; readonly shared: (kinds: string) => string; readonly kinds: Readonly<Record<SoughtKind, string>> };
  readonly retained: { readonly title: string; readonly columns: readonly string[]; readonly always: string; readonly none: string };
  readonly what: Readonly<Record<Certificate['retained'][number]['what'], string>>;
  readonly backups: (day: string) => string;
  readonly recipients: { readonly title: string; readonly none: string };
  readonly signature: string;
}

export const CERTIFICATE_TEXTS: Readonly<Record<Language, CertificateTexts>> = {
  fi: {
    title: 'Todistus tietojen poistamisesta', statement: 'Kaikki tapauksen henkilötiedot on poistettu kaikista alla luetelluista tietovarastoista (EU\u00a02016/679, 17\u00a0artikla). Poiston jälkeen jokainen tietovarasto käytiin läpi alla mainituilla tiedoilla, eikä mitään löytynyt.',
    noData: 'Tässä todistuksessa ei ole henkilötietoja. Ajat ovat Suomen aikaa.', facts: { controller: 'Rekisterinpitäjä', register: 'Rekisteri', case: 'Tapaus', ground: 'Peruste' },
    grounds: { 'request': 'Rekisteröidyn pyyntö', 'relationship-ended': 'Asiakassuhde on päättynyt', 'abuse': 'Väärinkäyttö' },
    times: { requestedAt: 'Pyydetty', deletedAt: 'Poistettu', answeredAt: 'Markkinointi vastannut', searchedAt: 'Etsitty uudelleen', issuedAt: 'Todistus annettu' },
    stores: { title: 'Tietovarastot', columns: ['Tietovarasto', 'Poistettu rivejä', 'Etsitty', 'Tavuja', 'Löytynyt'], tables: 'taulua', files: 'tiedostoa', nothing: 'ei mitään', names: { register: 'Asiakasrekisteri', marketing: 'Markkinointi', logs: 'Lokit', 'marketing-exports': 'Markkinoinnin vientitiedostot', broker: 'Viestinvälitys' } },
    sought: {
      looked: (kinds) => `Etsityt tiedot: ${kinds}.`, shared: (kinds) => `Ei etsitty, koska sama tieto on nyt myös toisella asiakkaalla: ${kinds}.`,
      kinds: { 'email': 'sähköpostiosoite', 'phone': 'puhelinnumero', 'name-and-street': 'nimi ja katuosoite yhdessä', 'customer-id': 'asiakasnumero', 'ref': 'viitenumero' },
    },
    retained: { title: 'Mitä säilytetään', columns: ['Mitä', 'Peruste', 'Mihin asti'], always: 'rekisterin ajan', none: 'Mitään ei säilytetä.' },
    what: { 'erasure-log': 'Poistoloki (avaimelliset tiivisteet)', 'tombstone': 'Viitenumero ilman tietoja', 'suppression': 'Estolista (avaimelliset tiivisteet)', 'request-record': 'Mahdollisten pyyntöjen laji, päivät ja tulos', 'recipient-notice': 'Ilmoitus vastaanottajalle (ilman henkilötietoja)', 'erasure-case': 'Tämän tapauksen tiedot', 'repeat-guard': 'Toistetun pyynnön torjunta (avaimelliset tiivisteet)' },
    backups: (day) => `Ennen poistoa tehdyt varmuuskopiot ovat poistuneet viimeistään ${day}. Jos kopio palautetaan ennen sitä, poisto tehdään uudelleen ennen käyttöönottoa.`,
    recipients: { title: 'Vastaanottajat, joille on annettu ilmoitus (19 artikla)', none: 'Tietoja ei ole luovutettu kenellekään.' },
    signature: 'Todistuksen aitouden voi tarkistaa sen JSON-tiedostosta rekisterinpitäjän julkisella avaimella.',
  },
  sv: {
    title: 'Intyg om radering', statement: 'Alla personuppgifter i ärendet har raderats ur alla datalager nedan (EU\u00a02016/679, artikel\u00a017). Efter raderingen söktes varje datalager igenom med uppgifterna nedan, och ingenting hittades.',
    noData: 'Detta intyg innehåller inga personuppgifter. Tiderna är finsk tid.', facts: { controller: 'Personuppgiftsansvarig', register: 'Register', case: 'Ärende', ground: 'Grund' },
    grounds: { 'request': 'Den registrerades begäran', 'relationship-ended': 'Kundförhållandet har upphört', 'abuse': 'Missbruk' },
    times: { requestedAt: 'Begärd', deletedAt: 'Raderad', answeredAt: 'Marknadsföringen svarat', searchedAt: 'Sökt på nytt', issuedAt: 'Intyg utfärdat' },
    stores: { title: 'Datalager', columns: ['Datalager', 'Raderade rader', 'Genomsökt', 'Byte', 'Hittat'], tables: 'tabeller', files: 'filer', nothing: 'ingenting', names: { register: 'Kundregister', marketing: 'Marknadsföring', logs: 'Loggar', 'marketing-exports': 'Marknadsföringens exportfiler', broker: 'Meddelandekö' } },
    sought: {
      looked: (kinds) => `Sökta uppgifter: ${kinds}.`, shared: (kinds) => `Söktes inte, eftersom en annan kund nu har samma uppgift: ${kinds}.`,
      kinds: { 'email': 'e-postadress', 'phone': 'telefonnummer', 'name-and-street': 'namn och gatuadress tillsammans', 'customer-id': 'kundnummer', 'ref': 'referensnummer' },
    },
    retained: { title: 'Vad som bevaras', columns: ['Vad', 'Grund', 'Till'], always: 'så länge registret finns', none: 'Ingenting bevaras.' },
    what: { 'erasure-log': 'Raderingslogg (hashvärden med nyckel)', 'tombstone': 'Referensnummer utan uppgifter', 'suppression': 'Spärrlista (hashvärden med nyckel)', 'request-record': 'Eventuella begärandens art, dagar och utfall', 'recipient-notice': 'Meddelande till mottagare (utan personuppgifter)', 'erasure-case': 'Uppgifter om detta ärende', 'repeat-guard': 'Spärr mot upprepad begäran (hashvärden med nyckel)' },
    backups: (day) => `Säkerhetskopior från tiden före raderingen är borta senast ${day}. Om en kopia återställs innan dess görs raderingen om innan den tas i bruk.`,
    recipients: { title: 'Mottagare som ett meddelande har utfärdats för (artikel 19)', none: 'Uppgifterna har inte lämnats ut till någon.' },
    signature: 'Intygets äkthet kan kontrolleras ur dess JSON-fil med den personuppgiftsansvariges publika nyckel.',
  },
  en: {
    title: 'Certificate of erasure', statement: 'All personal data of this case has been deleted from every store listed below (EU\u00a02016/679, Article\u00a017). After the deletion each store was searched for the data named below, and nothing was found.',
    noData: 'This certificate holds no personal data. Times are those of Finland.', facts: { controller: 'Controller', register: 'Register', case: 'Case', ground: 'Ground' },
    grounds: { 'request': 'Request of the person', 'relationship-ended': 'The customer relationship has ended', 'abuse': 'Abuse' },
    times: { requestedAt: 'Requested', deletedAt: 'Deleted', answeredAt: 'Answered by marketing', searchedAt: 'Searched again', issuedAt: 'Certificate issued' },
    stores: { title: 'Stores', columns: ['Store', 'Rows deleted', 'Searched', 'Bytes', 'Found'], tables: 'tables', files: 'files', nothing: 'nothing', names: { register: 'Customer register', marketing: 'Marketing', logs: 'Logs', 'marketing-exports': 'Export files of marketing', broker: 'Message broker' } },
    sought: {
      looked: (kinds) => `Looked for: ${kinds}.`, shared: (kinds) => `Not looked for, as another customer has the same now: ${kinds}.`,
      kinds: { 'email': 'email address', 'phone': 'telephone number', 'name-and-street': 'name and street together', 'customer-id': 'customer number', 'ref': 'reference number' },
    },
    retained: { title: 'What is retained', columns: ['What', 'Legal basis', 'Until'], always: 'as long as the register exists', none: 'Nothing is retained.' },
    what: { 'erasure-log': 'Erasure log (keyed hashes)', 'tombstone': 'Reference number without data', 'suppression': 'Suppression list (keyed hashes)', 'request-record': 'Kind, days, and outcome of requests, if any', 'recipient-notice': 'Notice to a recipient (without personal data)', 'erasure-case': 'Record of this case', 'repeat-guard': 'Guard against a repeated request (keyed hashes)' },
    backups: (day) => `Backups made before the erasure are gone by ${day}. Should one be restored before that, the erasure is done again before it is used.`,
    recipients: { title: 'Recipients for whom a notice was issued (Article 19)', none: 'The data was disclosed to nobody.' },
    signature: 'That this certificate is genuine can be verified from its JSON file with the public key of the controller.',
  },
};
