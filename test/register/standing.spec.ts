import { jest } from '@jest/globals';
import { decideAbuse } from '#test/support/deciding.js';
import { decision, newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';

jest.setTimeout(60_000);

let register: TestRegister;
beforeAll(async () => { register = await startTestRegister('standing'); });
afterAll(async () => { await register.stop(); });

const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
const create = async (): Promise<string> => {
  const consents = [{ purpose: 'marketing', channel: 'email', ...decision({ decidedAt: ago(9) }) }];
  return String((await register.call('POST', '/v1/customers', { body: newCustomer({ consents }) })).body['id']);
};
const restrict = (id: string) => register.call('PUT', `/v1/customers/${id}/restriction`, { body: { reason: 'accuracy-contested' } });
const notice = (id: string, sentAt = new Date().toISOString()) => register.call('PUT', `/v1/customers/${id}/restriction/notice`, { body: { sentAt, sentBy: 'post' } });
const lift = (id: string) => register.call('DELETE', `/v1/customers/${id}/restriction`);
const evidence = { decidedAt: ago(0), method: 'phone-call', sourceSystem: 'customer-service' };
const recorded = (id: string): Promise<{ kind: string; reason: string | null; actor: string }[]> =>
  register.database.query('SELECT kind, reason, actor FROM standing_record WHERE customer_id = $1 ORDER BY id', [id]);

describe('a restricted person', () => {
  it('is stored and nothing else: edits, grants and signs of life are refused with the reason', async () => {
    const id = await create();
    await restrict(id);
    const refused = [
      await register.call('PATCH', `/v1/customers/${id}`, { body: { contact: { lastName: 'X' } }, headers: { 'if-match': '"2"' } }),
      await register.call('POST', `/v1/customers/${id}/activity`, { body: { at: ago(0) } }),
    ];
    for (const { status, body } of refused) expect([status, body['type'], body['restriction']]).toEqual([409, '/problems/customer-restricted', 'accuracy-contested']);
    expect((await register.call('PUT', `/v1/customers/${id}/consents/marketing/sms`, { body: decision() })).body['type']).toBe('/problems/customer-restricted');
  });

  it('may always withdraw, stop and object', async () => {
    const id = await create();
    await restrict(id);
    const withdrawal = { ...decision({ decision: 'withdrawn' }), wording: undefined };
    expect((await register.call('PUT', `/v1/customers/${id}/consents/marketing/email`, { body: withdrawal })).status).toBe(200);
    expect((await register.call('POST', `/v1/customers/${id}/stop-all`, { body: evidence })).status).toBe(200);
    expect((await register.call('PUT', `/v1/customers/${id}/objection`, { body: evidence })).status).toBe(200);
  });

  it('is erased on her own demand only', async () => {
    const id = await create();
    await restrict(id);
    const erase = (ground: string) => register.call('POST', '/v1/erasures', { body: { customerId: id, ground } });
    expect((await decideAbuse(register, id)).body['type']).toBe('/problems/customer-restricted');
    expect((await erase('relationship-ended')).body['type']).toBe('/problems/customer-restricted');
    expect((await erase('request')).status).toBe(202);
  });
});

describe('lifting a restriction', () => {
  it('needs a notice to the person, and both are recorded with who did it', async () => {
    const id = await create();
    await restrict(id);
    const early = await lift(id);
    expect([early.status, early.body['type']]).toEqual([409, '/problems/notice-not-sent']);
    expect((await notice(id)).status).toBe(200);
    expect((await lift(id)).status).toBe(200);
    expect(await recorded(id)).toEqual([
      { kind: 'restricted', reason: 'accuracy-contested', actor: 'shop' }, { kind: 'notice-sent', reason: 'post', actor: 'shop' }, { kind: 'restriction-lifted', reason: null, actor: 'shop' },
    ]);
    expect((await register.call('GET', `/v1/customers/${id}`)).body['restriction']).toBeNull();
  });

  it.each([
    ['before the restriction', ago(60), 'notice-too-early'],
    ['in the future', ago(-60), 'standing-in-future'],
  ])('does not take a notice sent %s', async (_what, sentAt, problem) => {
    const id = await create();
    await restrict(id);
    expect((await notice(id, sentAt)).body['type']).toBe(`/problems/${problem}`);
    expect((await lift(id)).body['type']).toBe('/problems/notice-not-sent');
  });

  it('takes no notice of a notice that was about an earlier restriction', async () => {
    const id = await create();
    expect((await notice(id)).body['type']).toBe('/problems/not-restricted');
    await restrict(id);
    await notice(id);
    await lift(id);
    await restrict(id);
    expect((await lift(id)).body['type']).toBe('/problems/notice-not-sent');
  });

  it('takes no notice of a notice from before she was restricted once more', async () => {
    const id = await create();
    await restrict(id);
    const told = ago(0);
    await notice(id, told);
    expect((await register.call('PUT', `/v1/customers/${id}/restriction`, { body: { reason: 'needed-for-claims' } })).status).toBe(200);
    expect((await lift(id)).body['type']).toBe('/problems/notice-not-sent');
    expect((await notice(id, told)).body['type']).toBe('/problems/notice-too-early');
    expect([(await notice(id)).status, (await lift(id)).status]).toEqual([200, 200]);
  });

  it('takes a notice for older than what was recorded after it, by whatever clock it was sent', async () => {
    const id = await create();
    await restrict(id);
    await notice(id, ago(-4));
    await restrict(id);
    await register.database.query(`
      ALTER TABLE standing_record DISABLE TRIGGER standing_record_append_only;
      UPDATE standing_record SET effective_at = now() WHERE customer_id = '${id}' AND kind = 'notice-sent';
      ALTER TABLE standing_record ENABLE TRIGGER standing_record_append_only`);
    expect((await lift(id)).body['type']).toBe('/problems/notice-not-sent');
  });

  it('changes nothing where there is none', async () => {
    expect((await lift(await create())).status).toBe(200);
  });
});

describe('the record of a standing', () => {
  it('is only added to, and goes with the person', async () => {
    const id = await create();
    await register.call('PUT', `/v1/customers/${id}/end`, { body: { endedAt: ago(1), reason: 'by-customer' } });
    await register.call('DELETE', `/v1/customers/${id}/end`);
    expect((await recorded(id)).map(({ kind }) => kind)).toEqual(['ended', 'resumed']);
    await expect(register.database.query('DELETE FROM standing_record WHERE customer_id = $1', [id])).rejects.toThrow('append-only');
    await register.call('DELETE', `/v1/customers/${id}`);
    expect(await recorded(id)).toEqual([]);
  });
});
