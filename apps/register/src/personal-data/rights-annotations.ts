import { type TableAnnotation, told, withheld } from './annotation.js';

export const DATA_REQUEST: TableAnnotation = {
  name: 'requests', tie: 'customer_id', order: 'received_at, id', category: 'request', purpose: 'rights-and-obligations', law: 'GDPR Art. 12(3)', page: 'table',
  title: { fi: 'Pyyntösi', sv: 'Dina begäranden', en: 'Your requests' },
  about: {
    fi: 'Mitä olet pyytänyt tiedoistasi ja mihin mennessä siihen on vastattava.', sv: 'Vad du har begärt i fråga om dina uppgifter och när svaret ska ges.',
    en: 'What you asked for about your data, and by when it is to be answered.',
  },
  columns: {
    kind: told('code', 'Oikeus', 'Rättighet', 'Right'), received_at: told('moment', 'Saapunut', 'Mottagen', 'Received'), due_on: told('day', 'Määräpäivä', 'Svar senast', 'Due'),
    state: told('code', 'Tila', 'Läge', 'State'), received_by: told('code', 'Miten', 'Hur', 'How'), outcome: told('code', 'Lopputulos', 'Utfall', 'Outcome'),
    closed_at: told('moment', 'Päätetty', 'Avslutad', 'Closed'),
    extension_reason: told('code', 'Pidennyksen syy', 'Skäl till förlängning', 'Reason for the extension'),
    extension_told_at: told('moment', 'Pidennyksestä kerrottu', 'Underrättad om förlängning', 'Told of the extension'),
    assignee: told('actor', 'Käsittelijä', 'Handläggare', 'Handled by'), created_by: told('actor', 'Kirjasi', 'Antecknad av', 'Recorded by'),
    id: told('text', 'Tunnus', 'Beteckning', 'Id'), customer_id: withheld('key'),
  },
};

export const DATA_REQUEST_STEP: TableAnnotation = {
  name: 'requestSteps', tie: 'customer_id', order: 'id', category: 'request', purpose: 'rights-and-obligations', law: 'GDPR Art. 5(2), 12', page: 'table',
  title: { fi: 'Pyyntöjesi vaiheet', sv: 'Hur dina begäranden har handlagts', en: 'Steps of your requests' },
  about: {
    fi: 'Mitä olet pyytänyt ja mitä kunkin pyyntösi hyväksi on tehty, muistiinpanot mukaan lukien.', sv: 'Vad du har begärt och vad som har gjorts för varje begäran, med anteckningarna.',
    en: 'What you asked for and what was done for each request, with the notes.',
  },
  columns: {
    at: told('moment', 'Milloin', 'När', 'When'), step: told('code', 'Vaihe', 'Steg', 'Step'), actor: told('actor', 'Kuka', 'Vem', 'Who'), actor_kind: withheld('colleague'),
    assignee: told('actor', 'Käsittelijä', 'Handläggare', 'Handled by'), reason: told('code', 'Syy', 'Skäl', 'Reason'), told_at: told('moment', 'Kerrottu', 'Underrättad', 'Told'),
    told_by: told('code', 'Miten', 'Hur', 'How'), note: told('text', 'Muistiinpano', 'Anteckning', 'Note'), request_id: told('text', 'Pyyntö', 'Begäran', 'Request'),
    id: withheld('key'), customer_id: withheld('key'),
  },
};

export const STANDING_RECORD: TableAnnotation = {
  name: 'standingRecords', tie: 'customer_id', order: 'id', category: 'standing', purpose: 'rights-and-obligations', law: 'GDPR Art. 5(2), 17, 18, 21', page: 'table',
  title: { fi: 'Asemasi muutokset', sv: 'Ändringar i din ställning', en: 'Changes of your standing' },
  about: {
    fi: 'Käsittelyn rajoitukset, asiakassuhteen päättyminen ja säilyttämisvelvoitteet.', sv: 'Begränsningar av behandlingen, kundförhållandets slut och skyldigheter att bevara uppgifter.',
    en: 'Restrictions of processing, the end of the relationship, and duties to keep data.',
  },
  columns: {
    effective_at: told('moment', 'Voimassa alkaen', 'Gäller från', 'In effect from'), kind: told('code', 'Mitä', 'Vad', 'What'),
    reason: told('code', 'Syy', 'Skäl', 'Reason', { unless: { condition: "kind IN ('hold-placed', 'hold-ended')", because: 'hold' } }),
    actor: told('actor', 'Kuka', 'Vem', 'Who'), recorded_at: told('moment', 'Kirjattu', 'Antecknat', 'Recorded'), id: withheld('key'), customer_id: withheld('key'),
  },
};

export const LEGAL_HOLD: TableAnnotation = {
  name: 'legalHolds', tie: 'customer_id', order: 'placed_at', category: 'standing', purpose: 'rights-and-obligations', law: 'GDPR Art. 17(3)', page: 'table',
  title: { fi: 'Velvollisuus säilyttää tietosi', sv: 'Skyldighet att bevara dina uppgifter', en: 'Duty to keep your data' },
  about: {
    fi: 'Laki velvoittaa säilyttämään tietosi, eikä niitä voi vielä poistaa. Markkinointiin se ei oikeuta.',
    sv: 'Lagen kräver att dina uppgifter bevaras, och de kan inte raderas ännu. Till marknadsföring berättigar det inte.',
    en: 'The law asks for your data to be kept, and it cannot be erased yet. That gives no right to marketing.',
  },
  columns: {
    placed_at: told('moment', 'Alkaen', 'Från', 'Since'),
    // Of every hold alike: were only those of an investigation left out, their absence would tell of it.
    reason: withheld('hold'), review_at: withheld('hold'),
    queued_ground: told('code', 'Odottava poisto', 'Väntande radering', 'Erasure waiting'), queued_at: told('moment', 'Poistoa pyydetty', 'Radering begärd', 'Erasure asked for'),
    queued_reason: told('code', 'Poiston syy', 'Skäl till raderingen', 'Reason for the erasure'),
    queued_by: told('actor', 'Pyysi', 'Begärd av', 'Asked for by'), placed_by: told('actor', 'Kirjasi', 'Antecknad av', 'Recorded by'),
    owner: withheld('colleague'), customer_id: withheld('key'),
  },
};

export const ACCESS_LOG: TableAnnotation = {
  name: 'reads', tie: 'customer_id', order: 'id DESC', category: 'reading', purpose: 'rights-and-obligations', law: 'GDPR Art. 5(2), 15(1); CJEU C-579/21', page: 'table',
  title: { fi: 'Kuka on katsonut tietojasi', sv: 'Vem som har läst dina uppgifter', en: 'Who has read your data' },
  about: {
    fi: 'Jokainen katselu rekisterissä: milloin, mitä ja mihin tarkoitukseen. Työntekijöistä kerrotaan tehtävä, ei nimeä.',
    sv: 'Varje läsning i registret: när, vad och för vilket ändamål. Om anställda anges uppgiften, inte namnet.',
    en: 'Every read in the register: when, what, and for which purpose. Of employees the role is told, not the name.',
  },
  columns: {
    at: told('moment', 'Milloin', 'När', 'When'), actor: told('actor', 'Kuka', 'Vem', 'Who'), actor_kind: withheld('colleague'), purpose: told('purpose', 'Tarkoitus', 'Ändamål', 'Purpose'),
    fields: told('fields', 'Mitä', 'Vad', 'What'), route: told('text', 'Rajapinta', 'Gränssnitt', 'Interface'), id: withheld('key'), customer_id: withheld('key'),
  },
};
