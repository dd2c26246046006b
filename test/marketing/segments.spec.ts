import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Scope } from '#auth/scopes.js';
import { insertContacts } from '#test/support/audience-generators.js';
import { toContactRow } from '#marketing/contacts/contact-row.js';
import { person } from './fake-register.js';
import { RunningMarketing } from './running-marketing.js';

jest.setTimeout(60_000);

const SCOPES: readonly Scope[] = ['segments:read', 'segments:write', 'audience:query', 'audience:count'];
const COFFEE = { name: 'Coffee', description: 'Who likes coffee', channel: 'email', filter: { interests: { any: ['coffee'] } } };

describe('segments', () => {
  let marketing: RunningMarketing;
  type Answer = Awaited<ReturnType<RunningMarketing['request']>>;

  const send = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, payload?: object, headers: Record<string, string> = {}, subject = 'liisa'): Promise<Answer> =>
    marketing.request(method, path, payload, SCOPES, { headers, subject });
  const save = (changes: object = {}): Promise<Answer> => send('POST', '/v1/segments', { ...COFFEE, name: `Coffee ${randomUUID()}`, ...changes });
  const saved = async (changes: object = {}): Promise<string> => (await save(changes)).body['id'] as string;

  beforeAll(async () => {
    marketing = await RunningMarketing.prepare('segments');
    await insertContacts(marketing.database, [['coffee', 1980], ['coffee', 1990], ['tea', 1990]].map(([interest, birthYear]) =>
      toContactRow(person(randomUUID(), [1, 1], ['email'], { interests: [String(interest)], birthYear: Number(birthYear) }))!));
    await marketing.start();
    await marketing.open();
  });
  afterAll(() => marketing.close());

  it('are saved with their owner as version 1', async () => {
    const { status, headers, body } = await send('POST', '/v1/segments', COFFEE);
    expect([status, headers['etag'], headers['location']]).toEqual([201, '"1"', `/v1/segments/${String(body['id'])}`]);
    expect(body).toEqual({
      ...COFFEE, id: expect.any(String), version: 1, owner: 'liisa', changedBy: 'liisa', changedAt: expect.any(String), archivedAt: null,
    });
    const read = await send('GET', String(headers['location']));
    expect([read.status, read.headers['etag'], read.body]).toEqual([200, '"1"', body]);
  });

  it('keep every version, by whomever', async () => {
    const id = await saved({ name: 'Versions' });
    const changed = await send('PUT', `/v1/segments/${id}`, { ...COFFEE, name: 'Versions, newer', filter: {} }, { 'if-match': '"1"' }, 'matti');
    expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: { version: 2, name: 'Versions, newer', filter: {}, owner: 'liisa', changedBy: 'matti' } });
    expect((await send('GET', `/v1/segments/${id}`)).body).toEqual(changed.body);
    expect((await send('GET', `/v1/segments/${id}/versions/1`)).body).toMatchObject({ version: 1, name: 'Versions', filter: COFFEE.filter, changedBy: 'liisa' });
    expect((await send('GET', `/v1/segments/${id}/versions/3`)).body['type']).toBe('/problems/segment-not-found');
    const first = await send('GET', `/v1/segments/${id}/versions?limit=1`);
    expect(first.body).toMatchObject({ versions: [{ version: 2 }], nextCursor: '2' });
    expect((await send('GET', `/v1/segments/${id}/versions?limit=1&cursor=2`)).body).toMatchObject({ versions: [{ version: 1 }], nextCursor: null });
  });

  it('are not changed by whoever has not read the newest version', async () => {
    const id = await saved();
    const put = (ifMatch?: string): Promise<Answer> => send('PUT', `/v1/segments/${id}`, { ...COFFEE, name: `Other ${id}` }, ifMatch === undefined ? {} : { 'if-match': ifMatch });
    expect([(await put()).status, (await put('1')).status, (await put('"2"')).status]).toEqual([428, 400, 412]);
    const both = await Promise.all([put('"1"'), put('"1"')]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect((await send('GET', `/v1/segments/${id}`)).body).toMatchObject({ version: 2 });
    expect((await send('PUT', `/v1/segments/${randomUUID()}`, COFFEE, { 'if-match': '"1"' })).status).toBe(404);
  });

  it('have names that differ by more than letter case', async () => {
    const id = await saved({ name: 'Ääniä' });
    const taken = { status: 409, body: { type: '/problems/segment-name-taken', errors: [{ pointer: '#/name' }] } };
    expect(await save({ name: 'äÄNIÄ' })).toMatchObject(taken);
    expect(await send('PUT', `/v1/segments/${await saved()}`, { ...COFFEE, name: ' ÄÄNIÄ ' }, { 'if-match': '"1"' })).toMatchObject(taken);
    expect((await send('PUT', `/v1/segments/${id}`, { ...COFFEE, name: 'ÄÄNIÄ' }, { 'if-match': '"1"' })).status).toBe(200);
    const twins = await Promise.all([save({ name: 'Twin' }), save({ name: 'TWIN' })]);
    expect(twins.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('are archived: out of use, the name free, the versions still there', async () => {
    const id = await saved({ name: 'Old' });
    expect([(await send('DELETE', `/v1/segments/${id}`)).status, (await send('DELETE', `/v1/segments/${id}`)).status]).toEqual([204, 204]);
    expect((await send('GET', `/v1/segments/${id}`)).body).toMatchObject({ version: 1, archivedAt: expect.any(String) });
    expect((await send('GET', `/v1/segments/${id}/versions`)).body).toMatchObject({ versions: [{ version: 1 }] });
    expect((await save({ name: 'OLD' })).status).toBe(201);
    expect(await send('PUT', `/v1/segments/${id}`, COFFEE, { 'if-match': '"1"' })).toMatchObject({ status: 410, body: { type: '/problems/segment-archived' } });
    expect(await send('POST', '/v1/audience/count', { segment: { id } })).toMatchObject({
      status: 422, body: { type: '/problems/segment-unknown', errors: [{ pointer: '#/segment', code: 'archived' }] },
    });
    expect((await send('DELETE', `/v1/segments/${randomUUID()}`)).status).toBe(404);
  });

  it('are listed by name, page by page, without those archived', async () => {
    for (const name of ['zz 3', 'ZZ 1', 'zz 2', 'zz 4']) await save({ name });
    const archived = await saved({ name: 'zz 0' });
    await send('DELETE', `/v1/segments/${archived}`);
    const names: string[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null; pages += 1) {
      expect(pages).toBeLessThan(50);
      const { body } = await send('GET', `/v1/segments?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      names.push(...(body['segments'] as { name: string }[]).map(({ name }) => name));
      cursor = body['nextCursor'] as string | null;
    }
    expect(names.slice(-4)).toEqual(['ZZ 1', 'zz 2', 'zz 3', 'zz 4']);
    expect(names).not.toContain('zz 0');
    expect(new Set(names).size).toBe(names.length);
  });

  it.each<[object, string]>([
    [{ filter: { consent: 'any' } }, '#/filter/consent'],
    [{ filter: { all: [{ interests: { some: ['tea'] } }] } }, '#/filter/all/0/interests/some'],
    [{ filter: undefined }, '#/filter'],
    [{ name: '   ' }, '#/name'],
    [{ name: 'two\nlines' }, '#/name'],
    [{ channel: 'fax' }, '#/channel'],
    [{ owner: 'me' }, '#/owner'],
  ])('are refused with %j at %s', async (changes, pointer) => {
    const { status, body } = await save(changes);
    expect([status, (body['errors'] as { pointer: string }[]).map((error) => error.pointer)]).toEqual([422, [pointer]]);
  });

  it('stand in for channel and filter, by the newest version or the one named', async () => {
    const id = await saved();
    await send('PUT', `/v1/segments/${id}`, { ...COFFEE, name: `Newer ${id}`, filter: { interests: { any: ['tea'] } } }, { 'if-match': '"1"' });
    const count = async (body: object): Promise<unknown> => (await send('POST', '/v1/audience/count', body)).body['count'];
    expect([await count({ segment: { id } }), await count({ segment: { id, version: 1 } }), await count({ channel: 'email', segment: { id, version: 2 } })]).toEqual([1, 2, 1]);
    const { body } = await send('POST', '/v1/audience/query', { segment: { id, version: 1 }, limit: 1 });
    const next = await send('POST', '/v1/audience/query', { segment: { id, version: 1 }, limit: 1, cursor: body['nextCursor'] });
    expect(new Set([body, next.body].map(({ contacts }) => (contacts as { ref: string }[])[0]!.ref)).size).toBe(2);
    expect((await send('POST', '/v1/audience/query', { segment: { id }, limit: 1, cursor: body['nextCursor'] })).body['type']).toBe('/problems/cursor-unusable');
  });

  it('are refused where they cannot be used', async () => {
    const id = await saved();
    const refused = async (body: object): Promise<unknown[]> => {
      const answer = await send('POST', '/v1/audience/query', body);
      return [answer.status, answer.body['type'], (answer.body['errors'] as { pointer: string; code: string }[]).map(({ pointer, code }) => `${pointer} ${code}`)];
    };
    expect(await refused({ segment: { id }, filter: {} })).toEqual([422, '/problems/invalid-request', ['#/segment not-both']]);
    expect(await refused({ segment: { id }, channel: 'sms' })).toEqual([422, '/problems/channel-differs', ['#/segment channel-differs']]);
    expect(await refused({ segment: { id: randomUUID() } })).toEqual([422, '/problems/segment-unknown', ['#/segment unknown']]);
    expect(await refused({ segment: { id, version: 2 } })).toEqual([422, '/problems/segment-unknown', ['#/segment unknown']]);
    expect(await refused({ filter: {} })).toEqual([422, '/problems/invalid-request', ['#/channel required']]);
  });

  it('whose filter is not understood any more say so, and where', async () => {
    const id = randomUUID();
    await marketing.database.query(`INSERT INTO segment (id, name, owner, version) VALUES ($1, 'Of old', 'liisa', 1)`, [id]);
    await marketing.database.query(
      `INSERT INTO segment_version (segment_id, version, name, description, channel, filter, changed_by)
       VALUES ($1, 1, 'Of old', '', 'email', '{"shoeSize": {"is": 43}}', 'liisa')`, [id],
    );
    for (const path of ['/v1/audience/query', '/v1/audience/count']) {
      expect(await send('POST', path, { segment: { id } })).toMatchObject({
        status: 409, body: { type: '/problems/segment-outdated', segment: { id, version: 1 }, errors: [{ pointer: '#/shoeSize', code: 'unknown-field' }] },
      });
    }
    expect((await send('GET', `/v1/segments/${id}`)).body).toMatchObject({ filter: { shoeSize: { is: 43 } } });
    expect((await send('PUT', `/v1/segments/${id}`, { ...COFFEE, name: 'Of old' }, { 'if-match': '"1"' })).status).toBe(200);
    expect((await send('POST', '/v1/audience/count', { segment: { id } })).body['count']).toBe(2);
  });

  it('have versions that the database does not let anybody rewrite', async () => {
    for (const statement of [`UPDATE segment_version SET filter = '{}'`, 'DELETE FROM segment_version', 'TRUNCATE segment_version CASCADE']) {
      await expect(marketing.database.query(statement)).rejects.toThrow('only ever added');
    }
  });

  it.each([
    ['GET', '/v1/segments', 'segments:write'], ['POST', '/v1/segments', 'segments:read'], ['GET', `/v1/segments/${randomUUID()}`, 'segments:write'],
    ['PUT', `/v1/segments/${randomUUID()}`, 'segments:read'], ['DELETE', `/v1/segments/${randomUUID()}`, 'segments:read'],
    ['GET', `/v1/segments/${randomUUID()}/versions`, 'segments:write'], ['GET', `/v1/segments/${randomUUID()}/versions/1`, 'segments:write'],
    ['POST', '/v1/snapshots', 'segments:read'], ['GET', '/v1/snapshots', 'segments:write'], ['GET', `/v1/snapshots/${randomUUID()}`, 'segments:write'],
    ['DELETE', `/v1/snapshots/${randomUUID()}`, 'segments:read'], ['POST', '/v1/audience/overlap', 'audience:query'],
    ['POST', '/v1/audience/explain', 'audience:find'], ['POST', '/v1/audience/explain-address', 'audience:explain'],
  ] as const)('%s %s is not for a token with %s alone', async (method, path, scope) => {
    const { status, body } = await marketing.request(method, path, method === 'GET' || method === 'DELETE' ? undefined : COFFEE, [scope]);
    expect([status, body['type']]).toEqual([403, '/problems/scope-missing']);
  });
});
