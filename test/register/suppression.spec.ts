import { jest } from '@jest/globals';
import { randomInt, randomUUID } from 'node:crypto';
import type { Channel } from '#contracts/channel.js';
import { decide } from '#register/consents/consent.js';
import { decideAbuse } from '#test/support/deciding.js';
import { projected as projectedChannels } from '#test/support/projected.js';
import { type Answer, decision, startTestRegister, type TestRegister } from '#test/support/register.js';

jest.setTimeout(60_000);

let register: TestRegister;
beforeAll(async () => { register = await startTestRegister('suppression'); });
afterAll(async () => { await register.stop(); });

interface Person { readonly id: string; readonly email: string; readonly phone: string }

const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
const grant = (channel: Channel, over: object = {}): object => ({ purpose: 'marketing', channel, ...decision(over as Record<string, unknown>) });
const addresses = () => ({ email: `${randomUUID()}@example.fi`, phone: `+35840${String(randomInt(1_000_000, 9_999_999))}` });
const post = (contact: object, consents: object[] = []): Promise<Answer> => register.call('POST', '/v1/customers', { body: { contact: { firstName: 'Aino', ...contact }, consents } });
const create = async (consents: object[] = [], contact = addresses()): Promise<Person> => {
  const { status, body } = await post(contact, consents);
  expect(status).toBe(201);
  return { id: String(body['id']), ...contact };
};
const erase = async ({ id }: Person) => {
  expect((await register.call('POST', '/v1/erasures', { body: { customerId: id, ground: 'request' } })).status).toBe(202);
};
const object = async ({ id }: Person, minutes = 5) => {
  expect((await register.call('PUT', `/v1/customers/${id}/objection`, { body: { decidedAt: ago(minutes), method: 'phone-call', sourceSystem: 'customer-service' } })).status).toBe(200);
};
const put = (id: string, channel: Channel, body: object, token?: string) =>
  register.call('PUT', `/v1/customers/${id}/consents/marketing/${channel}`, { body, ...(token === undefined ? {} : { token }) });
const projected = (id: string): Promise<string[]> => projectedChannels(register, id);
const history = async (id: string) => (await register.call('GET', `/v1/customers/${id}/consents/history`)).body['records'] as Record<string, unknown>[];
const pending = (id: string): Promise<{ urgency: number; version: number }[]> =>
  register.database.query('SELECT p.urgency, p.version FROM sync_pending p JOIN customer c USING (ref) WHERE c.id = $1', [id]);

describe('the list of suppressions', () => {
  it('outlives the erased, and shows neither an address nor a digest of the live table', async () => {
    const person = await create();
    const [index] = await register.database.query<{ email_index: Buffer }[]>('SELECT email_index FROM customer WHERE id = $1', [person.id]);
    const count = async () => (await register.database.query<object[]>('SELECT 1 FROM suppression')).length;
    const before = await count();
    await erase(person);
    expect(await count()).toBe(before + 2);
    const [{ dump } = { dump: '' }] = await register.database.query<{ dump: string }[]>("SELECT string_agg(to_jsonb(s)::text, '') AS dump FROM suppression s");
    expect([person.email, person.phone, person.id, index!.email_index.toString('hex')].filter((value) => dump.includes(value))).toEqual([]);
  });

  it('keeps abuse as the reason, whatever follows', async () => {
    const contact = addresses();
    expect((await decideAbuse(register, (await create([], contact)).id)).status).toBe(202);
    await erase(await create([], contact));
    const rows = await register.database.query<{ reason: string }[]>("SELECT reason FROM suppression WHERE since > now() - interval '1 minute' ORDER BY since DESC LIMIT 2");
    expect(rows.map(({ reason }) => reason)).toEqual(['abuse', 'abuse']);
  });
});

