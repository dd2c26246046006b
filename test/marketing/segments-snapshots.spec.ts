import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { waitFor } from '#test/support/wait-for.js';
import { changed, person } from './fake-register.js';
import { emptyDepartures, forgetMembers } from '#marketing/segments/snapshots.sql.js';
import { SnapshotStage } from './snapshot-stage.js';

jest.setTimeout(60_000);

describe('snapshots', () => {
  let stage: SnapshotStage;

  beforeAll(async () => { stage = await SnapshotStage.prepare('snapshots'); });
  beforeEach(() => stage.marketing.open());
  afterAll(() => stage.marketing.close());

  it('fix who is on a list, and who joins later is not', async () => {
    const [aino, bertil] = [await stage.add(), await stage.add()].sort() as [string, string];
    const { status, headers, body } = await stage.send('POST', '/v1/snapshots', { name: 'First wave', channel: 'email', filter: { language: { is: 'fi' } } });
    expect([status, headers['location']]).toEqual([201, `/v1/snapshots/${String(body['id'])}`]);
    expect(body).toEqual({
      id: expect.any(String), name: 'First wave', owner: 'test', channel: 'email', filter: { language: { is: 'fi' } }, segment: null, sizeAt: 2,
      takenAt: expect.stringMatching(/:\d\d\.000Z$/), asOf: expect.any(String), version: expect.any(Number), expiresAt: expect.any(String),
    });
    const taken = new Date(String(body['takenAt']));
    taken.setUTCMonth(taken.getUTCMonth() + 13);
    expect(Math.abs(Date.parse(String(body['expiresAt'])) - taken.getTime())).toBeLessThan(4 * 86_400_000);
    const id = body['id'] as string;
    await stage.add();
    expect(await stage.listed(id)).toEqual([aino, bertil]);
    expect((await stage.send('GET', `/v1/snapshots/${id}`)).body).toEqual({ ...body, sizeNow: 2, stale: false });
    await stage.leave(bertil);
    expect(await stage.listed(id)).toEqual([aino]);
    expect((await stage.send('GET', `/v1/snapshots/${id}`)).body).toMatchObject({ sizeAt: 2, sizeNow: 1 });
  });

  it('do not get back who withdraws and consents anew', async () => {
    const ref = randomUUID();
    stage.marketing.register.people.set(ref, person(ref, [1, 1], ['email']));
    await stage.marketing.register.tell(changed(ref, [1, 1], ['email']));
    await stage.marketing.register.answer(ref);
    await stage.marketing.open();
    const id = await stage.take();
    expect(await stage.listed(id)).toContain(ref);
    await stage.marketing.register.tell(changed(ref, [1, 2], []));
    await stage.marketing.register.answer(ref, 2);
    expect(await stage.listed(id)).not.toContain(ref);
    const anew = person(ref, [1, 3], ['email']);
    stage.marketing.register.people.set(ref, { ...anew, grants: anew.grants.map((grant) => ({ ...grant, grantedAt: new Date(Date.now() + 2_000).toISOString() })) });
    await stage.marketing.register.tell(changed(ref, [1, 3], ['email']));
    await stage.marketing.register.answer(ref, 3);
    expect((await stage.marketing.listed('email')).map((one) => one['ref'])).toContain(ref);
    expect(await stage.listed(id)).not.toContain(ref);
  });

  it('do not get back who comes with a consent older than the snapshot, not even before they are cleared', async () => {
    const [stays, returns] = [await stage.add(), await stage.add()];
    const id = await stage.take();
    await stage.leave(returns);
    await stage.comeBack(returns);
    expect(await stage.listed(id)).toContain(stays);
    expect(await stage.listed(id)).not.toContain(returns);
    expect(await stage.marked(id)).not.toContain(returns);
  });

  it('end with the consent they were taken under, also when another one took its place at once', async () => {
    const ref = await stage.add();
    const id = await stage.take();
    await stage.marketing.database.query(`UPDATE contact SET email_since = '2021-01-01' WHERE ref = $1`, [ref]);
    expect(await stage.listed(id)).not.toContain(ref);
    const renewed = await stage.add();
    const before = await stage.take();
    await stage.marketing.database.query(`UPDATE contact SET email_since = now() + interval '1 minute' WHERE ref = $1`, [renewed]);
    expect(await stage.listed(before)).not.toContain(renewed);
    await stage.keep();
    expect(await stage.marked(before)).not.toContain(renewed);
    // What is corrected about a person ends nothing.
    const other = await stage.add();
    const second = await stage.take();
    await stage.marketing.database.query(`UPDATE contact SET first_name = 'Other', email_source = 'raffle' WHERE ref = $1`, [other]);
    expect(await stage.listed(second)).toContain(other);
  });

  it('do not hold a consent that is dated after them', async () => {
    const ahead = await stage.add(new Date(Date.now() + 3_600_000).toISOString());
    const id = await stage.take();
    expect(await stage.listed(id)).not.toContain(ahead);
    expect(await stage.marked(id)).not.toContain(ahead);
  });

  it('are cleared of who has left, and of nobody else', async () => {
    const [stays, leaves, narrows] = [await stage.add(), await stage.add(), await stage.add(undefined, ['email', 'post'])];
    const [before, byPost] = [await stage.take(), await stage.take({ channel: 'post' })];
    await stage.leave(leaves);
    await stage.marketing.database.query(
      `UPDATE contact SET email = NULL, email_digest = NULL, email_since = NULL, email_wording_id = NULL, email_wording_version = NULL, email_source = NULL WHERE ref = $1`, [narrows],
    );
    const back = await stage.add(new Date().toISOString());
    const after = await stage.take();
    expect(await stage.marked(before)).toEqual(expect.arrayContaining([leaves, narrows]));
    await stage.keep();
    expect(await stage.marked(before)).toContain(stays);
    for (const gone of [leaves, narrows]) expect(await stage.marked(before)).not.toContain(gone);
    expect(await stage.marked(byPost)).toContain(narrows);
    expect(await stage.marked(after)).toEqual(expect.arrayContaining([stays, back]));
    expect(await stage.marketing.database.query('SELECT version FROM departure')).toEqual([]);
  });

  it('miss nobody who leaves while they are being taken', async () => {
    const [stays, leaves] = [await stage.add(), await stage.add()];
    const runner = stage.marketing.database.createQueryRunner();
    await runner.startTransaction();
    await runner.query('DELETE FROM contact WHERE ref = $1', [leaves]);
    const taking = stage.take();
    try {
      await waitFor('the snapshot to wait for the change', async () => {
        const [row] = await stage.marketing.database.query<[{ waiting: number }]>(
          `SELECT count(*)::integer AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%audience_version%'`,
        );
        return row.waiting > 0;
      }, 5_000);
    } finally {
      await runner.commitTransaction();
      await runner.release();
    }
    const id = await taking;
    expect(await stage.marked(id)).toContain(stays);
    expect(await stage.marked(id)).not.toContain(leaves);
    await stage.comeBack(leaves);
    expect(await stage.listed(id)).not.toContain(leaves);
  });

  it('forget the erased at once, and their reads too', async () => {
    const ref = await stage.add();
    const id = await stage.take();
    expect(await stage.marked(id)).toContain(ref);
    await stage.marketing.register.tell(changed(ref, [1, 2], [], true));
    await stage.marketing.register.answer(ref);
    expect(await stage.marked(id)).not.toContain(ref);
  });

  it.each(['the departed first', 'the erased first', 'the returned last'])('are cleared by two at once, and neither undoes the other: %s', async (order) => {
    const { database } = stage.marketing;
    const [stays, departed, other] = [await stage.add(), await stage.add(), await stage.add()];
    const id = await stage.take();
    await stage.keep(); // what others have left behind
    await stage.leave(departed);
    if (order === 'the returned last') await stage.leave(other);
    const empty = (manager: EntityManager): Promise<unknown> => emptyDepartures(manager, 1);
    const forget = (manager: EntityManager): Promise<unknown> => forgetMembers(manager, [other]);
    const runner = database.createQueryRunner();
    await runner.startTransaction();
    await (order === 'the erased first' ? forget : empty)(runner.manager);
    const waiting = order === 'the returned last' ? stage.comeBack(other)
      : database.transaction('READ COMMITTED', order === 'the erased first' ? empty : forget);
    try {
      await waitFor('one to wait for the other', async () => {
        const [row] = await database.query<[{ waiting: number }]>(
          `SELECT count(*)::integer AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return row.waiting > 0;
      });
    } finally {
      await runner.commitTransaction();
      await runner.release();
    }
    await waiting;
    expect(await stage.marked(id)).toContain(stays);
    expect(await stage.marked(id)).not.toEqual(expect.arrayContaining([departed]));
    expect(await stage.marked(id)).not.toEqual(expect.arrayContaining([other]));
  });

  it('are emptied when every contact goes', async () => {
    await stage.add();
    const id = await stage.take();
    expect((await stage.marked(id)).length).toBeGreaterThan(0);
    await stage.marketing.database.query('TRUNCATE contact');
    expect(await stage.marketing.database.query('SELECT block FROM snapshot_members')).toEqual([]);
  });

  it('are refused while the list is stale, and leave nothing behind', async () => {
    const before = await stage.marketing.database.query('SELECT count(*) AS snapshots FROM snapshot');
    const w = new Date(Date.now() - 61_000).toISOString();
    await stage.marketing.database.query('UPDATE link_state SET watermark = $1, issued_at = $1, received_at = $1', [w]);
    expect(await stage.send('POST', '/v1/snapshots', { name: 'Stale', channel: 'email' })).toMatchObject({ status: 503, body: { type: '/problems/list-stale', asOf: w } });
    expect(await stage.marketing.database.query('SELECT count(*) AS snapshots FROM snapshot')).toEqual(before);
  });

  it('are of one channel: another one may not use them', async () => {
    const id = await stage.take();
    expect(await stage.send('POST', '/v1/audience/count', { channel: 'post', filter: { none: [{ snapshot: { id } }] } })).toMatchObject({
      status: 422, body: { type: '/problems/channel-differs', errors: [{ pointer: '#/filter/none/0/snapshot/id', code: 'channel-differs' }] },
    });
    const segment = { name: 'By snapshot', channel: 'post', filter: { snapshot: { id } } };
    expect((await stage.send('POST', '/v1/segments', segment)).body).toMatchObject({ errors: [{ pointer: '#/filter/snapshot/id' }] });
  });

  it('that are deleted or have expired cannot be used any more, nor can segments that name them', async () => {
    const [deleted, expired] = [await stage.take(), await stage.take()];
    const { body: segment } = await stage.send('POST', '/v1/segments', { name: 'On both', channel: 'email', filter: { snapshot: { id: expired } } });
    await stage.marketing.database.query(`UPDATE snapshot SET expires_at = now() WHERE id = $1`, [expired]);
    expect((await stage.send('DELETE', `/v1/snapshots/${deleted}`)).status).toBe(204);
    for (const id of [deleted, expired]) {
      expect((await stage.send('GET', `/v1/snapshots/${id}`)).body['type']).toBe('/problems/snapshot-not-found');
      expect(await stage.send('POST', '/v1/audience/query', { channel: 'email', filter: { any: [{ snapshot: { id } }] } })).toMatchObject({
        status: 422, body: { type: '/problems/snapshot-unknown', errors: [{ pointer: '#/filter/any/0/snapshot/id' }] },
      });
    }
    expect((await stage.send('POST', '/v1/audience/query', { segment: { id: segment['id'] } })).body).toMatchObject({ type: '/problems/snapshot-unknown', errors: [{ pointer: '#/segment' }] });
    await stage.keep();
    expect(await stage.marketing.database.query('SELECT id FROM snapshot WHERE id = ANY ($1)', [[deleted, expired]])).toEqual([]);
    expect(await stage.marketing.database.query('SELECT block FROM snapshot_members WHERE snapshot_id = ANY ($1)', [[deleted, expired]])).toEqual([]);
    expect((await stage.send('DELETE', `/v1/snapshots/${deleted}`)).status).toBe(404);
  });

  it('are taken of a segment, with the version that was used', async () => {
    const { body: segment } = await stage.send('POST', '/v1/segments', { name: 'For a snapshot', channel: 'sms', filter: {} });
    const { body } = await stage.send('POST', '/v1/snapshots', { name: 'Of a segment', segment: { id: segment['id'] } });
    expect(body).toMatchObject({ channel: 'sms', filter: {}, segment: { id: segment['id'], version: 1 } });
  });

  it('are listed newest first, page by page; small ones without their size to who may not see lists', async () => {
    await stage.add();
    const ids = [await stage.take(), await stage.take(), await stage.take()];
    const { body: all } = await stage.send('GET', '/v1/snapshots?limit=200');
    const known = (all['snapshots'] as { id: string }[]).map(({ id }) => id);
    expect(known).toEqual(expect.arrayContaining(ids));
    const paged: string[] = [];
    let cursor = '';
    while (paged.length < known.length) {
      const { body } = await stage.send('GET', `/v1/snapshots?limit=2${cursor}`);
      const page = (body['snapshots'] as { id: string }[]).map(({ id }) => id);
      expect(page.length).toBeGreaterThan(0);
      paged.push(...page);
      cursor = `&cursor=${String(body['nextCursor'])}`;
    }
    expect(paged).toEqual(known);
    expect((await stage.send('GET', `/v1/snapshots/${ids[0]!}`, undefined, ['segments:read'])).body).toMatchObject({ sizeAt: null, sizeNow: null, below: 10 });
  });
});
