import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Channel } from '#contracts/channel.js';
import { MAX_CHECKED } from '#marketing/check/check.schemas.js';
import { waitFor } from '#test/support/wait-for.js';
import { changed, person } from './fake-register.js';
import { RunningMarketing } from './running-marketing.js';

jest.setTimeout(60_000);

describe('the check before sending', () => {
  let marketing: RunningMarketing;
  const [aino, bertil, cecilia, david] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const email = (ref: string): string => `marker-${ref.slice(0, 8)}@example.fi`;
  const phones = { bertil: '+358451112233', david: '+358451112244' };

  async function hold(ref: string, version: number, channels: Channel[], changes: object = {}): Promise<void> {
    marketing.register.people.set(ref, person(ref, [1, version], channels, changes));
    await marketing.register.tell(changed(ref, [1, version], channels));
    await waitFor('the answer', () => marketing.register.answers(ref).some((answer) => answer.version === version));
  }

  beforeAll(async () => {
    marketing = await RunningMarketing.prepare('check');
    marketing.register.come();
    await marketing.start();
    await hold(aino, 1, ['email', 'post']);
    await hold(bertil, 1, ['email', 'sms'], { email: 'Bertil.Marker@Example.FI', phone: phones.bertil });
    await hold(cecilia, 1, ['email']);
    await hold(david, 1, ['phone'], { phone: phones.david });
    await marketing.open();
  });
  afterAll(() => marketing.close());

  const check = (body: object) => marketing.call('POST', '/v1/audience/check', body);
  async function allowed(body: object): Promise<unknown> {
    const answer = await check(body);
    if (answer.status !== 200) throw new Error(`the check answered ${String(answer.status)} ${JSON.stringify(answer.body)}`);
    return answer.body['allowed'];
  }

  it('answers each address in the order given, twice when it is there twice, however it is written', async () => {
    expect(await allowed({ channel: 'email', addresses: ['unknown@example.fi', email(aino), 'bertil.marker@example.fi', 'BERTIL.MARKER@EXAMPLE.FI ', email(aino)] }))
      .toEqual([false, true, true, true, true]);
    expect(await allowed({ channel: 'sms', addresses: [phones.bertil, '045 111 2233', '00358 45 1112233', '+358451110000'] })).toEqual([true, true, true, false]);
  });

  it('answers for the channel asked about only', async () => {
    const both = [phones.bertil, phones.david];
    expect(await allowed({ channel: 'sms', addresses: both })).toEqual([true, false]);
    expect(await allowed({ channel: 'phone', addresses: both })).toEqual([false, true]);
    const refs = [aino, bertil, cecilia, david, randomUUID()];
    expect(await allowed({ channel: 'email', refs })).toEqual([true, true, true, false, false]);
    expect(await allowed({ channel: 'post', refs })).toEqual([true, false, false, false, false]);
    expect(await allowed({ channel: 'sms', refs })).toEqual([false, true, false, false, false]);
  });

  it('says of which moment and version it is, and repeats no address', async () => {
    const { body } = await check({ channel: 'email', addresses: [email(aino), 'unknown@example.fi'] });
    expect(Object.keys(body).sort()).toEqual(['allowed', 'asOf', 'version']);
    expect(body).toMatchObject({ asOf: expect.any(String), version: expect.any(Number) });
    expect(JSON.stringify(body)).not.toContain('@');
  });

  it('answers the same for somebody unknown, for no address at all, and for somebody who has left', async () => {
    await hold(cecilia, 2, []);
    const answers = await Promise.all(['unknown@example.fi', 'no address', '', '\u0001', 'x'.repeat(300), email(cecilia)]
      .map((address) => check({ channel: 'email', addresses: [address] })));
    const [first] = answers;
    for (const answer of answers) expect(answer).toEqual({ status: 200, body: { ...first?.body, allowed: [false] } });
  });

  it('knows a changed address at once, and the old one no more', async () => {
    await hold(aino, 2, ['email', 'post'], { email: 'moved.marker@example.fi' });
    expect(await allowed({ channel: 'email', addresses: [email(aino), 'moved.marker@example.fi'] })).toEqual([false, true]);
    await hold(aino, 3, ['post']);
    expect(await allowed({ channel: 'email', addresses: [email(aino), 'moved.marker@example.fi'] })).toEqual([false, false]);
    await hold(aino, 4, ['email', 'post']);
    expect(await allowed({ channel: 'email', addresses: [email(aino)] })).toEqual([true]);
  });

  it('takes 10,000 of the longest addresses a call, and not one more', async () => {
    const longest = (index: number): string => `${String(index)}${'x'.repeat(57)}@${'y'.repeat(60)}.${'z'.repeat(60)}.${'w'.repeat(60)}`.padEnd(250, 'i').concat('.com').slice(-254);
    const addresses = Array.from({ length: MAX_CHECKED }, (_, index) => longest(index));
    addresses[7_777] = email(aino);
    const found = (await allowed({ channel: 'email', addresses })) as boolean[];
    expect(addresses[0]).toHaveLength(254);
    expect(found).toHaveLength(MAX_CHECKED);
    expect(found.flatMap((each, index) => (each ? [index] : []))).toEqual([7_777]);
    expect(await check({ channel: 'email', addresses: [...addresses.map(() => 'a@example.fi'), 'b@example.fi'] })).toMatchObject({
      status: 422, body: { errors: [{ pointer: '#/addresses', code: 'too-many', detail: 'must have at most 10000 items' }] },
    });
    expect(await check({ channel: 'email', addresses: [...addresses, ...addresses] })).toMatchObject({ status: 413, body: { type: '/problems/body-too-large' } });
    // The other routes keep their limit.
    expect(await marketing.call('POST', '/v1/audience/count', { channel: 'email', addresses })).toMatchObject({ status: 413 });
  });

  it.each<[string, object, object]>([
    ['neither list', { channel: 'email' }, { pointer: '#/addresses', code: 'required' }],
    ['both lists', { channel: 'email', addresses: ['a@example.fi'], refs: [randomUUID()] }, { pointer: '#/refs', code: 'not-both' }],
    ['an empty list', { channel: 'email', addresses: [] }, { pointer: '#/addresses', code: 'too-few' }],
    ['addresses for post', { channel: 'post', addresses: ['Kauppakaari 1'] }, { pointer: '#/addresses', code: 'wrong-kind' }],
    ['phones for email', { channel: 'email', addresses: ['+358451112233', '045 111 2233'] }, { pointer: '#/addresses', code: 'wrong-kind' }],
    ['emails for sms', { channel: 'sms', addresses: ['a@example.fi'] }, { pointer: '#/addresses', code: 'wrong-kind' }],
    ['a reference that is none', { channel: 'email', refs: [randomUUID(), 'a@example.fi'] }, { pointer: '#/refs/1', code: 'wrong-format' }],
    ['something that is no text', { channel: 'email', addresses: [{ email: 'a@example.fi' }] }, { pointer: '#/addresses/0', code: 'wrong-type' }],
    ['an unknown channel', { channel: 'fax', addresses: ['1'] }, { pointer: '#/channel', code: 'not-allowed' }],
    ['a filter', { channel: 'email', addresses: ['a@example.fi'], filter: {} }, { pointer: '#/filter', code: 'unknown-field' }],
  ])('refuses %s, and says where', async (_what, body, error) => {
    const answer = await check(body);
    expect(answer).toMatchObject({ status: 422, body: { errors: expect.arrayContaining([expect.objectContaining(error)]) } });
    expect(JSON.stringify(answer.body)).not.toContain('@');
  });

  it('is refused without its scope, and in an address', async () => {
    const body = { channel: 'email', addresses: ['a@example.fi'] };
    expect(await marketing.call('POST', '/v1/audience/check', body, ['audience:query', 'audience:count'])).toMatchObject({ status: 403, body: { type: '/problems/scope-missing' } });
    expect((await marketing.call('GET', '/v1/audience/check?channel=email&addresses=x')).status).toBe(405);
  });

  it('leaves no address in any log', async () => {
    const marker = `marker-in-no-log-${randomUUID()}`;
    await check({ channel: 'email', addresses: [`${marker}@example.fi`, marker] });
    await check({ channel: 'sms', addresses: [`${marker}@example.fi`] });
    await check({ channel: 'email', refs: [marker] });
    await check({ channel: marker, addresses: [marker] });
    const log = marketing.log.join('');
    expect(log).toContain('/v1/audience/check');
    for (const text of [marker, email(aino), phones.bertil, '@example']) expect(log).not.toContain(text);
  });

  it('is refused while the list is stale, whatever is asked', async () => {
    await marketing.database.query("UPDATE link_state SET received_at = received_at - interval '2 minutes'");
    for (const addresses of [[email(aino)], ['unknown@example.fi']]) {
      expect(await check({ channel: 'email', addresses })).toMatchObject({ status: 503, body: { type: '/problems/list-stale', reason: 'too-old' } });
    }
    await marketing.register.watermark();
    await waitFor('an open list', async () => (await check({ channel: 'email', addresses: [email(aino)] })).status === 200);
  });
});