describe('somebody who was erased', () => {
  it('can be registered again; the answer is that of anybody, and the consent of the form is proof only', async () => {
    const contact = addresses();
    await erase(await create([grant('email')], contact));
    const again = await post(contact, [grant('email'), grant('sms')]);
    const anybody = await post(addresses(), [grant('email'), grant('sms')]);
    expect([again.status, Object.keys(again.body), again.body['version'], again.headers.get('etag')])
      .toEqual([anybody.status, Object.keys(anybody.body), anybody.body['version'], anybody.headers.get('etag')]);
    const id = String(again.body['id']);
    expect(await history(id)).toMatchObject([{ inEffect: false, liftsSuppression: false }, { inEffect: false }]);
    expect([await pending(id), await projected(id)]).toEqual([[], []]);
  });

  it('does not come back on paper either', async () => {
    const contact = { ...addresses(), address: { street: 'Katu 1', postalCode: '04300', city: 'Tuusula' } };
    await erase(await create([], contact));
    const { id } = await create([grant('post')], contact);
    expect(await projected(id)).toEqual([]);
    expect((await put(id, 'post', decision())).body['type']).toBe('/problems/suppressed');
    expect((await put(id, 'post', decision({ method: 'account-settings' }))).status).toBe(200);
    expect(await projected(id)).toEqual(['post']);
  });

  it('is not brought back by an import or by staff, and the problem repeats no data', async () => {
    const contact = addresses();
    await erase(await create([], contact));
    const { id } = await create([], contact);
    const staff = await register.token({ kind: 'staff', subject: 'maija' });
    for (const answer of [await put(id, 'email', decision()), await put(id, 'email', decision({ method: 'account-settings' }), staff)]) {
      expect([answer.status, answer.body['type']]).toEqual([409, '/problems/suppressed']);
      expect(Object.keys(answer.body).sort()).toEqual(['status', 'title', 'type']);
    }
    expect(await history(id)).toEqual([]);
  });

  it('comes back by her own fresh consent, for the channel it names', async () => {
    const contact = addresses();
    await erase(await create([], contact));
    const { id } = await create([], contact);
    const token = await register.token({ kind: 'customer', subject: id, scopes: ['consents:write'] });
    expect((await put(id, 'sms', decision({ method: 'web-form' }), token)).body).toMatchObject({ inEffect: true });
    expect(await history(id)).toMatchObject([{ channel: 'sms', inEffect: true, liftsSuppression: true }]);
    expect(await projected(id)).toEqual(['sms']);
    expect((await put(id, 'phone', decision())).body['type']).toBe('/problems/suppressed');
    const rows = await register.database.query<object[]>("SELECT kind, reopened, lifted_by FROM suppression WHERE lifted_at > now() - interval '1 minute' AND lifted_by = 'customer'");
    expect(rows).toEqual([{ kind: 'phone', reopened: ['sms'], lifted_by: 'customer' }]);
  });

  it('comes back when she registers and confirms by answering a message to the address', async () => {
    const contact = addresses();
    await erase(await create([], contact));
    const { id } = await create([grant('email', { method: 'confirmed-opt-in' }), grant('sms')], contact);
    expect(await projected(id)).toEqual(['email']);
    expect(await history(id)).toMatchObject([{ channel: 'email', liftsSuppression: true }, { channel: 'sms', inEffect: false }]);
    expect(await pending(id)).toMatchObject([{ version: 1 }]);
  });

  it.each([
    ['erased', (person: Person) => erase(person)],
    ['out by an objection', (person: Person) => object(person, 0)],
    ['out by a withdrawal', async ({ id }: Person) => {
      await register.call('POST', `/v1/customers/${id}/stop-all`, { body: { decidedAt: ago(0), method: 'unsubscribe-link', sourceSystem: 'web-shop' } });
    }],
  ])('does not come back when she is %s, and the consent of a shop whose clock runs ahead is sent again', async (_, goes) => {
    const [contact, consent] = [addresses(), decision({ decidedAt: ago(-1), method: 'confirmed-opt-in' })];
    const person = await create([{ purpose: 'marketing', channel: 'email', ...consent }], contact);
    expect(await projected(person.id)).toEqual(['email']);
    await goes(person);
    const { body } = await register.call('GET', `/v1/customers/${person.id}`);
    const id = body['id'] === person.id ? person.id : (await create([], contact)).id;
    expect([(await put(id, 'email', consent)).body['inEffect'], await projected(id)]).toEqual([false, []]);
  });

  it('does not come back by a consent older than her erasure, though she has come back since', async () => {
    const contact = addresses();
    await erase(await create([], contact));
    const first = await create([grant('email', { method: 'confirmed-opt-in' })], contact);
    await register.call('PATCH', `/v1/customers/${first.id}`, { body: { contact: { email: null } }, headers: { 'if-match': '"1"' } });
    const { id } = await create([grant('email', { decidedAt: ago(60), method: 'confirmed-opt-in' })], contact);
    expect(await projected(id)).toEqual([]);
    expect((await put(id, 'email', decision({ decidedAt: ago(30) }))).body).toMatchObject({ inEffect: false });
    expect((await put(id, 'email', decision())).body).toMatchObject({ inEffect: true });
  });
});

describe('the statement that creates customers', () => {
  const METHODS = ['checkout', 'confirmed-opt-in'] as const;
  const STATES = ['nothing', 'closed', 'reopened'] as const;
  it.each(STATES.flatMap((state) => METHODS.flatMap((method) => [10, -10].map((lead) => ({ state, method, lead })))))(
    'judges a grant as the pure decision does: $state, $method, $lead min after', async ({ state, method, lead }) => {
      const contact = addresses();
      if (state !== 'nothing') await erase(await create([], contact));
      if (state === 'reopened') {
        const returned = await create([grant('email', { method: 'account-settings' })], contact);
        await register.call('PATCH', `/v1/customers/${returned.id}`, { body: { contact: { email: null } }, headers: { 'if-match': '"1"' } });
      }
      // As if that had been an hour ago.
      await register.database.query("UPDATE suppression SET since = since - interval '1 hour' WHERE since > now() - interval '30 minutes'");
      await register.database.query("UPDATE former_value SET replaced_at = replaced_at - interval '1 hour 1 minute' WHERE replaced_at > now() - interval '30 minutes'");
      const since = new Date(Date.now() - 3_600_000);
      const decidedAt = new Date(since.getTime() + lead * 60_000);
      const { id } = await create([grant('email', { method, decidedAt: decidedAt.toISOString() })], contact);
      const closures = state === 'nothing' ? [] : [{ since, reopened: state === 'reopened' ? ['email' as const] : [] }];
      const outcome = decide(undefined, { channel: 'email', decision: 'granted', decidedAt, isProven: method !== 'checkout', isLapsed: false },
        { birthYear: null, guardianAt: null, restrictedAt: null, endedAt: null, closures }, new Date());
      const isInEffect = outcome.kind === 'takes-effect';
      expect(await history(id)).toMatchObject([{ inEffect: isInEffect, liftsSuppression: isInEffect && outcome.reopens === true }]);
      expect(await projected(id)).toEqual(isInEffect ? ['email'] : []);
    });
});

