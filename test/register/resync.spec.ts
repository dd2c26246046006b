import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { registerDataSource } from '#register/database/data-source.js';
import { beginResync, markPart } from '#register/sync/resync.js';
import { readWatermark } from '#register/sync/watermark.publisher.js';
import { createTestDatabase, type TestDatabase } from '#test/support/database.js';

const NEVER = new Date(0);

let at: TestDatabase;
let database: DataSource;
beforeEach(async () => {
  at = await createTestDatabase('register-resync', registerDataSource);
  database = await registerDataSource(at.url, 4).initialize();
});
afterEach(async () => {
  await database.destroy();
  await at.drop();
});

async function customers(count: number, known = true): Promise<void> {
  await database.query(
    `INSERT INTO customer (id, ref, version, known_to_marketing, provenance) SELECT gen_random_uuid(), gen_random_uuid(), 3, $2, '{}' FROM generate_series(1, $1::int)`,
    [count, known]);
}

const pending = () => database.query<{ version: number; erased: boolean; since: Date }[]>('SELECT version, erased, since FROM sync_pending');
const answerEverything = () => database.query('DELETE FROM sync_pending');
const watermark = async () => (await readWatermark(database))?.watermark;
const begin = () => database.transaction(beginResync);

describe('a resync', () => {
  it('marks everybody marketing may know, and the erased, part by part', async () => {
    await customers(25);
    await customers(10, false);
    await database.query(`INSERT INTO erasure_case (id, ref, epoch, version, ground, requested_by, rows_deleted) VALUES ($1, $2, 1, 7, 'abuse', 'x', 0)`, [randomUUID(), randomUUID()]);
    expect(await markPart(database, 10)).toBe(false);
    await begin();
    let parts = 0;
    while (await markPart(database, 10)) parts += 1;
    expect(parts).toBe(4);
    const marked = await pending();
    expect(marked.filter(({ version, erased, since }) => version === 3 && !erased && +since === 0)).toHaveLength(25);
    expect(marked.filter(({ version, erased, since }) => version === 7 && erased && +since === 0)).toHaveLength(1);
    expect(marked).toHaveLength(26);
  });

  it('holds the watermark at 1970 until the last part is marked and answered, also when it is cut short between two parts', async () => {
    await customers(15);
    await begin();
    expect(await watermark()).toEqual(NEVER);
    expect(await markPart(database, 10)).toBe(true);
    await answerEverything();
    expect(await watermark()).toEqual(NEVER); // here it may die: five are not marked yet
    while (await markPart(database, 10));
    expect(await pending()).toHaveLength(5);
    expect(await watermark()).toEqual(NEVER);
    await answerEverything();
    expect(+(await watermark() ?? 0)).toBeGreaterThan(Date.now() - 60_000);
  });

  it('begun by two at once marks nobody less, and begun anew marks everybody anew', async () => {
    await customers(40);
    await begin();
    await markPart(database, 10);
    await answerEverything();
    await begin();
    const work = async () => { while (await markPart(database, 3)); };
    await Promise.all([work(), work()]);
    expect(await pending()).toHaveLength(40);
  });

  it('keeps the newer version and the urgency of what was pending before', async () => {
    await customers(1);
    await database.query(`INSERT INTO sync_pending (ref, epoch, version, urgency, reason, since) SELECT ref, 1, 4, 1, 'consent', now() FROM customer`);
    await begin();
    while (await markPart(database, 10));
    expect(await database.query('SELECT version, urgency, since FROM sync_pending')).toEqual([{ version: 4, urgency: 1, since: NEVER }]);
  });
});
