import { jest } from '@jest/globals';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { type Channel, CHANNELS } from '#contracts/channel.js';
import { JsonLogger } from '#http/logger.js';
import { AudienceIndex } from '#marketing/audience-index/audience-index.service.js';
import { firstSlots } from '#marketing/audience-index/bitmap.js';
import { clauseOf } from '#marketing/audience/clause.js';
import { type Condition, EVERYBODY } from '#marketing/audience/condition.js';
import { resolveFilter } from '#marketing/audience/resolve-filter.js';
import { marketingDataSource } from '#marketing/database/data-source.js';
import { filter, NOW } from '#test/support/audience-generators.js';
import { ContactHistory, EDGE_SECONDS, storeSnapshot } from '#test/support/contact-history.js';
import { createTestDatabase, type TestDatabase } from '#test/support/database.js';
import { type Seeded, seeded } from '#test/support/seeded.js';

jest.setTimeout(120_000);

const SEED = Number(process.env['LUPA_SEED'] ?? Date.now() % 2_147_483_647);
const STEPS = 120;
/** More leaves than are kept: some are forgotten and asked anew. */
const QUESTIONS = 60;

interface Question {
  readonly channel: Channel;
  readonly condition: Condition;
}

describe(`two indexes on one database, with seed ${SEED}`, () => {
  let testDatabase: TestDatabase;
  let database: DataSource;
  let indexes: AudienceIndex[];
  const random = seeded(SEED);
  const history = new ContactHistory(random, 80);

  beforeAll(async () => {
    testDatabase = await createTestDatabase('audience-index', marketingDataSource);
    database = await marketingDataSource(testDatabase.url, 4).initialize();
    await history.storeAll(database);
    indexes = [0, 1].map(() => new AudienceIndex(database, new JsonLogger('test', 'fatal')));
    for (const index of indexes) await index.turn();
  });
  afterAll(async () => {
    await database.destroy();
    await testDatabase.drop();
  });

  const currentVersion = async (): Promise<number> =>
    (await database.query<[{ version: number }]>('SELECT version FROM audience_version'))[0].version;

  /** By plain SQL. */
  const slotsOf = async ({ channel, condition }: Question): Promise<number[]> => {
    const { text, values } = clauseOf(channel, condition);
    return (await database.query<{ slot: number }[]>(`SELECT slot FROM contact WHERE ${text} ORDER BY slot`, [...values])).map(({ slot }) => slot);
  };

  const agree = async (index: AudienceIndex, question: Question): Promise<number> => {
    const { channel, condition } = question;
    const slots = await slotsOf(question);
    const version = await currentVersion();
    expect(await index.count(channel, condition)).toMatchObject({ value: slots.length, version, link: { audienceVersion: version } });
    const turned: Condition = { kind: 'none', of: [condition] };
    expect((await index.counts(channel, [condition, turned, EVERYBODY])).value).toEqual(
      await Promise.all([condition, turned, EVERYBODY].map(async (each) => (await slotsOf({ channel, condition: each })).length)),
    );
    const after = random.pick([-1, 0, ...slots]);
    const limit = 1 + random.int(5);
    expect(await index.page(channel, condition, after, limit)).toMatchObject({ value: slots.filter((slot) => slot > after).slice(0, limit), version });
    const everybody = await index.bitmap(channel, condition);
    expect([firstSlots(everybody.value, -1, Infinity), everybody.version]).toEqual([slots, version]);
    return slots.length;
  };

  it('count, list and collect what plain SQL does, whatever was asked before and however contacts change', async () => {
    const questions = await questionsOf(random, database, indexes[0]!);
    const sizes = new Set<number>();
    for (let step = 0; step < STEPS; step += 1) {
      await history.step(database);
      for (const index of random.shuffled(indexes)) {
        for (let asked = random.int(5); asked > 0; asked -= 1) sizes.add(await agree(index, random.pick(questions)));
      }
    }
    for (const index of indexes) for (const question of questions) await agree(index, question);
    expect(sizes.size).toBeGreaterThan(15);
    // They did answer themselves, and not by the table.
    expect(indexes.map((index) => index.state().isReady)).toEqual([true, true]);
  });

  it('are of the same version as a loaded one, and hold as many', async () => {
    const fresh = new AudienceIndex(database, new JsonLogger('test', 'fatal'));
    await fresh.turn();
    const { value } = await fresh.count('email', EVERYBODY);
    for (const index of indexes) {
      expect((await index.count('email', EVERYBODY)).value).toBe(value);
      expect(index.state()).toMatchObject({ contacts: fresh.state().contacts, version: fresh.state().version });
    }
  });

  it.each<[string, (database: DataSource) => Promise<unknown>]>([
    ['everything has changed at once', (at) => at.query('TRUNCATE contact')],
    ['the log of changes does not reach back', async (at) => {
      await at.query('UPDATE contact SET occupation = NULL');
      await at.query('DELETE FROM contact_change WHERE version = (SELECT version FROM audience_version)');
    }],
    ['the database is an older one', async (at) => {
      await at.query('UPDATE audience_version SET version = version - 1');
      for (const log of ['contact_change', 'departure', 'correction']) await at.query(`DELETE FROM ${log} WHERE version > (SELECT version FROM audience_version)`);
    }],
    ['the database was restored', (at) => at.query('UPDATE link_state SET marketing_epoch = gen_random_uuid()')],
  ])('answer by the table, and load anew, when %s', async (_name, change) => {
    const [index] = indexes as [AudienceIndex];
    await history.storeAll(database);
    await index.turn();
    expect(index.state().isReady).toBe(true);
    await change(database);
    for (const channel of CHANNELS) await agree(index, { channel, condition: EVERYBODY });
    expect(index.state().isReady).toBe(false);
    await index.turn();
    expect(index.state().isReady).toBe(true);
    for (const channel of CHANNELS) await agree(index, { channel, condition: EVERYBODY });
  });
});

async function questionsOf(random: Seeded, database: DataSource, index: AudienceIndex): Promise<Question[]> {
  const filters = fc.sample(filter, { numRuns: QUESTIONS, seed: random.int(2 ** 31) });
  const snapshots = await Promise.all(CHANNELS.map(async (channel) => {
    // In the second in which some were granted, before a half or a quarter of it was over.
    const takenAt = Date.parse(random.pick(['2026-06-15T12:34:56Z', '2026-05-16T10:00:00Z'])) / 1_000;
    const { value } = await index.bitmap(channel, EVERYBODY);
    return { kind: 'snapshot', channel, takenAt, id: await storeSnapshot(database, channel, takenAt, value) } as const;
  }));
  const leaves: Condition[] = [
    ...snapshots, ...snapshots.map((snapshot): Condition => ({ kind: 'none', of: [snapshot] })),
    ...Array.from({ length: 20 }, (): Condition => ({
      kind: 'granted', channel: random.pick(CHANNELS), from: random.pick(EDGE_SECONDS), ...(random.chance(0.5) ? { before: random.pick(EDGE_SECONDS) } : {}),
    })),
  ];
  return [
    ...filters.map((given) => {
      const channel = random.pick(CHANNELS);
      return { channel, condition: resolveFilter(given, { channel, now: NOW }) };
    }),
    ...leaves.map((condition) => ({ channel: random.pick(CHANNELS), condition })),
  ];
}
