import { jest } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { JsonLogger } from '#http/logger.js';
import { AudienceIndex } from '#marketing/audience-index/audience-index.service.js';
import { selectSlots } from '#marketing/audience-index/audience-index.sql.js';
import { readPeople } from '#marketing/audience/audience.sql.js';
import { clauseOf } from '#marketing/audience/clause.js';
import { type Condition, EVERYBODY } from '#marketing/audience/condition.js';
import { marketingDataSource } from '#marketing/database/data-source.js';
import { deleteContacts, keepOnly } from '#marketing/intake/intake.sql.js';
import { ContactHistory } from '#test/support/contact-history.js';
import { createTestDatabase, type TestDatabase } from '#test/support/database.js';
import { seeded } from '#test/support/seeded.js';

jest.setTimeout(120_000);

const SEED = Number(process.env['LUPA_SEED'] ?? Date.now() % 2_147_483_647);
const LOOK = { channel: 'email', read: { actor: 'mailer', actorKind: 'program', purpose: 'marketing', route: 'POST /v1/audience/query' } } as const;
const LISTS: readonly Condition[] = [EVERYBODY, { kind: 'none', of: [{ kind: 'language', oneOf: ['sv'] }] }];

describe(`pages while contacts change, with seed ${SEED}`, () => {
  let testDatabase: TestDatabase;
  let database: DataSource;
  let indexes: AudienceIndex[];
  const random = seeded(SEED);
  const history = new ContactHistory(random, 150, false);

  beforeAll(async () => {
    testDatabase = await createTestDatabase('audience-pages', marketingDataSource);
    database = await marketingDataSource(testDatabase.url, 6).initialize();
    await database.query(`UPDATE link_state SET register_epoch = 1, watermark = now(), watermark_epoch = 1,
      watermark_marketing_epoch = marketing_epoch, issued_at = now(), received_at = now()`);
    await history.storeAll(database);
    indexes = [0, 1].map(() => new AudienceIndex(database, new JsonLogger('test', 'fatal')));
    for (const index of indexes) await index.turn();
  });
  afterAll(async () => {
    await database.destroy();
    await testDatabase.drop();
  });

  it('show nobody twice, nobody who had left, and everybody who stays', async () => {
    const gone = new Set<string>();
    const staying = new Set<string>();
    const slots = await selectSlots(database.manager, clauseOf('email', EVERYBODY), -1, 1_000);
    const refs = (await database.query<{ ref: string }[]>('SELECT ref FROM contact WHERE slot = ANY ($1)', [slots])).map(({ ref }) => ref);
    // Some leave for ever, one after the other; some are left alone; the others live as they like.
    const leaving = refs.filter((_, at) => at % 3 === 0);
    for (const ref of refs.filter((_, at) => at % 3 === 1)) staying.add(ref);
    history.leaveAlone(new Set([...leaving, ...staying]));

    let isReading = true;
    const changing = (async () => {
      while (isReading) {
        await history.step(database);
        const ref = leaving.pop();
        if (ref === undefined) continue;
        await deleteContacts(database.manager, [ref]);
        gone.add(ref);
      }
    })();
    let pages = 0;
    const reading = (async () => {
      while (leaving.length > 0) {
        for (const condition of LISTS) pages += await readThrough(condition, gone, condition === EVERYBODY ? staying : new Set());
      }
    })().finally(() => { isReading = false; });
    await Promise.all([reading, changing]);
    expect(gone.size).toBeGreaterThan(10);
    expect(pages).toBeGreaterThan(20);
    expect(indexes.every((index) => index.state().isReady)).toBe(true);
  });

  /** All pages of a list, each from one of the indexes; how many there were. */
  const readThrough = async (condition: Condition, gone: ReadonlySet<string>, staying: ReadonlySet<string>): Promise<number> => {
    const seen: string[] = [];
    for (let after = -1, pages = 1; ; pages += 1) {
      const goneBefore = [...gone];
      const { value: slots, link } = await random.pick(indexes).page('email', condition, after, 7);
      const people = await readPeople(database.manager, { ...LOOK, clause: clauseOf('email', condition), slots, link: link.link });
      expect(people.map(({ ref }) => ref).filter((ref) => goneBefore.includes(ref))).toEqual([]);
      seen.push(...people.map(({ ref }) => ref));
      if (slots.length < 7) {
        expect(new Set(seen).size).toBe(seen.length);
        expect([...staying].filter((ref) => !seen.includes(ref))).toEqual([]);
        return pages;
      }
      after = slots.at(-1)!;
    }
  };

  it('hide whoever withdraws, or does not match any more, after the slots were found', async () => {
    const [index] = indexes as [AudienceIndex];
    const condition: Condition = { kind: 'none', of: [{ kind: 'occupation', oneOf: ['changed'] }] };
    const { value: slots, link } = await index.page('email', condition, -1, 4);
    const read = async () => (await readPeople(database.manager, { ...LOOK, clause: clauseOf('email', condition), slots, link: link.link })).map(({ ref }) => ref);
    const [first, second, ...others] = await read();
    await keepOnly(database.manager, [{ ref: first!, keep: ['sms', 'phone', 'post'] }]);
    await database.query("UPDATE contact SET occupation = 'changed' WHERE ref = $1", [second]);
    expect(await read()).toEqual(others);
    expect(others).toHaveLength(2);
  });

  it('show nobody once the lists have closed, although they were open when the slots were found', async () => {
    const [index] = indexes as [AudienceIndex];
    const { value: slots, link } = await index.page('email', EVERYBODY, -1, 5);
    const read = () => readPeople(database.manager, { ...LOOK, clause: clauseOf('email', EVERYBODY), slots, link: link.link });
    expect(await read()).toHaveLength(5);
    await database.query('UPDATE link_state SET reconcile_due = true');
    expect(await read()).toEqual([]);
    await database.query('UPDATE link_state SET reconcile_due = false, register_epoch = 2');
    expect(await read()).toEqual([]);
    await database.query('UPDATE link_state SET register_epoch = 1');
    expect(await read()).toHaveLength(5);
    // As in a backup that was put back in between: its watermark is an older one.
    await database.query("UPDATE link_state SET issued_at = issued_at - interval '1 s'");
    expect(await read()).toEqual([]);
    await database.query("UPDATE link_state SET issued_at = issued_at + interval '1 s'");
    expect(await read()).toHaveLength(5);
  });
});
