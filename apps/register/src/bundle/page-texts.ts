import type { Category } from '../personal-data/annotation.js';

/** What the page says beside the data. */
export interface PageTexts {
  readonly languageName: string;
  readonly title: string;
  readonly nameless: string;
  readonly made: (moment: string) => string;
  readonly lead: string;
  readonly sums: { readonly fields: string; readonly consents: string; readonly recipients: string; readonly reads: string };
  readonly contents: string;
  readonly yes: string;
  readonly no: string;
  readonly you: string;
  readonly employee: string;
  readonly source: (from: string, on: string) => string;
  readonly wordingAsShown: string;
  readonly rest: (count: string) => string;
  readonly countOnly: (count: string) => string;
  readonly noneTitle: string;
  readonly noneLead: string;
  readonly purposesTitle: string;
  readonly purposesLead: string;
  readonly purposeColumns: readonly [purpose: string, basis: string, retention: string];
  readonly retention: Readonly<Record<'Y' | 'M' | 'D', (count: number) => string>>;
  readonly categoriesTitle: string;
  readonly categories: Readonly<Record<Category, string>>;
  readonly rightsTitle: string;
  readonly rights: (controller: string, email: string) => readonly string[];
  readonly withheldTitle: string;
  readonly withheldLead: string;
  readonly end: (controller: string) => string;
  readonly machine: string;
}

