import { jest } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { JsonLogger } from '#http/logger.js';
import { AudienceIndex } from '#marketing/audience-index/audience-index.service.js';
import { copyContacts, pruneChanges, readNews } from '#marketing/audience-index/audience-index.sql.js';
import type { ContactPut } from '#marketing/audience-index/contact-index.js';
import { LoadStopped } from '#marketing/audience-index/load-index.sql.js';
import { EVERYBODY } from '#marketing/audience/condition.js';
import { marketingDataSource } from '#marketing/database/data-source.js';
import { ContactHistory } from '#test/support/contact-history.js';
import { createTestDatabase, type TestDatabase } from '#test/support/database.js';
import { seeded } from '#test/support/seeded.js';

jest.setTimeout(60_000);

const SEED = Number(process.env['LUPA_SEED'] ?? Date.now() % 2_147_483_647);
/** More than are read as one answer. */
const MANY = 25_000;

describe(`the life of an index, with seed ${SEED}`, () => {
  let testDatabase: TestDatabase;
  let database: DataSource;
  const history = new ContactHistory(seeded(SEED), 60);

  beforeAll(async () => {
    testDatabase = await createTestDatabase('index-life', marketingDataSource);
    database = await marketingDataSource(testDatabase.url, 3).initialize();
    await history.storeAll(database);
  });
  afterAll(async () => {
    await database.destroy();
    await testDatabase.drop();
  });

  const opened = (): AudienceIndex => new AudienceIndex(database, new JsonLogger('test', 'fatal'));
  const inOrder = (puts: readonly ContactPut[]): ContactPut[] => [...puts].sort((a, b) => a.slot - b.slot)
    .map(({ slot, contact }) => ({ slot, contact: contact && { ...contact, interests: [...contact.interests].sort() } }));
  const copied = async (since: number | undefined): Promise<ContactPut[]> => {
    const runner = database.createQueryRunner();
    const puts: ContactPut[] = [];
    try {
      await copyContacts(runner, since, (put) => puts.push(put));
    } finally {
      await runner.release();
    }
    return inOrder(puts);
  };

  it('is told the same of a contact when it loads and when it follows', async () => {
    for (let step = 0; step < 20; step += 1) await history.step(database);
    const { puts } = await readNews(database, 0, []);
    expect(inOrder(puts ?? [])).toEqual(await copied(0));
    expect(await copied(undefined)).toEqual((await copied(0)).filter(({ contact }) => contact !== null));
    expect(puts?.filter(({ contact }) => contact === null)).not.toEqual([]);
  });

  it('goes on when changes are forgotten that it has seen', async () => {
    const index = opened();
    await index.turn();
    await database.query("UPDATE contact_change SET changed_at = now() - interval '11 minutes'");
    await history.step(database);
    while (await pruneChanges(database.manager, 600, 3));
    const [{ count: left }] = await database.query<[{ count: number }]>("SELECT count(*) AS count FROM contact_change WHERE changed_at < now() - interval '10 minutes'");
    expect(left).toBe(0);
    await history.step(database);
    await index.count('email', EVERYBODY);
    expect(index.state().isReady).toBe(true);
  });

  it('is loaded anew after more has changed at once than is worth following', async () => {
    const index = opened();
    await index.turn();
    const { value: before } = await index.count('post', EVERYBODY);
    await database.query(
      `INSERT INTO contact (ref, post_since, post_wording_id, post_wording_version, post_source)
       SELECT gen_random_uuid(), now(), 'w', 1, 's' FROM generate_series(1, ${MANY})`,
    );
    expect((await index.count('post', EVERYBODY)).value).toBe(before + MANY);
    expect(index.state().isReady).toBe(false);
    await index.turn();
    expect(index.state().isReady).toBe(true);
    expect((await index.count('post', EVERYBODY)).value).toBe(before + MANY);
  });

  it('stops loading when the process ends, and leaves no connection behind', async () => {
    const index = opened();
    index.onModuleDestroy();
    await expect(index.turn()).rejects.toThrow(LoadStopped);
    expect(index.state().isReady).toBe(false);
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('asks once for all who ask at the same time', async () => {
    const index = opened();
    await index.turn();
    const calls = async (): Promise<number> => {
      await database.query('SELECT pg_stat_force_next_flush()');
      const [{ calls: made }] = await database.query<[{ calls: number }]>(
        "SELECT idx_scan + seq_scan AS calls FROM pg_stat_user_tables WHERE relname = 'link_state'");
      return made;
    };
    const before = await calls();
    const answers = await Promise.all(Array.from({ length: 50 }, () => index.count('email', EVERYBODY)));
    expect(new Set(answers.map(({ value }) => value)).size).toBe(1);
    expect((await calls()) - before).toBeLessThan(10);
  });
});
