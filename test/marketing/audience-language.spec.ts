import { jest } from '@jest/globals';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { CHANNELS } from '#contracts/channel.js';
import { selectSlots } from '#marketing/audience-index/audience-index.sql.js';
import { countPeople } from '#marketing/audience/audience.sql.js';
import { clauseOf } from '#marketing/audience/clause.js';
import { type Filter, FilterSchema } from '#marketing/audience/filter.schemas.js';
import { resolveFilter, snapshotsIn } from '#marketing/audience/resolve-filter.js';
import { marketingDataSource } from '#marketing/database/data-source.js';
import { isListed } from '#test/support/audience-evaluator.js';
import { contactRows, filter, insertContacts, NOW } from '#test/support/audience-generators.js';
import { createTestDatabase, type TestDatabase } from '#test/support/database.js';
import { languageExamples } from '#test/support/language-examples.js';

jest.setTimeout(120_000);

/** As many as are needed for every value to meet every other; made once, from a seed of fast-check's that a failure names. */
const PEOPLE = 300;

describe('a filter means the same in PostgreSQL as in the words of the language', () => {
  let testDatabase: TestDatabase;
  let database: DataSource;
  const seed = Date.now() % 2_147_483_647;
  const [people = []] = fc.sample(contactRows({ minLength: PEOPLE, maxLength: PEOPLE }), { numRuns: 1, seed });
  let slots: ReadonlyMap<string, number>;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('audience-language', marketingDataSource);
    database = await marketingDataSource(testDatabase.url, 1).initialize();
    slots = await insertContacts(database, people);
  });
  afterAll(async () => {
    await database.destroy();
    await testDatabase.drop();
  });

  const agree = async (on: (typeof CHANNELS)[number], given: Filter): Promise<number> => {
    const expected = people.filter((each) => isListed(each, on, given, NOW)).map(({ ref }) => slots.get(ref)!).sort((a, b) => a - b);
    const clause = clauseOf(on, resolveFilter(given, { channel: on, now: NOW }));
    expect(await selectSlots(database.manager, clause, -1, PEOPLE)).toEqual(expected);
    expect(await countPeople(database.manager, clause)).toBe(expected.length);
    return expected.length;
  };

  it('for random filters over random contacts', async () => {
    const sizes: number[] = [];
    await fc.assert(fc.asyncProperty(fc.constantFrom(...CHANNELS), filter, async (on, given) => {
      sizes.push(await agree(on, given));
    }), { seed, numRuns: 400 });
    // A test of empty lists alone would say little.
    expect(new Set(sizes).size).toBeGreaterThan(20);
  });

  it.each(languageExamples().map((example) => FilterSchema.parse(example)).filter((each) => snapshotsIn(each).length === 0))('for %j, as the documentation has it', async (given) => {
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
  ])('for %j', async (given) => {
    for (const on of CHANNELS) await agree(on, given);
  });
});
