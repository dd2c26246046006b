import { jest } from '@jest/globals';
import { randomInt, randomUUID } from 'node:crypto';
import type { Channel } from '#contracts/channel.js';
import { type Pair, startPair } from '#test/support/pair.js';
import { People, WORDING } from '#test/support/people.js';

jest.setTimeout(60_000);

describe('a mailing tool beside the real register', () => {
  let pair: Pair;
  let people: People;
  /** As the customer typed them; the register and the tool each write them their own way. */
  const name = `Marker${randomUUID().replaceAll('-', '')}`;
  const digits = String(randomInt(1_000_000, 10_000_000));
  const typed = { email: `${name}@Example.fi`, phone: `045 ${digits}` };

  beforeAll(async () => {
    pair = await startPair('check');
    people = new People(pair);
    await people.prepare();
    const evidence = { decision: 'granted', decidedAt: new Date().toISOString(), method: 'checkout', sourceSystem: 'web-shop', wording: WORDING };
    const { status } = await pair.call('POST', '/v1/customers', {
      contact: { firstName: 'Aino', lastName: name, ...typed },
      consents: (['email', 'sms'] as const).map((channel) => ({ purpose: 'marketing', channel, ...evidence })),
    });
    expect(status).toBe(201);
    await pair.rest();
    await pair.open();
  });
  afterAll(() => pair.stop());

  async function allowed(channel: Channel, ...addresses: string[]): Promise<unknown> {
    const { status, body } = await pair.ask('POST', '/v1/audience/check', { channel, addresses });
    return status === 200 ? body['allowed'] : body;
  }

  it('is told yes for every way of writing the address, and for the channels granted only', async () => {
    expect(await allowed('email', typed.email, typed.email.toLowerCase(), typed.email.toUpperCase(), `x${typed.email}`)).toEqual([true, true, true, false]);
    expect(await allowed('sms', typed.phone, `+35845${digits}`, `+358 45 ${digits}`, `+35846${digits}`)).toEqual([true, true, true, false]);
    expect(await allowed('phone', typed.phone)).toEqual([false]);
  });

  it.each<['withdraw' | 'object' | 'restrict' | 'erase']>([['withdraw'], ['object'], ['restrict'], ['erase']])('is told no once marketing has answered: %s', async (what) => {
    const who = await people.create('email');
    await pair.rest();
    const address = `${who.marker}@example.fi`;
    expect(await allowed('email', address)).toEqual([true]);
    await (what === 'withdraw' ? people.withdraw(who, 'email') : people[what](who));
    await pair.rest();
    expect(await allowed('email', address)).toEqual([false]);
  });

  it('sees growth that agrees with the opted-in customers', async () => {
    const { body } = await pair.ask('GET', '/v1/growth?by=source');
    expect(body).toMatchObject({
      optedIn: { email: 1, sms: 1, phone: 0, post: 0 },
      rows: [{ channel: 'email', source: 'web-shop', gained: 5, withdrawn: 4, net: 1 }, { channel: 'sms', source: 'web-shop', gained: 1, withdrawn: 0, net: 1 }],
    });
  });

  it('has left no address in a log of either', () => {
    const log = [...pair.register.output, ...pair.marketing.output].join('');
    expect(log).toContain('/v1/audience/check');
    for (const text of [name, name.toLowerCase(), digits]) expect(log).not.toContain(text);
  });
});
