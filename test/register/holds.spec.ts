import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { decideAbuse } from '#test/support/deciding.js';
import { decision, newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';
import { waitFor } from '#test/support/wait-for.js';
import { projected } from '#test/support/projected.js';

jest.setTimeout(60_000);

let register: TestRegister;
beforeAll(async () => { register = await startTestRegister('holds'); });
afterAll(async () => { await register.stop(); });

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
const create = async (): Promise<string> =>
  String((await register.call('POST', '/v1/customers', { body: newCustomer({ consents: [{ purpose: 'marketing', channel: 'email', ...decision() }] }) })).body['id']);
const hold = (id: string, reviewAt = inDays(30)) => register.call('PUT', `/v1/customers/${id}/legal-hold`, { body: { reason: 'claim', owner: 'legal', reviewAt } });
const endHold = (id: string) => register.call('DELETE', `/v1/customers/${id}/legal-hold`);
const count = async (sql: string, id: string): Promise<number> => (await register.database.query<object[]>(sql, [id])).length;
const waiting = async (): Promise<number> =>
  (await register.database.query<object[]>("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")).length;

describe('a legal hold', () => {
  it('keeps nobody in marketing and takes nobody out', async () => {
    const id = await create();
    expect((await hold(id)).status).toBe(200);
    expect(await projected(register, id)).toEqual(['email']);
    await register.call('PUT', `/v1/customers/${id}/restriction`, { body: { reason: 'needed-for-claims' } });
    expect(await projected(register, id)).toEqual([]);
  });

  it.each([['in the past', inDays(-1)], ['in two years', inDays(730)]])('is not placed with a review %s', async (_what, reviewAt) => {
    expect((await hold(await create(), reviewAt)).body['type']).toBe('/problems/review-out-of-range');
  });

  it('ends without consequence when nobody has asked for an erasure', async () => {
    const id = await create();
    expect((await endHold(id)).body['type']).toBe('/problems/hold-not-found');
    await hold(id);
    expect((await endHold(id)).body).toEqual({ caseId: null, dropped: false });
    expect((await register.call('DELETE', `/v1/customers/${id}`)).status).toBe(202);
  });

  it('is refused by the database itself to an erasure that forgot to ask', async () => {
    const id = await create();
    await hold(id);
    await expect(register.database.query('DELETE FROM customer WHERE id = $1', [id])).rejects.toThrow('legal_hold');
  });
});

describe('a demand that waits for the end of a hold', () => {
  it('closes her addresses at once: an older consent does not bring her back in another record', async () => {
    const contact = { firstName: 'Aino', lastName: `V${randomUUID()}`, phone: `+35840${String(Date.now()).slice(-7)}`, address: { street: 'Katu 1', postalCode: '04300', city: 'Tuusula' } };
    const consents = ['sms', 'phone', 'post'].map((channel) => ({ purpose: 'marketing', channel, ...decision({ decidedAt: '2026-05-04T12:30:00Z' }) }));
    const id = String((await register.call('POST', '/v1/customers', { body: { contact, consents } })).body['id']);
    await hold(id);
    expect((await register.call('DELETE', `/v1/customers/${id}`)).status).toBe(409);
    const again = String((await register.call('POST', '/v1/customers', { body: { contact, consents } })).body['id']);
    expect([await projected(register, id), await projected(register, again)]).toEqual([[], []]);
    const reasons = await register.database.query<{ reason: string }[]>('SELECT reason FROM suppression ORDER BY since DESC LIMIT 2');
    expect(reasons.map(({ reason }) => reason)).toEqual(['objected', 'objected']);
  });
});

describe('a read of a legal hold', () => {
  it('beside the erasure of the person is answered without her, and leaves no entry of her', async () => {
    const id = await create();
    await hold(id);
    const erasure = register.database.createQueryRunner();
    await erasure.startTransaction();
    for (const [table, column] of [['legal_hold', 'customer_id'], ['consent', 'customer_id'], ['customer', 'id']] as const) await erasure.query(`DELETE FROM ${table} WHERE ${column} = $1`, [id]);
    let answered = false;
    const reads = Promise.all([register.call('GET', `/v1/customers/${id}/legal-hold`), register.call('GET', `/v1/legal-holds?dueBefore=${encodeURIComponent(inDays(60))}&limit=200`)])
      .finally(() => { answered = true; });
    await waitFor('both reads wait for the erasure', async () => answered || (await waiting()) === 2);
    await erasure.commitTransaction();
    await erasure.release();
    const [found, list] = await reads;
    expect([found.status, found.body['type'], list.status]).toEqual([404, '/problems/hold-not-found', 200]);
    expect(JSON.stringify(list.body)).not.toContain(id);
    expect(await count('SELECT 1 FROM access_log WHERE customer_id = $1', id)).toBe(0);
  });
});

describe('an erasure under a legal hold', () => {
  it('takes her out of marketing at once, and tells staff when the hold is looked at again', async () => {
    const id = await create();
    const reviewAt = inDays(30);
    await hold(id, reviewAt);
    const headers = { 'idempotency-key': randomUUID() };
    for (let time = 0; time < 2; time += 1) {
      const { status, body } = await register.call('DELETE', `/v1/customers/${id}`, { headers });
      expect([status, body['type'], body['reviewAt']]).toEqual([409, '/problems/legal-hold', reviewAt]);
    }
    expect(await projected(register, id)).toEqual([]);
    expect(await register.database.query<object[]>('SELECT p.urgency, p.reason FROM sync_pending p JOIN customer c USING (ref) WHERE c.id = $1', [id])).toEqual([{ urgency: 1, reason: 'restriction' }]);
    const { body } = await register.call('GET', `/v1/customers/${id}/legal-hold`);
    expect(body).toMatchObject({ reason: 'claim', owner: 'legal', reviewAt, queuedErasure: { ground: 'request' } });
  });

  it('keeps her own request open and due, also when an erasure on another ground waits already', async () => {
    const id = await create();
    await hold(id);
    await decideAbuse(register, id);
    for (const ground of ['request', 'request']) await register.call('POST', '/v1/erasures', { body: { customerId: id, ground } });
    expect(await register.database.query<object[]>("SELECT state, due_on IS NOT NULL AS due FROM data_request WHERE customer_id = $1 AND kind = 'erasure'", [id])).toEqual([{ state: 'open', due: true }]);
    expect((await endHold(id)).body['caseId']).toEqual(expect.any(String));
    expect(await count("SELECT 1 FROM data_request WHERE customer_id = $1", id)).toBe(0);
  });

  it('tells the person herself that it waits, and not why or until when', async () => {
    const id = await create();
    await hold(id);
    const token = await register.token({ kind: 'customer', subject: id, scopes: ['erasures:write'] });
    const { status, body } = await register.call('DELETE', `/v1/customers/${id}`, { token });
    expect([status, Object.keys(body).sort()]).toEqual([409, ['status', 'title', 'type']]);
    expect((await register.call('GET', `/v1/customers/${id}`)).body['restriction']).toMatchObject({ reason: 'erasure-under-hold' });
  });

  it('is not to be undone while it waits', async () => {
    const id = await create();
    await hold(id);
    await register.call('DELETE', `/v1/customers/${id}`);
    await register.call('PUT', `/v1/customers/${id}/restriction`, { body: { reason: 'accuracy-contested' } });
    await register.call('PUT', `/v1/customers/${id}/restriction/notice`, { body: { sentAt: new Date().toISOString(), sentBy: 'post' } });
    expect((await register.call('DELETE', `/v1/customers/${id}/restriction`)).body['type']).toBe('/problems/legal-hold');
    const own = await register.token({ kind: 'customer', subject: id, scopes: ['consents:write'] });
    expect((await register.call('PUT', `/v1/customers/${id}/consents/marketing/email`, { body: decision(), token: own })).body['type']).toBe('/problems/customer-restricted');
    await hold(id, inDays(60));
    expect((await register.call('GET', `/v1/customers/${id}/legal-hold`)).body['queuedErasure']).not.toBeNull();
  });

  it('is carried out when the hold ends, and leaves nothing of her', async () => {
    const id = await create();
    await hold(id);
    await decideAbuse(register, id);
    const { status, body } = await endHold(id);
    expect(status).toBe(200);
    expect((await register.call('GET', `/v1/erasures/${String(body['caseId'])}`)).body).toMatchObject({ ground: 'abuse', state: 'waiting-for-marketing' });
    expect((await register.call('GET', `/v1/customers/${id}`)).status).toBe(404);
    for (const table of ['legal_hold', 'standing_record', 'consent_record']) expect(await count(`SELECT 1 FROM ${table} WHERE customer_id = $1`, id)).toBe(0);
  });
});

describe('the holds to look at again', () => {
  it('come page by page, the most urgent first, each logged as a read of the person', async () => {
    const ids = [await create(), await create(), await create()];
    await Promise.all(ids.map((id, i) => hold(id, inDays(100 + i))));
    const due = encodeURIComponent(inDays(102.5));
    const seen: string[] = [];
    let next: string | null = null;
    do {
      const cursor = next === null ? '' : `&cursor=${encodeURIComponent(next)}`;
      const { status, body } = await register.call('GET', `/v1/legal-holds?limit=2&dueBefore=${due}${cursor}`);
      expect(status).toBe(200);
      seen.push(...(body['holds'] as { customerId: string }[]).map(({ customerId }) => customerId));
      next = body['next'] as string | null;
    } while (next !== null);
    expect(seen.filter((id) => ids.includes(id))).toEqual(ids);
    expect(await count("SELECT 1 FROM access_log WHERE customer_id = $1 AND fields = '{legalHold}'", ids[0]!)).toBe(1);
    expect((await register.call('GET', '/v1/legal-holds')).body['holds']).toEqual([]);
  });

  it('are not for those who may only look customers up', async () => {
    const token = await register.token({ kind: 'staff', subject: 'maija', scopes: ['customers:read', 'customers:write', 'erasures:write'] });
    expect((await register.call('GET', '/v1/legal-holds', { token })).body['type']).toBe('/problems/scope-missing');
    expect((await register.call('DELETE', `/v1/customers/${await create()}/legal-hold`, { token })).body['type']).toBe('/problems/scope-missing');
  });
});
