import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Channel } from '#contracts/channel.js';
import type { Projection } from '#contracts/projection.v1.js';
import { waitFor } from '#test/support/wait-for.js';
import { changed, person } from './fake-register.js';
import { RunningMarketing } from './running-marketing.js';

jest.setTimeout(60_000);

describe('audience lists', () => {
  let marketing: RunningMarketing;
  const refs = new Map<string, string>();

  beforeAll(async () => {
    marketing = await RunningMarketing.prepare('audience');
    marketing.register.come();
    await marketing.start();
    const sample: [name: string, channels: Channel[], changes: Partial<Projection>][] = [
      ['aino', ['email', 'post'], { birthYear: 1980, interests: ['coffee', 'tea'], city: 'Kerava', postalCode: '04200' }],
      ['bertil', ['email', 'sms'], { birthYear: 1999, language: 'sv', interests: ['tea'] }],
      ['cecilia', ['email'], { birthYear: null, interests: [] }],
      ['david', ['sms', 'phone'], { birthYear: 1990, interests: ['coffee', 'cocoa'] }],
      ['eeva', ['post'], { birthYear: 1990, interests: ['coffee'], city: 'kerava', postalCode: '04260' }],
    ];
    for (const [name, channels, changes] of sample) {
      const ref = randomUUID();
      refs.set(name, ref);
      marketing.register.people.set(ref, { ...person(ref, [1, 1], channels), ...changes });
      await marketing.register.tell(changed(ref, [1, 1], channels));
    }
    for (const ref of refs.values()) await marketing.register.answer(ref);
    await marketing.open();
  });
  afterAll(() => marketing.close());

  const names = (people: Record<string, unknown>[]): string[] =>
    [...refs].filter(([, ref]) => people.some((one) => one['ref'] === ref)).map(([name]) => name);

  it.each<[Channel, object, string[]]>([
    ['email', {}, ['aino', 'bertil', 'cecilia']],
    ['sms', {}, ['bertil', 'david']],
    ['phone', {}, ['david']],
    ['post', {}, ['aino', 'eeva']],
    ['email', { interests: { any: ['tea', 'cocoa'] } }, ['aino', 'bertil']],
    ['email', { interests: { all: ['tea', 'coffee'] } }, ['aino']],
    ['email', { interests: { any: ['tea'], all: ['coffee'] } }, ['aino']],
    ['email', { birthYear: { after: 1980 } }, ['bertil']],
    ['email', { birthYear: { between: [1980, 1998] } }, ['aino']],
    ['email', { language: { is: 'sv' } }, ['bertil']],
    ['post', { city: { is: 'KERAVA' } }, ['aino', 'eeva']],
    ['email', { city: { oneOf: ['Kerava', 'Espoo'] } }, ['aino']],
    ['email', { city: { isNot: 'Kerava' } }, ['bertil', 'cecilia']],
    ['post', { postalCode: { prefix: '0426' } }, ['eeva']],
    ['post', { postalCode: { between: ['04100', '04250'] } }, ['aino']],
    ['email', { any: [{ language: { is: 'sv' } }, { interests: { any: ['coffee'] } }] }, ['aino', 'bertil']],
    ['email', { none: [{ granted: { channel: 'sms' } }, { birthYear: { before: 1990 } }] }, ['cecilia']],
    ['email', { granted: { since: '2026-01-02T03:04:05.678Z' } }, ['aino', 'bertil', 'cecilia']],
    ['email', { granted: { since: '2026-01-02T03:04:06Z' } }, []],
    ['email', { granted: { before: '2026-01-02T03:04:06Z' }, wording: { id: 'newsletter' } }, ['aino', 'bertil', 'cecilia']],
  ])('%s with %j: %j, and the count agrees', async (channel, filter, expected) => {
    expect(names(await marketing.listed(channel, filter))).toEqual(expected);
    const { body } = await marketing.call('POST', '/v1/audience/count', { channel, filter });
    expect(body).toMatchObject({ count: expected.length, stale: false, asOf: expect.any(String), version: expect.any(Number) });
  });

  it('show of each only what the channel needs', async () => {
    const always = ['ref', 'firstName', 'lastName', 'language', 'birthYear', 'occupation', 'interests', 'grantedAt'];
    const keys = async (channel: Channel): Promise<string[]> => Object.keys((await marketing.listed(channel))[0] ?? {}).sort();
    expect(await keys('email')).toEqual([...always, 'email'].sort());
    expect(await keys('sms')).toEqual([...always, 'phone'].sort());
    expect(await keys('phone')).toEqual([...always, 'phone'].sort());
    expect(await keys('post')).toEqual([...always, 'address'].sort());
  });

  it('come in pages that show everybody once', async () => {
    const seen: unknown[] = [];
    let cursor: string | null | undefined;
    for (let pages = 0; cursor !== null; pages += 1) {
      expect(pages).toBeLessThan(3);
      const { body } = await marketing.call('POST', '/v1/audience/query', { channel: 'email', limit: 1 + (pages % 2), ...(cursor ? { cursor } : {}) });
      seen.push(...(body['contacts'] as { ref: string }[]).map(({ ref }) => ref));
      cursor = body['nextCursor'] as string | null;
    }
    expect(seen.sort()).toEqual(['aino', 'bertil', 'cecilia'].map((name) => refs.get(name)).sort());
  });

  it('refuse the cursor of another list', async () => {
    const { body } = await marketing.call('POST', '/v1/audience/query', { channel: 'email', limit: 1 });
    const other = await marketing.call('POST', '/v1/audience/query', { channel: 'sms', limit: 1, cursor: body['nextCursor'] });
    expect(other).toMatchObject({ status: 422, body: { type: '/problems/cursor-unusable', errors: [{ pointer: '#/cursor' }] } });
  });

  it.each([
    [{}, '#/channel'],
    [{ channel: 'fax' }, '#/channel'],
    [{ channel: 'email', filter: { consent: 'any' } }, '#/filter/consent'],
    [{ channel: 'email', filter: { interests: { some: ['tea'] } } }, '#/filter/interests/some'],
    [{ channel: 'email', filter: { birthYear: { between: [1990, 1980] } } }, '#/filter/birthYear/between'],
    [{ channel: 'email', limit: 0 }, '#/limit'],
    [{ channel: 'email', limit: 1_001 }, '#/limit'],
    [{ channel: 'email', where: '1=1' }, '#/where'],
  ])('refuse %j at %s', async (query, pointer) => {
    const { status, body } = await marketing.call('POST', '/v1/audience/query', query);
    expect(status).toBe(422);
    expect((body['errors'] as { pointer: string }[]).map((each) => each.pointer)).toEqual([pointer]);
  });

  it.each([
    ['POST', '/v1/audience/query', 'audience:count'],
    ['POST', '/v1/audience/count', 'audience:query'],
    ['GET', '/v1/freshness', 'audience:query'],
  ] as const)('%s %s is not for a token with %s alone', async (method, path, scope) => {
    const { status, body } = await marketing.call(method, path, method === 'POST' ? { channel: 'email' } : undefined, [scope]);
    expect([status, body['type']]).toEqual([403, '/problems/scope-missing']);
  });

  it('do not list anybody for a channel whose data has not come yet', async () => {
    const ref = randomUUID();
    await marketing.register.leave();
    await marketing.register.tell(changed(ref, [1, 1], ['email']));
    await waitFor('the message', async () => (await marketing.remembered(ref))?.['awaiting_data'] === true);
    expect((await marketing.listed('email')).map((one) => one['ref'])).not.toContain(ref);
    marketing.register.people.set(ref, person(ref, [1, 1], ['email']));
    marketing.register.come();
    await marketing.register.answer(ref);
    expect((await marketing.listed('email')).map((one) => one['ref'])).toContain(ref);
  });

  it('close when nothing is heard any more, and say how stale they are; counts are marked', async () => {
    const w = new Date(Date.now() - 61_000).toISOString();
    await marketing.database.query('UPDATE link_state SET watermark = $1, issued_at = $1, received_at = $1', [w]);
    const { status, body } = await marketing.call('POST', '/v1/audience/query', { channel: 'email' });
    expect(status).toBe(503);
    expect(body).toMatchObject({ type: '/problems/list-stale', asOf: w, limitSeconds: 60, reason: 'too-old', ageSeconds: expect.any(Number) });
    expect(body['contacts']).toBeUndefined();
    expect((await marketing.call('GET', '/v1/freshness')).body).toMatchObject({ fresh: false, reason: 'too-old', asOf: w });
    expect((await marketing.call('POST', '/v1/audience/count', { channel: 'email' })).body).toMatchObject({ count: 4, stale: true, asOf: w });
    await marketing.register.watermark();
    await waitFor('an open list', async () => (await marketing.call('POST', '/v1/audience/query', { channel: 'email' })).status === 200);
  });
});
