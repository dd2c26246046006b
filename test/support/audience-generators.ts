import fc from 'fast-check';
import type { DataSource, EntityManager } from 'typeorm';
import { CHANNELS } from '#contracts/channel.js';
import { digestsOf } from '#marketing/contacts/address-digests.js';
import { CONTACT_COLUMNS, type ContactRow, toContactRow } from '#marketing/contacts/contact-row.js';
import { excessOf } from '#marketing/audience/filter-limits.js';
import type { Filter } from '#marketing/audience/filter.schemas.js';

/**
 * Random contacts and random filters over the same few values, so that filters hit. Among the values is what comparisons
 * get wrong: unknowns, letter case beyond ASCII, a final sigma, a dotted I, decomposed letters, quotes, half seconds.
 */

/** The clock of the generated world: ages and days are counted from here. */
export const NOW = new Date('2026-06-15T12:34:56.789Z');

const INTERESTS = ['coffee', 'tea', 'cocoa', 'balloons', 'ääni'];
const CITIES = ['Kerava', 'KERAVA', 'Äänekoski', 'äänekoski', 'İstanbul', 'istanbul', 'ΑΘΗΝΑΣ', 'Αθήνας', 'αθηνας', 'Straße', 'STRASSE', "L'Aquila", '東京'];
const OCCUPATIONS = ['teacher', 'Teacher', 'nurse', "o'clown", 'säveltäjä'];
const POSTAL_CODES = ['00100', '04200', '04260', '04300', '99999', 'SW1A 1AA', 'sw1a 1aa', '1234-567'];
const COUNTRIES = ['FI', 'SE', 'GR'];
const LANGUAGES = ['fi', 'sv', 'en'];
const SOURCES = ['web-shop', 'raffle', 'till'];
const WORDINGS = ['newsletter', 'club'];
const BIRTH_YEARS = [1930, 1970, 1986, 1995, 1996, 2005, 2007, 2008];
const MOMENTS = [
  '2026-06-15T12:34:56.500Z', '2026-06-15T00:00:00.000Z', '2026-06-14T23:59:59.999Z', '2026-06-14T00:00:00.000Z',
  '2026-06-08T00:00:00.000Z', '2026-06-07T23:59:59.001Z', '2026-05-16T10:00:00.250Z', '2020-02-29T06:07:08.009Z', '1999-12-31T23:59:59.999Z',
];

const of = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const some = <T>(values: readonly T[]): fc.Arbitrary<T[]> => fc.uniqueArray(of(values), { minLength: 1, maxLength: 3 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 4 });

/** A row of `contact` as the intake writes it: at least one channel, and only what the channels need. */
export const contactRow: fc.Arbitrary<ContactRow> = fc.record({
  ref: fc.uuid({ version: 4 }),
  channels: fc.subarray([...CHANNELS], { minLength: 1 }),
  consents: fc.array(fc.record({ grantedAt: of(MOMENTS), wordingId: of(WORDINGS), wordingVersion: fc.integer({ min: 1, max: 3 }), sourceSystem: of(SOURCES) }),
    { minLength: CHANNELS.length, maxLength: CHANNELS.length }),
  firstName: fc.constant('Aino'), lastName: fc.constant("Ni'Eminen"),
  language: maybe(of(LANGUAGES)), birthYear: maybe(of(BIRTH_YEARS)), occupation: maybe(of(OCCUPATIONS)),
  interests: fc.uniqueArray(of(INTERESTS), { maxLength: 4 }),
  postalCode: maybe(of(POSTAL_CODES)), city: maybe(of(CITIES)), country: maybe(of(COUNTRIES)),
}).map(({ channels, consents, ref, ...person }) => {
  const row = toContactRow({
    ...person, ref, epoch: 1, version: 1, email: `${ref}@example.fi`, phone: '+358451206627', streetAddress: 'Kauppakaari 1',
    grants: channels.flatMap((channel, at) => { const consent = consents[at]; return consent === undefined ? [] : [{ channel, ...consent }]; }),
  });
  if (row === undefined) throw new Error('a contact has a channel');
  return row;
});

/** Contacts with references of their own. */
export const contactRows = (limits: { readonly minLength?: number; readonly maxLength: number }): fc.Arbitrary<ContactRow[]> =>
  fc.uniqueArray(contactRow, { ...limits, selector: ({ ref }) => ref, size: 'max' });

/** An object with one to all of the members, each left out as often as not. */
function operatorsOf<T extends object>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> {
  return fc.record(members, { requiredKeys: [] }).filter((made) => Object.keys(made).length > 0) as fc.Arbitrary<Partial<T>>;
}

