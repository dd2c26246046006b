import { jest } from '@jest/globals';
import { startPair, type Pair } from '#test/support/pair.js';
import { People, WORDING } from '#test/support/people.js';
import { Tap } from '#test/support/tap.js';
import { waitFor } from '#test/support/wait-for.js';

jest.setTimeout(120_000);

/** R24 with both services running: whoever was erased or objected is brought back by nobody but herself. */
describe('a suppressed address', () => {
  let pair: Pair;
  let people: People;
  let tap: Tap;

  beforeAll(async () => {
    pair = await startPair('suppressed', { registerEnvironment: { SEARCH_PAUSE_MS: '100' } });
    people = new People(pair);
    await people.prepare();
    await pair.open();
    tap = await Tap.open(pair.vhost.url, ['consent.#']);
  });
  afterAll(async () => {
    await tap.close();
    await pair.stop();
  });

  const PHONE = '+358401234567';
  const channelsHeld = async (lastName: string): Promise<string[]> => {
    const { rows } = await pair.sides.marketing.query<{ email: string | null; phone: string | null }>('SELECT email, phone FROM contact WHERE last_name = $1', [lastName]);
    return rows.flatMap(({ email, phone }) => [...(email === null ? [] : ['email']), ...(phone === null ? [] : ['phone'])]);
  };
  const register = async (lastName: string, email: string, phone: string, method: string, ...channels: string[]): Promise<string> => {
    const decidedAt = new Date().toISOString();
    const { status, body } = await pair.call('POST', '/v1/customers', {
      contact: { lastName, email, phone },
      consents: channels.map((channel) => ({ purpose: 'marketing', channel, decision: 'granted', decidedAt, method, sourceSystem: 'web-shop', wording: WORDING })),
    });
    expect(status).toBe(201);
    return String(body['id']);
  };

  it('is not reached again by registering, by the whole history of messages, or by a resync; and is by her own consent', async () => {
    const first = await register('Palaava', 'palaava@example.fi', PHONE, 'checkout', 'email', 'sms');
    await pair.rest();
    expect(await channelsHeld('Palaava')).toEqual(['email', 'phone']);
    await people.erase({ id: first, marker: 'Palaava' });
    await pair.rest();
    expect(await channelsHeld('Palaava')).toEqual([]);

    const again = await register('Palaava', 'Palaava@Example.fi', '040 1234567', 'checkout', 'email', 'sms', 'phone');
    for (const message of [...tap.heard, ...tap.heard]) tap.publish(message);
    pair.register.command('resync');
    await pair.rest();
    expect(await channelsHeld('Palaava')).toEqual([]);
    expect(await pair.verdict()).toMatchObject({ equal: true });

    await people.grant({ id: again, marker: 'Palaava' }, 'email');
    await pair.rest();
    expect(await channelsHeld('Palaava')).toEqual(['email']);
  });

  it('of a household leaves marketing for all of its members', async () => {
    const phone = '+358407654321';
    const mother = await register('Poistuva', 'poistuva@example.fi', phone, 'checkout', 'sms');
    await register('Asuva', 'asuva@example.fi', phone, 'checkout', 'email', 'sms');
    await pair.rest();
    expect(await channelsHeld('Asuva')).toEqual(['email', 'phone']);
    await people.object({ id: mother, marker: 'Poistuva' });
    await pair.rest();
    expect([await channelsHeld('Poistuva'), await channelsHeld('Asuva')]).toEqual([[], ['email']]);
  });

  it('and whoever asks to be erased under a legal hold is gone from marketing at once, though the register must keep her', async () => {
    const someone = await people.create('email', 'post');
    await pair.rest();
    const held = await pair.call('PUT', `/v1/customers/${someone.id}/legal-hold`, { reason: 'claim', owner: 'legal', reviewAt: new Date(Date.now() + 86_400_000).toISOString() });
    expect(held.status).toBe(200);
    expect(await channelsHeld(someone.marker)).toEqual(['email']);
    await expect(people.erase(someone)).rejects.toThrow('409 /problems/legal-hold');
    await pair.rest();
    expect(await channelsHeld(someone.marker)).toEqual([]);
    expect((await pair.call('GET', `/v1/customers/${someone.id}`)).status).toBe(200);
    const { body } = await pair.call('DELETE', `/v1/customers/${someone.id}/legal-hold`);
    await pair.rest();
    const found = await waitFor('the case to close', async () => {
      const answer = await pair.call('GET', `/v1/erasures/${String(body['caseId'])}`);
      return answer.body['state'] === 'closed' ? answer.body : undefined;
    });
    expect(found).toMatchObject({ ground: 'request', findings: null });
  });
});
