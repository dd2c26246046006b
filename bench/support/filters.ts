/** The lists that are counted: as the API takes them, and as somebody who knows SQL would write them. Pure; times are passed in. */

const DAY_MS = 86_400_000;

/** One list of the channel email; every one has five conditions besides the consent. */
export interface CountedList {
  readonly name: string;
  readonly filter: object;
  /** Behind WHERE, with the consent; `:name` stands for a value. */
  readonly sql: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Lists of different kinds: common and rare values, few and many people, alternatives, and what is excluded. @param now decides "the last 180 days" */
export function countedLists(now: Date): readonly CountedList[] {
  const daysAgo = (days: number): Date => new Date(Math.floor((now.getTime() - days * DAY_MS) / 1_000) * 1_000);
  const midnight = new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS - 180 * DAY_MS);
  const consent = 'email_since IS NOT NULL AND ';
  return [
    {
      name: 'usual',
      filter: {
        interests: { any: ['birthday', 'balloons'] }, birthYear: { between: [1980, 1999] }, language: { is: 'fi' }, granted: { since: daysAgo(365).toISOString() },
        source: { is: 'web-shop' },
      },
      sql: `${consent}interests && :any AND birth_year BETWEEN 1980 AND 1999 AND language = 'fi' AND email_since >= :since AND email_source = 'web-shop'`,
      values: { any: ['birthday', 'balloons'], since: daysAgo(365) },
    },
    {
      name: 'narrow',
      filter: {
        interests: { all: ['birthday', 'christmas'] }, birthYear: { after: 1969 }, language: { oneOf: ['fi', 'sv'] },
        occupation: { oneOf: ['opettaja', 'sairaanhoitaja', 'kokki'] }, wording: { id: 'newsletter', version: 2 },
      },
      sql: `${consent}interests @> :all AND birth_year > 1969 AND language = ANY (:languages) AND occupation = ANY (:occupations)
        AND email_wording_id = 'newsletter' AND email_wording_version = 2`,
      values: { all: ['birthday', 'christmas'], languages: ['fi', 'sv'], occupations: ['opettaja', 'sairaanhoitaja', 'kokki'] },
    },
    {
      name: 'places',
      filter: {
        city: { oneOf: ['Helsinki', 'Helsingfors', 'Espoo', 'Esbo'] }, postalCode: { prefix: '00' }, birthYear: { before: 1980 }, interests: { none: ['halloween'] },
        language: { isNot: 'en' },
      },
      sql: `${consent}city = ANY (:cities) AND postal_code LIKE '00%' AND birth_year < 1980 AND NOT interests && :none AND language IS DISTINCT FROM 'en'`,
      values: { cities: ['Helsinki', 'Helsingfors', 'Espoo', 'Esbo'], none: ['halloween'] },
    },
    {
      name: 'either',
      filter: {
        any: [{ interests: { any: ['wedding'] } }, { interests: { any: ['graduation', 'confirmation'] } }], birthYear: { between: [1990, 2006] },
        granted: { lastDays: 180 }, language: { is: 'fi' }, source: { oneOf: ['web-shop', 'mobile-app'] },
      },
      sql: `${consent}(interests && :first OR interests && :second) AND birth_year BETWEEN 1990 AND 2006 AND email_since >= :since AND language = 'fi'
        AND email_source = ANY (:sources)`,
      values: { first: ['wedding'], second: ['graduation', 'confirmation'], since: midnight, sources: ['web-shop', 'mobile-app'] },
    },
    {
      name: 'broad',
      filter: {
        birthYear: { between: [1950, 2005] }, language: { oneOf: ['fi', 'sv', 'en'] }, interests: { none: ['hen-party'] }, granted: { before: daysAgo(30).toISOString() },
        wording: { id: 'newsletter' },
      },
      sql: `${consent}birth_year BETWEEN 1950 AND 2005 AND language = ANY (:languages) AND NOT interests && :none AND email_since < :before
        AND email_wording_id = 'newsletter'`,
      values: { languages: ['fi', 'sv', 'en'], none: ['hen-party'], before: daysAgo(30) },
    },
  ];
}

/** A filter of five conditions that nobody has asked for before: a different one for every number. */
export function unseenFilter(n: number, now: Date): object {
  const codes = ['tableware', 'vappu', 'baking', 'costumes', 'candles', 'confetti', 'easter', 'midsummer', 'crayfish', 'games', 'ribbons', 'helium', 'cups', 'masks', 'wigs'];
  const code = (step: number): string => codes[(n * step + step) % codes.length] ?? 'cups';
  return {
    interests: { any: [code(1), code(4), code(7)], none: [code(2)] }, birthYear: { between: [1944 + (n % 25), 1975 + (n % 30)] }, language: { isNot: n % 2 === 0 ? 'sv' : 'en' },
    granted: { since: new Date(now.getTime() - (40 + 7 * n) * DAY_MS).toISOString() }, source: { oneOf: n % 3 === 0 ? ['web-shop', 'fair-2025'] : ['mobile-app', 'shop-tuusula'] },
  };
}

/** The statement with PostgreSQL's own placeholders. */
export function numbered(text: string, values: CountedList['values']): { text: string; values: unknown[] } {
  const names = Object.keys(values);
  return { text: text.replaceAll(/(?<!:):([a-z]+)\b/g, (_, name: string) => `$${names.indexOf(name) + 1}`), values: Object.values(values) };
}