export const PAGE_TEXTS: Readonly<Record<'fi' | 'sv' | 'en', PageTexts>> = {
  fi: {
    languageName: 'Suomi', title: 'Sinun tietosi', nameless: 'Nimeä ei ole rekisterissä', made: (moment) => `Koottu ${moment} Suomen aikaa`,
    lead: 'Tässä on kaikki, mitä sinusta on rekisterissämme ja markkinoinnissamme: mistä tieto on tullut, mihin olet suostunut, kenelle tietoja on annettu ja kuka niitä on katsonut.',
    sums: { fields: 'Tietoja sinusta', consents: 'Suostumuksia voimassa', recipients: 'Vastaanottajia', reads: 'Katseluja' },
    contents: 'Sisältö', yes: 'kyllä', no: 'ei', you: 'sinä', employee: 'työntekijä', source: (from, on) => `${from}, ${on}`,
    wordingAsShown: 'Teksti sellaisena kuin se näytettiin', rest: (count) => `Lisäksi ${count} vanhempaa; kaikki ovat tiedostossa data.json.`,
    countOnly: (count) => `${count} kpl; ne ovat tiedostossa data.json.`,
    noneTitle: 'Näitä sinusta ei ole', noneLead: 'Seuraavista katsoimme, emmekä löytänyt mitään:',
    purposesTitle: 'Miksi ja kuinka kauan', purposesLead: 'Tietoja käytetään vain näihin tarkoituksiin. Päätöksiä ei tehdä pelkästään automaattisesti.',
    purposeColumns: ['Tarkoitus', 'Oikeusperuste', 'Säilytysaika'],
    retention: { Y: (n) => (n === 1 ? '1 vuosi' : `${n} vuotta`), M: (n) => `${n} kk`, D: (n) => `${n} päivää` },
    categoriesTitle: 'Millaisia tietoja on',
    categories: { identity: 'henkilö', contact: 'yhteystiedot', demographics: 'taustatiedot', interests: 'kiinnostukset', decision: 'suostumukset', standing: 'asiakkaan asema', request: 'pyynnöt', disclosure: 'luovutukset', reading: 'katselut', technical: 'tekniset tiedot' },
    rightsTitle: 'Oikeutesi',
    rights: (controller, email) => [
      `Voit perua suostumuksesi milloin tahansa yhtä helposti kuin annoit sen. Peruminen ei vaikuta aiempaan käsittelyyn.`,
      'Voit pyytää virheen oikaisemista, tietojesi poistamista tai niiden käsittelyn rajoittamista, ja vastustaa suoramarkkinointia, jolloin se loppuu heti.',
      'Tiedosto data.json on sinun: voit viedä sen toiselle palvelulle (20 artikla).',
      `Kysy meiltä: ${controller}, ${email}. Vastaamme kuukauden kuluessa.`,
      'Jos mielestäsi käsittelemme tietojasi väärin, voit valittaa tietosuojavaltuutetulle: tietosuoja.fi.',
    ],
    withheldTitle: 'Mitä tässä ei ole ja miksi', withheldLead: 'Nämä ovat tietokannassa, mutta eivät kerro sinusta enempää kuin yllä jo on, tai niitä ei saa kertoa.',
    end: (controller) => `${controller}. Tämän koosteen lataaminen on itsekin katselu ja näkyy seuraavassa koosteessa.`,
    machine: 'Samat tiedot ohjelmille: data.json, kuvattu tiedostossa data.schema.json.',
  },
  sv: {
    languageName: 'Svenska', title: 'Dina uppgifter', nameless: 'Namnet finns inte i registret', made: (moment) => `Sammanställt ${moment}, finsk tid`,
    lead: 'Här är allt som finns om dig i vårt register och vår marknadsföring: varifrån uppgifterna kommer, vad du har samtyckt till, vem som har fått dem och vem som har läst dem.',
    sums: { fields: 'Uppgifter om dig', consents: 'Gällande samtycken', recipients: 'Mottagare', reads: 'Läsningar' },
    contents: 'Innehåll', yes: 'ja', no: 'nej', you: 'du', employee: 'anställd', source: (from, on) => `${from}, ${on}`,
    wordingAsShown: 'Texten så som den visades', rest: (count) => `Dessutom ${count} äldre; alla finns i filen data.json.`,
    countOnly: (count) => `${count} st.; de finns i filen data.json.`,
    noneTitle: 'Detta finns inte om dig', noneLead: 'Vi tittade efter följande och fann ingenting:',
    purposesTitle: 'Varför och hur länge', purposesLead: 'Uppgifterna används endast för dessa ändamål. Inga beslut fattas enbart automatiskt.',
    purposeColumns: ['Ändamål', 'Rättslig grund', 'Lagringstid'],
    retention: { Y: (n) => `${n} år`, M: (n) => `${n} mån.`, D: (n) => (n === 1 ? '1 dag' : `${n} dagar`) },
    categoriesTitle: 'Vilka slags uppgifter det är',
    categories: { identity: 'person', contact: 'kontaktuppgifter', demographics: 'bakgrund', interests: 'intressen', decision: 'samtycken', standing: 'kundens ställning', request: 'begäranden', disclosure: 'utlämnanden', reading: 'läsningar', technical: 'tekniska uppgifter' },
    rightsTitle: 'Dina rättigheter',
    rights: (controller, email) => [
      'Du kan när som helst återkalla ett samtycke, lika lätt som du gav det. Återkallelsen påverkar inte tidigare behandling.',
      'Du kan begära att fel rättas, att dina uppgifter raderas eller att behandlingen begränsas, och invända mot direktmarknadsföring, som då upphör genast.',
      'Filen data.json är din: du kan ta den med till en annan tjänst (artikel 20).',
      `Fråga oss: ${controller}, ${email}. Vi svarar inom en månad.`,
      'Anser du att vi behandlar dina uppgifter fel kan du klaga hos dataombudsmannen: tietosuoja.fi/sv.',
    ],
    withheldTitle: 'Vad som inte finns här och varför', withheldLead: 'Detta finns i databasen men säger inte mer om dig än det som står ovan, eller får inte berättas.',
    end: (controller) => `${controller}. Att hämta den här sammanställningen är i sig en läsning och syns i nästa.`,
    machine: 'Samma uppgifter för program: data.json, beskriven i data.schema.json.',
  },
  en: {
    languageName: 'English', title: 'Your data', nameless: 'No name is in the register', made: (moment) => `Put together ${moment}, time of Finland`,
    lead: 'This is everything our register and our marketing hold about you: where it came from, what you have agreed to, who was given it, and who has looked at it.',
    sums: { fields: 'Data about you', consents: 'Consents in force', recipients: 'Recipients', reads: 'Reads' },
    contents: 'Contents', yes: 'yes', no: 'no', you: 'you', employee: 'employee', source: (from, on) => `${from}, ${on}`,
    wordingAsShown: 'The text as it was shown', rest: (count) => `And ${count} older ones; all of them are in data.json.`,
    countOnly: (count) => `${count}; they are in data.json.`,
    noneTitle: 'What we do not hold of you', noneLead: 'We looked for the following and found nothing:',
    purposesTitle: 'Why, and for how long', purposesLead: 'The data is used for these purposes only. No decision is made by automated means alone.',
    purposeColumns: ['Purpose', 'Legal basis', 'Kept for'],
    retention: { Y: (n) => (n === 1 ? '1 year' : `${n} years`), M: (n) => (n === 1 ? '1 month' : `${n} months`), D: (n) => (n === 1 ? '1 day' : `${n} days`) },
    categoriesTitle: 'What kinds of data these are',
    categories: { identity: 'who you are', contact: 'contact', demographics: 'background', interests: 'interests', decision: 'consents', standing: 'standing', request: 'requests', disclosure: 'disclosures', reading: 'reads', technical: 'technical' },
    rightsTitle: 'Your rights',
    rights: (controller, email) => [
      'You can withdraw a consent at any time, as easily as you gave it. What was done before stays lawful.',
      'You can ask us to correct an error, to erase your data or to restrict its use, and object to direct marketing, which then stops at once.',
      'The file data.json is yours to take to another service (Article 20).',
      `Ask us: ${controller}, ${email}. We answer within a month.`,
      'If you think that we handle your data wrongly, you can complain to the Data Protection Ombudsman: tietosuoja.fi/en.',
    ],
    withheldTitle: 'What is not in here, and why', withheldLead: 'This is in the database, and says no more of you than what stands above, or must not be told.',
    end: (controller) => `${controller}. Fetching this bundle is a read as well, and will show in the next one.`,
    machine: 'The same for programs: data.json, described by data.schema.json.',
  },
};
