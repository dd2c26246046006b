import { jest } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { type HeldRead, PersonHeldReplySchema } from '#contracts/person-held.v1.js';
import { countRowsLeft } from '#marketing/answering/answering.sql.js';
import { readPeople } from '#marketing/audience/audience.sql.js';
import { clauseOf } from '#marketing/audience/clause.js';
import { EVERYBODY } from '#marketing/audience/condition.js';
import { eraseEverywhere, remember } from '#marketing/intake/intake.sql.js';
import { readLink } from '#marketing/link/link.sql.js';
import { Retention } from '#marketing/retention/retention.service.js';
import { ConfirmingClient } from '#messaging/confirming-client.js';
import { QUEUES } from '#messaging/topology.js';
import type { EntityManager } from 'typeorm';
import { Opened } from '#test/messaging/support.js';
import { waitFor } from '#test/support/wait-for.js';
import { Exporting } from './exporting.js';
import { changed } from './fake-register.js';

jest.setTimeout(120_000);

const ENTRY = { actor: 'mailer', actor_kind: 'program', purpose: 'marketing', route: 'POST /v1/audience/query' };
const SHOWN = ['name', 'language', 'birthYear', 'occupation', 'interests', 'consents'];

describe('who was shown on a list', () => {
  const opened = new Opened();
  let exporting: Exporting;
  let client: ConfirmingClient;
  let refs: string[];

  beforeEach(async () => {
    exporting = await Exporting.prepare('list-reads');
    refs = await exporting.populate(20);
  });
  afterEach(async () => {
    await opened.closeAll();
    await exporting.close();
  });

  const query = <T>(text: string, values: unknown[] = []): Promise<T> => exporting.marketing.database.query<T>(text, values);
  const ask = (body: object, headers: Record<string, string | undefined> = {}) =>
    exporting.marketing.request('POST', '/v1/audience/query', { channel: 'email', ...body }, ['audience:query'], { headers, subject: 'mailer' });
  const people = (answer: Awaited<ReturnType<typeof ask>>): unknown[] => (answer.body['contacts'] as { ref: string }[]).map(({ ref }) => ref);
  const entries = () => query<Record<string, unknown>[]>(
    `SELECT actor, actor_kind, purpose, route, channel, fields, ARRAY (SELECT ref::text FROM unnest(slots) WITH ORDINALITY AS r (slot, nth) JOIN ref_state AS s USING (slot) ORDER BY nth) AS refs
       FROM person_read WHERE ref IS NULL ORDER BY id`);
  const erase = async (manager: EntityManager, ref: string): Promise<void> => {
    await remember(manager, [{ ref, epoch: 1, version: 2, awaitingData: false, erased: true }]);
    await eraseEverywhere(manager, [ref]);
  };
  /** Until a statement waits for the lock of pages and erasures. */
  const waiting = () => waitFor('somebody who waits', async () => (await query<unknown[]>(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)).length > 0);

  it('is on record for every page: who read, what for, when, which data, and exactly whom', async () => {
    for (const purpose of [undefined, 'Because I want to']) {
      expect(await ask({}, { 'lupa-purpose': purpose })).toMatchObject({ status: 400, body: { type: '/problems/purpose-missing' } });
    }
    expect(await entries()).toEqual([]);
    await exporting.leave(refs[3]!);
    const first = await ask({ limit: 12 });
    const second = await ask({ limit: 12, cursor: first.body['nextCursor'] });
    expect([...people(first), ...people(second)]).toEqual(refs.filter((ref) => ref !== refs[3]));
    const byPost = await ask({ channel: 'post', limit: 1 }, { 'lupa-purpose': 'relationship-care' });
    expect(await entries()).toEqual([
      { ...ENTRY, channel: 'email', fields: [...SHOWN, 'email'], refs: people(first) },
      { ...ENTRY, channel: 'email', fields: [...SHOWN, 'email'], refs: people(second) },
      { ...ENTRY, purpose: 'relationship-care', channel: 'post', fields: [...SHOWN, 'address'], refs: people(byPost) },
    ]);
  });

  it('is nobody, and no entry, on a page without people and on one that is refused', async () => {
    expect(people(await ask({ filter: { city: { is: 'Nowhere' } } }))).toEqual([]);
    expect((await ask({ channel: 'sms' })).status).toBe(200);
    await exporting.goStale();
    expect((await ask({})).status).toBe(503);
    expect(await entries()).toEqual([]);
  });

  it('is told to the person, page by page with who looked at her alone, and to nobody else', async () => {
    client = new ConfirmingClient(opened.connection(exporting.marketing.vhost.url, 'asks'), 10_000, QUEUES.marketingRpc);
    await client.publishAll([]);
    const readsOf = async (ref: string): Promise<HeldRead[]> => PersonHeldReplySchema.parse(
      await firstValueFrom(client.send<unknown>('person.held.get', { schema: 'person.held.get.v1', ref, after: { export: 0, read: 0 } }))).reads;
    await ask({ limit: 5 });
    await exporting.marketing.request('POST', '/v1/audience/explain', { ref: refs[4], channel: 'email' }, ['audience:explain']);
    await ask({ channel: 'post' });
    const [first, alone, second] = await readsOf(refs[4]!);
    expect(first).toEqual({
      number: expect.any(Number), at: expect.any(String), actor: 'mailer', purpose: 'marketing', route: 'POST /v1/audience/query', list: { channel: 'email', fields: [...SHOWN, 'email'] },
    });
    expect(alone).toEqual({ number: expect.any(Number), at: expect.any(String), actor: 'test', purpose: 'marketing', route: 'POST /v1/audience/explain' });
    expect(second?.list?.channel).toBe('post');
    expect((await readsOf(refs[5]!)).map(({ list }) => list?.channel)).toEqual(['post']);
  });

  it('is not known any more of whoever is erased: that the page was read is', async () => {
    await ask({});
    await ask({ filter: { occupation: { is: 'xxxxxxxxxx' } }, limit: 1 });
    for (const ref of [refs[0]!, refs[7]!, refs[19]!]) {
      await exporting.marketing.register.tell(changed(ref, [1, 2], [], true));
      await exporting.marketing.register.answer(ref);
    }
    const left = refs.filter((_, nth) => ![0, 7, 19].includes(nth));
    expect((await entries()).map((entry) => entry['refs'])).toEqual([left, []]);
    expect(await countRowsLeft(exporting.marketing.database.manager, refs)).toEqual(new Map(left.map((ref) => [ref, 2])));
  });

  it('is not noted of whoever is erased while the page is read', async () => {
    const { database } = exporting.marketing;
    let page: ReturnType<typeof ask> | undefined;
    await database.transaction('READ COMMITTED', async (manager) => {
      await erase(manager, refs[2]!);
      page = ask({ limit: 4 });
      await waiting();
    });
    expect(people(await page!)).toEqual(refs.slice(0, 4));
    expect((await entries()).map((entry) => entry['refs'])).toEqual([[refs[0], refs[1], refs[3]]]);
  });

  it('is forgotten of whoever is erased before the page is through: the erasure waits for it', async () => {
    const { database } = exporting.marketing;
    const { link } = await readLink(database.manager);
    const slots = (await query<{ slot: number }[]>('SELECT slot FROM contact ORDER BY slot LIMIT 4')).map(({ slot }) => slot);
    let erasure: Promise<void> | undefined;
    await database.transaction('READ COMMITTED', async (manager) => {
      const read = { actor: 'mailer', actorKind: 'program', purpose: 'marketing', route: 'POST /v1/audience/query' } as const;
      expect(await readPeople(manager, { channel: 'email', clause: clauseOf('email', EVERYBODY), slots, link, read })).toHaveLength(4);
      erasure = database.transaction('READ COMMITTED', (other) => erase(other, refs[2]!));
      await waiting();
    });
    await erasure;
    expect((await entries()).map((entry) => entry['refs'])).toEqual([[refs[0], refs[1], refs[3]]]);
  });

  it('is forgotten after three years, with who looked at single persons', async () => {
    await ask({});
    await ask({ channel: 'post' });
    await query(`UPDATE person_read SET read_at = read_at - interval '37 months' WHERE channel = 'email'`);
    expect(await exporting.marketing['apps'][0]!.get(Retention).run()).toMatchObject({ reads: 1 });
    expect((await entries()).map((entry) => entry['channel'])).toEqual(['post']);
  });
});