const oneOf = (values: readonly string[]) => operatorsOf({ is: of(values), oneOf: some(values), isNot: of(values), noneOf: some(values) });
const numbers = (unit: fc.Arbitrary<number>) => operatorsOf({
  between: fc.tuple(unit, unit).map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]), before: unit, after: unit,
});
const channel = fc.option(of(CHANNELS), { nil: undefined });
const moment = fc.tuple(of(MOMENTS), of(['Z', '+00:00', '+03:00'])).map(([at, offset]) => {
  const local = new Date(Date.parse(at) + (offset === '+03:00' ? 3 * 3_600_000 : 0)).toISOString();
  return local.replace('Z', offset);
});
const otherwise = (text: string): string[] => [text, text.toUpperCase(), text.toLowerCase(), text.normalize('NFD'), ` ${text} `];

const FIELDS = {
  interests: operatorsOf({ any: some(INTERESTS), all: some(INTERESTS), none: some(INTERESTS) }),
  birthYear: numbers(of([...BIRTH_YEARS, 1950, 2000])),
  age: numbers(fc.integer({ min: 15, max: 100 })),
  occupation: oneOf([...OCCUPATIONS, 'pilot']),
  city: oneOf(CITIES.flatMap(otherwise)),
  postalCode: operatorsOf({
    prefix: of(['0', '04', '042', '04300', 'S', 's', 'SW1A ', '1234-']),
    between: fc.tuple(of(POSTAL_CODES), of(POSTAL_CODES)).map(([a, b]): [string, string] => (a < b ? [a, b] : [b, a])),
  }),
  country: oneOf([...COUNTRIES, 'TR']),
  language: oneOf([...LANGUAGES, 'et']),
  granted: operatorsOf({ channel: of(CHANNELS), since: moment, before: moment, lastDays: of([1, 7, 30, 3_650]) })
    .filter(({ since, before }) => since === undefined || before === undefined || Date.parse(since) < Date.parse(before)),
  wording: fc.record({ id: of(WORDINGS), version: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }), channel }),
  source: fc.tuple(operatorsOf({ is: of(SOURCES), oneOf: some(SOURCES) }), channel).map(([operators, given]) => ({ ...operators, channel: given })),
};

function entry(name: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<[string, unknown]> {
  return value.map((made) => [name, made]);
}

/** Up to three conditions and groups, nested up to four deep; empty groups included. Names no snapshot. */
export const filter: fc.Arbitrary<Filter> = filterNaming([]);

/** The same, which may name these snapshots too. */
export function filterNaming(snapshotIds: readonly string[]): fc.Arbitrary<Filter> {
  return filterOf(3, snapshotIds).filter((made) => excessOf(made) === undefined);
}

function filterOf(levels: number, snapshotIds: readonly string[]): fc.Arbitrary<Filter> {
  const fields = Object.entries({ ...FIELDS, ...(snapshotIds.length === 0 ? {} : { snapshot: fc.record({ id: of(snapshotIds) }) }) })
    .map(([name, value]) => entry(name, value));
  const groups = ['all', 'any', 'none'];
  const nested = levels === 0 ? [] : groups.map((name) => entry(name, fc.array(filterOf(levels - 1, snapshotIds), { maxLength: 3, size: 'max' })));
  return fc.uniqueArray(fc.oneof(...fields, ...nested, ...nested), { selector: ([name]) => name, maxLength: 3, size: 'max' })
    .map((entries) => Object.fromEntries(entries) as Filter);
}

/**
 * Stores contacts as the intake does, with what is remembered of each; the slot of every reference.
 * @param indexKey key of the digests of their addresses: that of the service under test, when it is asked for addresses
 */
export async function insertContacts(
  database: DataSource | EntityManager, rows: readonly ContactRow[], indexKey: Buffer = Buffer.alloc(32, 9),
): Promise<ReadonlyMap<string, number>> {
  const typed = [...CONTACT_COLUMNS, ['email_digest', 'bytea'], ['phone_digest', 'bytea']] as const;
  const columns = typed.map(([name]) => name).join(', ');
  const stored = await database.query<{ ref: string; slot: number }[]>(
    `WITH stored AS (
       INSERT INTO contact (${columns}) SELECT ${columns}
         FROM jsonb_to_recordset($1::jsonb) AS given (${typed.map((column) => column.join(' ')).join(', ')})
       RETURNING ref, slot)
     INSERT INTO ref_state (ref, epoch, version, slot) SELECT ref, 1, 1, slot FROM stored RETURNING ref, slot`,
    [JSON.stringify(rows.map((row) => ({ ...row, ...digestsOf(indexKey, row) })))],
  );
  return new Map(stored.map(({ ref, slot }) => [ref, slot]));
}
