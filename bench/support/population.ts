/** Who lives in the benchmark's register: what the statement of population.sql.ts draws from. Pure; nobody here exists. */

/** name, Swedish name, inhabitants in thousands, how many of them speak Swedish, postal codes */
const PLACES: readonly (readonly [string, string, number, number, string])[] = [
  ['Helsinki', 'Helsingfors', 664, 0.055, '00100 00150 00250 00320 00500 00530 00700 00800 00940'], ['Espoo', 'Esbo', 305, 0.065, '02100 02150 02230 02320 02600 02770'],
  ['Tampere', 'Tammerfors', 250, 0.005, '33100 33200 33500 33540 33720'], ['Vantaa', 'Vanda', 243, 0.022, '01300 01400 01510 01600 01700'],
  ['Oulu', 'Uleåborg', 212, 0.002, '90100 90140 90500 90650'], ['Turku', 'Åbo', 198, 0.055, '20100 20500 20540 20720'],
  ['Jyväskylä', 'Jyväskylä', 146, 0.002, '40100 40320 40740'], ['Kuopio', 'Kuopio', 122, 0.001, '70100 70200 70820'],
  ['Lahti', 'Lahtis', 120, 0.004, '15100 15140 15900'], ['Pori', 'Björneborg', 83, 0.005, '28100 28500'], ['Joensuu', 'Joensuu', 77, 0.001, '80100 80220'],
  ['Lappeenranta', 'Villmanstrand', 72, 0.002, '53100 53850'], ['Vaasa', 'Vasa', 68, 0.23, '65100 65280'], ['Hämeenlinna', 'Tavastehus', 68, 0.004, '13100 13500'],
  ['Seinäjoki', 'Seinäjoki', 65, 0.002, '60100 60220'], ['Rovaniemi', 'Rovaniemi', 64, 0.002, '96100 96400'], ['Mikkeli', 'S:t Michel', 52, 0.002, '50100'],
  ['Porvoo', 'Borgå', 51, 0.28, '06100 06400'], ['Kotka', 'Kotka', 51, 0.01, '48100 48600'], ['Kokkola', 'Karleby', 48, 0.125, '67100'],
  ['Järvenpää', 'Träskända', 46, 0.009, '04400 04430'], ['Lohja', 'Lojo', 45, 0.033, '08100'], ['Tuusula', 'Tusby', 42, 0.013, '04300 04310'],
  ['Kirkkonummi', 'Kyrkslätt', 41, 0.155, '02400'], ['Kerava', 'Kervo', 38, 0.011, '04200'], ['Kajaani', 'Kajana', 36, 0.001, '87100'],
  ['Pietarsaari', 'Jakobstad', 19, 0.55, '68600'], ['Parainen', 'Pargas', 15, 0.55, '21600'], ['Maarianhamina', 'Mariehamn', 12, 0.84, '22100'], ['Sodankylä', 'Sodankylä', 8, 0.001, '99600'],
];

/** The product groups, the most liked first. */
const INTERESTS = `birthday balloons decorations tableware christmas vappu baking costumes halloween wedding graduation christening candles confetti garlands piñatas
  easter midsummer crayfish newyear garden-party kids-party adults-party games photo-booth invitations gift-wrap ribbons paper-flowers helium foil-balloons latex-balloons
  cake-toppers cupcakes napkins cups plates cutlery tablecloths banners streamers hats masks wigs make-up confirmation retirement housewarming baby-shower hen-party`
  .replace('piñatas', 'pinatas').split(/\s+/);

const WOMEN_AND_MEN = `Päivi Tiina Sari Minna Anne Johanna Kirsi Katja Hanna Satu Heidi Marika Mari Susanna Outi Virpi Elina Riikka Emma Laura Sara Jenna Aino Noora Venla Ella
  Helmi Siiri Ritva Leena Pirkko Tuula Raija Sirkka Maija Liisa Jari Mika Marko Juha Janne Petri Timo Sami Jukka Ari Tomi Vesa Mikko Teemu Ville Lauri Joonas Eetu Aleksi
  Elias Onni Eino Matti Pekka Heikki Kari Antti Seppo`.split(/\s+/);
const LAST_NAMES = `Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen Järvinen Lehtonen Lehtinen Saarinen Salminen Heinonen Niemi Heikkilä Kinnunen
  Salonen Turunen Laitinen Tuominen Salo Rantanen Karjalainen Jokinen Mattila Savolainen Lahtinen Ahonen Ojala Leppänen Väisänen Hiltunen Kallio Miettinen Pitkänen Aaltonen
  Manninen Hakala Koivisto Anttila Laaksonen Hirvonen Johansson Lindholm Nyman Karlsson Lindström Nguyen Ivanova Tamm`.split(/\s+/);
const OCCUPATIONS = `sairaanhoitaja opettaja myyjä ohjelmistokehittäjä lähihoitaja varhaiskasvattaja kirjanpitäjä sähköasentaja yrittäjä opiskelija kokki
  linja-autonkuljettaja insinööri tapahtumatuottaja kätilö maanviljelijä eläkeläinen`.split(/\s+/);
const STREETS = 'Koulukatu Kirkkokatu Asemakatu Rantatie Kauppakatu Hämeenkatu Koivutie Mäntytie Puistokatu Satamakatu Vuorikatu Metsätie Lehtotie Niittytie Myllytie Torikatu'.split(' ');
const SOURCES: readonly (readonly [string, number])[] = [['web-shop', 70], ['mobile-app', 15], ['shop-tuusula', 10], ['fair-2025', 5]];

/** Each value as often as its weight asks for, `size` in all (rounding aside): picking any one of them evenly picks by weight. */
export function weighted<T>(pairs: readonly (readonly [T, number])[], size: number): T[] {
  const total = pairs.reduce((sum, [, weight]) => sum + weight, 0);
  return pairs.flatMap(([value, weight]) => Array.from({ length: Math.max(1, Math.round((weight / total) * size)) }, () => value));
}

/** The commonest is met about eight times as often as the rarest of fifty. */
const ranked = (values: readonly string[], size: number): string[] => weighted(values.map((value, rank) => [value, 1 / (rank + 7)] as const), size);

/** One way to live somewhere: where, and in which language. */
interface Home { readonly city: string; readonly postalCode: string; readonly language: 'fi' | 'sv' | 'en' }

function homes(): Home[] {
  return weighted(PLACES.flatMap(([city, swedishName, people, swedish, codes]) => {
    const postalCodes = codes.split(' ');
    return postalCodes.flatMap((postalCode) => ([
      [{ city, postalCode, language: 'fi' }, people * (0.95 - swedish)], [{ city: swedishName, postalCode, language: 'sv' }, people * swedish],
      [{ city, postalCode, language: 'en' }, people * 0.05],
    ] as const).map(([home, weight]): [Home, number] => [home, Math.max(0, weight) / postalCodes.length]));
  }), 8_192);
}

/** Lists that the statement draws from evenly; `cities`, `postalCodes` and `languages` belong together. */
export function vocabulary() {
  const all = homes();
  return {
    cities: all.map(({ city }) => city), postalCodes: all.map(({ postalCode }) => postalCode), languages: all.map(({ language }) => language),
    interests: ranked(INTERESTS, 2_048), firstNames: ranked(WOMEN_AND_MEN, 512), lastNames: ranked(LAST_NAMES, 512), occupations: ranked(OCCUPATIONS, 256),
    streets: STREETS, sources: weighted(SOURCES, 100),
  };
}
export type Vocabulary = ReturnType<typeof vocabulary>;
