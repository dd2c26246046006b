import { jest } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import type { Scope } from '#auth/scopes.js';
import { CHANNELS } from '#contracts/channel.js';
import { clauseOf } from '#marketing/audience/clause.js';
import { resolveFilter } from '#marketing/audience/resolve-filter.js';
import { contactRows, filter as anyFilter, insertContacts } from '#test/support/audience-generators.js';
import { RunningMarketing } from './running-marketing.js';

jest.setTimeout(120_000);

describe('the overlap of two lists', () => {
  let marketing: RunningMarketing;
  const [people = []] = fc.sample(contactRows({ minLength: 200, maxLength: 200 }), { numRuns: 1, seed: 20_261_123 });

  beforeAll(async () => {
    marketing = await RunningMarketing.prepare('overlap');
    await insertContacts(marketing.database, people);
    await marketing.start();
  });
  beforeEach(() => marketing.open());
  afterAll(() => marketing.close());

  type Answer = Awaited<ReturnType<RunningMarketing['request']>>;
  const compare = (body: object, scopes: readonly Scope[] = ['audience:count', 'audience:query']): Promise<Answer> =>
    marketing.request('POST', '/v1/audience/overlap', body, scopes);
  const save = async (channel: string, filter: object): Promise<string> => {
    const { body } = await marketing.request('POST', '/v1/segments', { name: randomUUID(), channel, filter }, ['segments:write']);
    return body['id'] as string;
  };

  it('is what plain SQL finds, for filters and for segments', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(...CHANNELS), anyFilter, anyFilter, fc.boolean(), async (channel, a, b, saved) => {
      const now = new Date();
      const refsOf = async (filter: typeof a): Promise<Set<string>> => {
        const { text, values } = clauseOf(channel, resolveFilter(filter, { channel, now }));
        return new Set((await marketing.database.query<{ ref: string }[]>(`SELECT ref FROM contact WHERE ${text}`, [...values])).map(({ ref }) => ref));
      };
      const [inA, inB] = [await refsOf(a), await refsOf(b)];
      const both = [...inA].filter((ref) => inB.has(ref)).length;
      const { body } = await compare(saved ? { a: { filter: a }, b: { segment: { id: await save(channel, b) } } } : { channel, a: { filter: a }, b: { filter: b } });
      expect(body).toEqual({
        channel, a: inA.size, b: inB.size, both, onlyA: inA.size - both, onlyB: inB.size - both,
        asOf: expect.any(String), version: expect.any(Number), stale: false,
      });
    }), { numRuns: 150 });
  });

  it('is of one channel', async () => {
    const [email, sms] = [await save('email', {}), await save('sms', {})];
    const refused = async (body: object): Promise<unknown[]> => {
      const { status, body: { type, errors } } = await compare(body);
      return [status, type, (errors as { pointer: string }[]).map(({ pointer }) => pointer)];
    };
    expect(await refused({ a: { segment: { id: email } }, b: { segment: { id: sms } } })).toEqual([422, '/problems/channel-differs', ['#/b/segment']]);
    expect(await refused({ channel: 'sms', a: { filter: {} }, b: { segment: { id: email } } })).toEqual([422, '/problems/channel-differs', ['#/b/segment']]);
    expect(await refused({ a: { filter: {} }, b: { filter: {} } })).toEqual([422, '/problems/invalid-request', ['#/channel']]);
    expect(await refused({ channel: 'sms', a: { filter: {} }, b: {} })).toEqual([422, '/problems/invalid-request', ['#/b']]);
    expect(await refused({ channel: 'sms', a: { segment: { id: randomUUID() } }, b: { filter: {} } })).toEqual([422, '/problems/segment-unknown', ['#/a/segment']]);
    expect(await refused({ channel: 'sms', a: { filter: {} }, b: { filter: { snapshot: { id: randomUUID() } } } })).toEqual([422, '/problems/snapshot-unknown', ['#/b/filter/snapshot/id']]);
  });

  it('does not tell small groups to who may not see lists', async () => {
    const everybody = await compare({ channel: 'email', a: { filter: {} }, b: { filter: {} } }, ['audience:count']);
    expect(everybody.body).toMatchObject({ a: expect.any(Number), b: expect.any(Number), both: null, onlyA: null, onlyB: null, below: 10 });
  });

  it('is told when stale too, and says so', async () => {
    const w = new Date(Date.now() - 61_000).toISOString();
    await marketing.database.query('UPDATE link_state SET watermark = $1, issued_at = $1, received_at = $1', [w]);
    expect((await compare({ channel: 'email', a: { filter: {} }, b: { filter: {} } })).body).toMatchObject({ stale: true, asOf: w, onlyA: 0 });
  });
});
