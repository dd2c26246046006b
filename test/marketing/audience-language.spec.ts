import { jest } from '@jest/globals';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { type Channel, CHANNELS } from '#contracts/channel.js';
import { clauseOf } from '#marketing/audience/clause.js';
import { type Filter, FilterSchema } from '#marketing/audience/filter.schemas.js';
import { resolveFilter, snapshotsIn } from '#marketing/audience/resolve-filter.js';
import { marketingDataSource } from '#marketing/database/data-source.js';
import { isListed } from '#test/support/audience-evaluator.js';
import { contactRows, filterNaming, insertContacts, NOW } from '#test/support/audience-generators.js';
import { createTestDatabase, type TestDatabase } from '#test/support/database.js';
import { languageExamples } from '#test/support/language-examples.js';

jest.setTimeout(120_000);

/** As many as are needed for every value to meet every other. */
const PEOPLE = 300;
/** Of the snapshot of some of them. Consents given later are not those it was taken of. */
const TAKEN_AT = '2026-06-08T00:00:00.000Z';
const SOME = '6a0f6f3e-6a3c-4c53-9d0b-0d3f4a1b2c3d';
const EMPTY = '0c8b1c6e-9d0e-4b52-8f0a-5b1c2d3e4f50';

describe('a filter means the same in PostgreSQL as in the words of the language', () => {
  let testDatabase: TestDatabase;
  let database: DataSource;
  // fast-check names it when a property fails.
  const seed = Date.now() % 2_147_483_647;
  const [people = []] = fc.sample(contactRows({ minLength: PEOPLE, maxLength: PEOPLE }), { numRuns: 1, seed });
  let slots: ReadonlyMap<string, number>;
  const slotOf = (ref: string): number => slots.get(ref) ?? -1;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('audience-language', marketingDataSource);
    database = await marketingDataSource(testDatabase.url, 1).initialize();
    // At the same places of two blocks of a snapshot.
    const first = await insertContacts(database, people.slice(0, PEOPLE / 2));
    await database.query(`SELECT setval('contact_slot', 65536)`);
    slots = new Map([...first, ...await insertContacts(database, people.slice(PEOPLE / 2))]);
    await takeSnapshot();
  });
  afterAll(async () => {
    await database.destroy();
    await testDatabase.drop();
  });

  async function takeSnapshot(): Promise<void> {
    const blocks = new Map<number, Buffer>();
    for (const [, slot] of [...slots].filter((_, index) => index % 4 === 0)) {
      const block = blocks.get(slot >> 16) ?? Buffer.alloc(8_192);
      blocks.set(slot >> 16, block);
      block.writeUInt32LE((block.readUInt32LE(((slot & 65_535) >> 5) * 4) | (1 << (slot & 31))) >>> 0, ((slot & 65_535) >> 5) * 4);
    }
    expect(blocks.size).toBe(2);
    await database.query(
      `INSERT INTO snapshot (id, name, owner, channel, filter, taken_at, as_of, version, size_at, expires_at)
       SELECT id, 'some', 'test', 'email', '{}', $2::timestamptz, $2, 1, 0, 'infinity' FROM unnest($1::uuid[]) AS id`, [[SOME, EMPTY], TAKEN_AT],
    );
    for (const [block, members] of blocks) await database.query('INSERT INTO snapshot_members VALUES ($1, $2, $3)', [SOME, block, members]);
  }

  const isOn = (id: string, { ref, ...contact }: (typeof people)[number], on: Channel): boolean =>
    id === SOME && [...slots.keys()].indexOf(ref) % 4 === 0 && new Date(contact[`${on}_since`] ?? Infinity) <= new Date(TAKEN_AT);

  const agree = async (on: Channel, given: Filter): Promise<number> => {
    const expected = people.filter((each) => isListed(each, on, given, NOW, isOn)).sort((a, b) => slotOf(a.ref) - slotOf(b.ref)).map(({ ref }) => ref);
    const takenAt = Date.parse(TAKEN_AT) / 1_000;
    const { text, values } = clauseOf(on, resolveFilter(given, { channel: on, now: NOW, snapshots: new Map([[SOME, takenAt], [EMPTY, takenAt]]) }));
    const listed = await database.query<{ ref: string }[]>(`SELECT ref FROM contact WHERE ${text} ORDER BY slot`, [...values]);
    expect(listed.map(({ ref }) => ref)).toEqual(expected);
    return expected.length;
  };

  it('for random filters over random contacts', async () => {
    const sizes: number[] = [];
    await fc.assert(fc.asyncProperty(fc.constantFrom(...CHANNELS), filterNaming([SOME, EMPTY]), async (on, given) => {
      sizes.push(await agree(on, given));
    }), { seed, numRuns: 400 });
    // A test of empty lists alone would say little.
    expect(new Set(sizes).size).toBeGreaterThan(20);
  });

  it.each(languageExamples().map((example) => FilterSchema.parse(example)))('for %j, as the documentation has it', async (given) => {
    expect(snapshotsIn(given).every(({ id }) => id === SOME)).toBe(true);
    for (const on of CHANNELS) await agree(on, given);
  });

  it.each<Filter>([
    { all: [] }, { any: [] }, { none: [] }, { none: [{}] }, { any: [{}, { any: [] }] },
    { city: { is: 'ISTANBUL' } }, { city: { is: 'İSTANBUL' } }, { city: { is: 'αθηνασ' } }, { city: { is: 'αθήνας' } }, { city: { is: 'ÄÄNEKOSKI' } },
    { city: { isNot: 'kerava' } }, { none: [{ city: { is: 'kerava' } }] }, { city: { noneOf: ['Kerava', "L'Aquila"], isNot: '東京' } },
    { birthYear: { before: 2007 }, none: [{ birthYear: { after: 1990 } }] }, { none: [{ birthYear: { before: 1900 } }] },
    { postalCode: { between: ['04', '05'] } }, { postalCode: { between: ['SW', 'SX'] } }, { none: [{ postalCode: { prefix: '0' } }] },
    { granted: { since: '2026-06-15T12:34:56.999Z' } }, { granted: { before: '2026-06-15T12:34:56.999Z' } }, { granted: { lastDays: 1 } },
    { granted: { channel: 'sms' } }, { none: [{ granted: { channel: 'sms' } }] }, { wording: { id: 'club', channel: 'post' } },
    { snapshot: { id: SOME } }, { none: [{ snapshot: { id: SOME } }] }, { snapshot: { id: EMPTY } },
  ])('for %j', async (given) => {
    for (const on of CHANNELS) await agree(on, given);
  });
});