describe('an objection', () => {
  it('cannot be undone by an import, only by a fresh consent of her own', async () => {
    const person = await create([grant('email', { decidedAt: ago(9) })]);
    await object(person);
    expect((await put(person.id, 'email', decision())).body['type']).toBe('/problems/suppressed');
    expect((await put(person.id, 'email', decision({ decidedAt: ago(7), method: 'account-settings' }))).body).toMatchObject({ inEffect: false });
    expect(await projected(person.id)).toEqual([]);
    expect((await put(person.id, 'email', decision({ method: 'account-settings' }))).body).toMatchObject({ inEffect: true });
    expect(await projected(person.id)).toEqual(['email']);
    expect((await history(person.id)).at(-1)).toMatchObject({ liftsSuppression: true });
  });

  it('that is sent again late closes what she has opened since: she is asked once more', async () => {
    const person = await create();
    await object(person, 30);
    await put(person.id, 'email', decision({ method: 'account-settings' }));
    expect(await projected(person.id)).toEqual(['email']);
    await object(person, 30);
    expect(await projected(person.id)).toEqual([]);
    await put(person.id, 'email', decision({ method: 'account-settings' }));
    expect(await projected(person.id)).toEqual(['email']);
  });

  it('follows the address into another record', async () => {
    const person = await create();
    await object(person);
    await register.call('PATCH', `/v1/customers/${person.id}`, { body: { contact: { email: `${randomUUID()}@example.fi` } }, headers: { 'if-match': '"2"' } });
    const { id } = await create([grant('email')], { email: person.email, phone: addresses().phone });
    expect(await projected(id)).toEqual([]);
  });
});

describe('a change of address', () => {
  it('to a suppressed one takes her out, and back to her own takes her in again', async () => {
    const gone = await create();
    await erase(gone);
    const person = await create([grant('email')]);
    const patch = (email: string, version: number) => register.call('PATCH', `/v1/customers/${person.id}`, { body: { contact: { email } }, headers: { 'if-match': `"${version}"` } });
    expect((await patch(gone.email, 1)).status).toBe(200);
    expect([await projected(person.id), (await pending(person.id))[0]?.urgency]).toEqual([[], 1]);
    await patch(person.email, 2);
    expect(await projected(person.id)).toEqual(['email']);
  });
});

describe('a phone that others have as well', () => {
  it('is closed for the household, once', async () => {
    const { phone } = addresses();
    const member = (channels: Channel[]) => create(channels.map((channel) => grant(channel, { decidedAt: ago(9) })), { ...addresses(), phone });
    const [mother, daughter, neighbour] = [await member([]), await member(['sms', 'email']), await create([grant('sms')])];
    await object(mother);
    expect([await projected(daughter.id), await projected(neighbour.id)]).toEqual([['email'], ['sms']]);
    expect(await pending(daughter.id)).toMatchObject([{ urgency: 1, version: 2 }]);
    await erase(mother);
    expect(await pending(daughter.id)).toMatchObject([{ version: 2 }]);
    await put(daughter.id, 'sms', decision({ method: 'account-settings' }));
    expect(await projected(daughter.id)).toEqual(['email', 'sms']);
  });

  it('lets all of them object at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { phone } = addresses();
      const household = await Promise.all([1, 2, 3, 4].map(() => create([grant('sms')], { ...addresses(), phone })));
      await Promise.all(household.map((member) => object(member, 0)));
      for (const { id } of household) expect(await projected(id)).toEqual([]);
    }
  });
});

describe('the second look', () => {
  it('keeps out whoever slipped past the door', async () => {
    const contact = addresses();
    await erase(await create([], contact));
    const { id } = await create([], contact);
    // As a restored backup, or a statement that began before the erasure was committed, would leave it.
    await register.database.query(`INSERT INTO consent (customer_id, purpose, channel, decision, decided_at, wording_id, wording_version, source_system)
      VALUES ($1, 'marketing', 'email', 'granted', now(), 'newsletter', 1, 'shop'), ($1, 'marketing', 'sms', 'granted', now() - interval '1 day', 'newsletter', 1, 'shop')`, [id]);
    expect(await projected(id)).toEqual([]);
  });
});
