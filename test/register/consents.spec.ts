import { decision, newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';
import { waitFor } from '#test/support/wait-for.js';

let register: TestRegister;
beforeAll(async () => { register = await startTestRegister('consents'); });
afterAll(async () => { await register.stop(); });

const create = async (over: object = {}): Promise<string> =>
  String((await register.call('POST', '/v1/customers', { body: { ...newCustomer(), ...over } })).body['id']);
const put = (id: string, channel: string, body: object) => register.call('PUT', `/v1/customers/${id}/consents/marketing/${channel}`, { body });
const inForce = async (id: string): Promise<Record<string, string>> => {
  const { body } = await register.call('GET', `/v1/customers/${id}/consents`);
  return Object.fromEntries((body['consents'] as { channel: string; decision: string }[]).map((c) => [c.channel, c.decision]));
};
const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
const pending = (id: string): Promise<{ urgency: number; version: number; since: Date }[]> => register.database.query(
  'SELECT p.urgency, p.version, p.since FROM sync_pending p JOIN customer c USING (ref) WHERE c.id = $1', [id]);

describe('a consent', () => {
  it('is recorded with its proof and kept in force', async () => {
    const id = await create();
    const answer = await put(id, 'email', decision());
    expect([answer.status, answer.body]).toEqual([200, { id, version: 2, inEffect: true }]);
    expect(await inForce(id)).toEqual({ email: 'granted' });
    const { body } = await register.call('GET', `/v1/customers/${id}/consents/history`);
    expect(body['records']).toMatchObject([{ decision: 'granted', method: 'checkout', form: '/checkout', sourceSystem: 'web-shop', actor: 'shop', wording: { id: 'newsletter', version: 1 } }]);
  });

  it('that arrives after a newer withdrawal is proof only', async () => {
    const id = await create();
    await put(id, 'email', decision({ decision: 'withdrawn', decidedAt: ago(1), wording: undefined }));
    const late = await put(id, 'email', decision({ decidedAt: ago(5) }));
    expect(late.body).toMatchObject({ inEffect: false });
    expect(await inForce(id)).toEqual({ email: 'withdrawn' });
    expect((await register.call('GET', `/v1/customers/${id}/consents/history`)).body['records']).toHaveLength(2);
  });

  it('given by a clock that runs ahead does not outrun the withdrawal that follows', async () => {
    const id = await create();
    await put(id, 'email', decision({ decidedAt: ago(-4) }));
    expect((await put(id, 'email', decision({ decision: 'withdrawn', wording: undefined }))).body).toMatchObject({ inEffect: true });
    expect(await inForce(id)).toEqual({ email: 'withdrawn' });
  });

  it('that waits while a newer withdrawal is being written is proof only', async () => {
    const id = await create({ consents: [{ purpose: 'marketing', channel: 'email', ...decision({ decidedAt: ago(9) }) }] });
    const runner = register.database.createQueryRunner();
    await runner.startTransaction();
    await runner.query('SELECT 1 FROM customer WHERE id = $1 FOR UPDATE', [id]);
    const late = put(id, 'email', decision({ decidedAt: ago(5) }));
    await waitFor('the grant to wait', async () => {
      const [row] = await register.database.query<{ n: number }[]>("SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
      return row?.n === 1;
    });
    await runner.query("UPDATE consent SET decision = 'withdrawn', decided_at = $2 WHERE customer_id = $1", [id, ago(2)]);
    await runner.query('UPDATE customer SET version = version + 1 WHERE id = $1', [id]);
    await runner.commitTransaction();
    await runner.release();
    expect((await late).body).toMatchObject({ inEffect: false });
    expect(await inForce(id)).toEqual({ email: 'withdrawn' });
  });

  it('withdrawn by a clock that is behind is withdrawn, and the same grant does not bring it back', async () => {
    const id = await create();
    const grant = decision({ decidedAt: ago(2) });
    await put(id, 'email', grant);
    expect((await put(id, 'email', decision({ decision: 'withdrawn', decidedAt: ago(4), wording: undefined }))).body).toMatchObject({ inEffect: true });
    expect((await put(id, 'email', grant)).body).toMatchObject({ inEffect: false });
    expect(await inForce(id)).toEqual({ email: 'withdrawn' });
  });

  it.each([
    ['wording-unknown', { wording: { id: 'newsletter', version: 1, language: 'fi', sha256: 'f'.repeat(64) } }],
    ['consent-in-future', { decidedAt: new Date(Date.now() + 3_600_000).toISOString() }],
  ])('is refused as %s', async (code, over) => {
    const answer = await put(await create(), 'email', decision(over));
    expect([answer.status, answer.body['type']]).toEqual([422, `/problems/${code}`]);
  });

  it('is asked for its wording when granted, not when withdrawn', async () => {
    const id = await create();
    expect((await put(id, 'email', decision({ wording: undefined }))).status).toBe(422);
    expect((await put(id, 'email', decision({ decision: 'withdrawn', wording: undefined }))).status).toBe(200);
  });

  it('for a purpose that rests on another basis does not exist', async () => {
    const id = await create();
    const answer = await register.call('PUT', `/v1/customers/${id}/consents/service-messages/email`, { body: decision() });
    expect([answer.status, answer.body['type'], answer.body['possible']]).toEqual([422, '/problems/purpose-without-consent', ['marketing']]);
  });

  it('of someone who may be a child needs a guardian, also when she is registered', async () => {
    const birthYear = new Date().getUTCFullYear() - 13;
    const child = await create({ demographics: { birthYear } });
    expect((await put(child, 'email', decision())).body['type']).toBe('/problems/guardian-required');
    const body = { ...newCustomer(), demographics: { birthYear }, consents: [{ purpose: 'marketing', channel: 'email', ...decision() }] };
    expect((await register.call('POST', '/v1/customers', { body })).body['type']).toBe('/problems/guardian-required');
  });
});

describe('marketing is told', () => {
  it('nothing of someone who never consented', async () => {
    const id = await create();
    await register.call('PATCH', `/v1/customers/${id}`, { body: { contact: { lastName: 'Uusi' } }, headers: { 'if-match': '"1"' } });
    await put(id, 'email', decision({ decision: 'withdrawn', wording: undefined }));
    expect(await pending(id)).toEqual([]);
  });

  it('of removals before the rest, and the age of the oldest unanswered change stays', async () => {
    const id = await create({ consents: [{ purpose: 'marketing', channel: 'email', ...decision({ decidedAt: ago(3) }) }] });
    const [granted] = await pending(id);
    await put(id, 'email', decision({ decision: 'withdrawn', decidedAt: ago(2), wording: undefined }));
    await put(id, 'email', decision({ decidedAt: ago(1) }));
    const [after] = await pending(id);
    expect([granted?.urgency, after?.urgency, after?.version]).toEqual([2, 1, 3]);
    expect(after?.since).toEqual(granted?.since);
  });
});

describe('stop-all', () => {
  it('withdraws every channel in one call, also those never asked about', async () => {
    const id = await create({ consents: ['email', 'sms'].map((channel) => ({ purpose: 'marketing', channel, ...decision({ decidedAt: ago(1) }) })) });
    const answer = await register.call('POST', `/v1/customers/${id}/stop-all`, { body: { decidedAt: ago(0), method: 'unsubscribe-link', sourceSystem: 'web-shop' } });
    expect(answer.status).toBe(200);
    expect(await inForce(id)).toEqual({ email: 'withdrawn', sms: 'withdrawn', phone: 'withdrawn', post: 'withdrawn' });
    expect((await put(id, 'phone', decision({ decidedAt: ago(10) }))).body).toMatchObject({ inEffect: false });
  });
});

describe('an objection', () => {
  const object = (id: string, minutes: number) =>
    register.call('PUT', `/v1/customers/${id}/objection`, { body: { decidedAt: ago(minutes), method: 'phone-call', sourceSystem: 'customer-service' } });
  const standing = async (id: string) => (await register.call('GET', `/v1/customers/${id}`)).body['objection'];

  it('withdraws everything, and only a consent given after it opens the one channel it names', async () => {
    const id = await create({ consents: ['email', 'sms'].map((channel) => ({ purpose: 'marketing', channel, ...decision({ decidedAt: ago(9) }) })) });
    await object(id, 5);
    expect(await standing(id)).not.toBeNull();
    await put(id, 'email', decision({ decidedAt: ago(7), method: 'account-settings' }));
    expect(await standing(id)).not.toBeNull();
    await put(id, 'email', decision({ decidedAt: ago(1), method: 'account-settings' }));
    expect(await standing(id)).toBeNull();
    expect(await inForce(id)).toEqual({ email: 'granted', sms: 'withdrawn', phone: 'withdrawn', post: 'withdrawn' });
  });
});

describe('restriction and end', () => {
  it.each([
    ['restriction', { reason: 'accuracy-contested' }, 'customer-restricted'],
    ['end', { endedAt: ago(1), reason: 'by-customer' }, 'relationship-ended'],
  ])('%s: a withdrawal is taken, a grant is not, and marketing is told as a removal', async (state, body, problem) => {
    const id = await create({ consents: [{ purpose: 'marketing', channel: 'email', ...decision({ decidedAt: ago(9) }) }] });
    expect((await register.call('PUT', `/v1/customers/${id}/${state}`, { body })).status).toBe(200);
    expect((await pending(id))[0]?.urgency).toBe(1);
    expect((await put(id, 'sms', decision())).body['type']).toBe(`/problems/${problem}`);
    expect((await put(id, 'email', decision({ decision: 'withdrawn', wording: undefined }))).status).toBe(200);
    if (state === 'restriction') await register.call('PUT', `/v1/customers/${id}/restriction/notice`, { body: { sentAt: ago(0), sentBy: 'email' } });
    expect((await register.call('DELETE', `/v1/customers/${id}/${state}`)).status).toBe(200);
  });
});

describe('the consent records', () => {
  it.each(['UPDATE consent_record SET decision = decision', 'DELETE FROM consent_record', 'TRUNCATE consent_record', "UPDATE wording SET text = ''", 'DELETE FROM access_log'])(
    'cannot be changed: %s', async (statement) => {
      const id = await create({ consents: [{ purpose: 'marketing', channel: 'email', ...decision() }] });
      await register.call('GET', `/v1/customers/${id}`);
      await expect(register.database.query(statement)).rejects.toThrow('is append-only');
    });
});

describe('a wording', () => {
  it('is never changed: the same text is welcome, another is a conflict', async () => {
    const path = '/v1/wordings/terms/1/fi';
    const write = (text: string) => register.call('PUT', path, { body: { purpose: 'marketing', text } });
    expect((await write('Yksi')).status).toBe(201);
    expect((await write('Yksi')).status).toBe(200);
    expect((await write('Kaksi')).body['type']).toBe('/problems/wording-exists');
    expect((await register.call('GET', path)).body['text']).toBe('Yksi');
  });
});
