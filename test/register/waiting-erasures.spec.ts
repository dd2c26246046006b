import { jest } from '@jest/globals';
import { ErasureLog } from '#register/erasure-log/erasure-log.service.js';
import { ErasureRun } from '#register/erasure-runs/erasure-run.service.js';
import { Eraser } from '#register/erasure/eraser.service.js';
import { decideAbuse } from '#test/support/deciding.js';
import { projected } from '#test/support/projected.js';
import { decision, newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';

jest.setTimeout(60_000);

let register: TestRegister;
beforeAll(async () => { register = await startTestRegister('waiting-erasures'); });
afterAll(async () => { await register.stop(); });

const now = (): string => new Date().toISOString();
const create = async (): Promise<string> =>
  String((await register.call('POST', '/v1/customers', { body: newCustomer({ consents: [{ purpose: 'marketing', channel: 'email', ...decision() }] }) })).body['id']);
const done = async (method: string, path: string, body?: object) => {
  const answer = await register.call(method, path, body === undefined ? {} : { body });
  expect(answer.status).toBeLessThan(300);
  return answer.body;
};
const held = async (): Promise<string> => {
  const id = await create();
  await done('PUT', `/v1/customers/${id}/legal-hold`, { reason: 'claim', owner: 'legal', reviewAt: new Date(Date.now() + 86_400_000).toISOString() });
  return id;
};
const erase = (id: string, ground: string) => register.call('POST', '/v1/erasures', { body: { customerId: id, ground } });
const waits = async (id: string, ground: string): Promise<void> => { expect((await erase(id, ground)).body['type']).toBe('/problems/legal-hold'); };
const restrict = (id: string) => done('PUT', `/v1/customers/${id}/restriction`, { reason: 'needed-for-claims' });
const end = (id: string) => done('PUT', `/v1/customers/${id}/end`, { endedAt: now(), reason: 'by-customer' });
const resume = (id: string) => done('DELETE', `/v1/customers/${id}/end`);
const refuse = async (id: string): Promise<void> => {
  const { requests } = await done('GET', `/v1/customers/${id}/requests`) as { requests: { id: string; kind: string; state: string }[] };
  for (const { id: request } of requests.filter(({ kind, state }) => kind === 'erasure' && state === 'open')) {
    await done('POST', `/v1/requests/${request}/steps`, { step: 'refused', reason: 'not-applicable', toldAt: now(), toldBy: 'letter' });
  }
};
const endHold = (id: string) => done('DELETE', `/v1/customers/${id}/legal-hold`);
const customer = (id: string) => register.call('GET', `/v1/customers/${id}`);
const groundOf = async (caseId: unknown): Promise<unknown> => (await done('GET', `/v1/erasures/${String(caseId)}`))['ground'];
const notice = (id: string, sentAt = now()) => register.call('PUT', `/v1/customers/${id}/restriction/notice`, { body: { sentAt, sentBy: 'post' } });
const lift = (id: string) => register.call('DELETE', `/v1/customers/${id}/restriction`);

describe('an erasure that has waited for the end of a hold is dropped', () => {
  const changes: readonly [string, string, (id: string) => Promise<unknown>, string][] = [
    ['at the end of a relationship, when she wants to be restricted', 'relationship-ended', restrict, 'needed-for-claims'],
    ['at the end of a relationship, when it was resumed', 'relationship-ended', resume, 'erasure-not-carried-out'],
    ['by her demand, when her request was refused', 'request', refuse, 'erasure-not-carried-out'],
  ];
  it.each(changes)('%s', async (_what, ground, change, reason) => {
    const id = await held();
    await end(id);
    await waits(id, ground);
    await change(id);
    expect(await endHold(id)).toEqual({ caseId: null, dropped: true });
    expect((await customer(id)).body['restriction']).toMatchObject({ reason });
    expect(await projected(register, id)).toEqual([]);
  });

  it('for abuse, when she wants to be restricted', async () => {
    const id = await held();
    expect((await decideAbuse(register, id)).body['type']).toBe('/problems/legal-hold');
    await restrict(id);
    expect(await endHold(id)).toEqual({ caseId: null, dropped: true });
  });

  it('and lets nobody back into marketing before she was told, since then, and has consented anew', async () => {
    const id = await held();
    await waits(id, 'request');
    const early = now();
    expect((await notice(id, early)).status).toBe(200);
    await refuse(id);
    await endHold(id);
    expect([(await lift(id)).body['type'], (await notice(id, early)).body['type']]).toEqual(['/problems/notice-not-sent', '/problems/notice-too-early']);
    expect([(await notice(id)).status, (await lift(id)).status]).toEqual([200, 200]);
    expect(await projected(register, id)).toEqual([]); // who asks to be erased wants no marketing
    expect((await register.call('PUT', `/v1/customers/${id}/consents/marketing/email`, { body: decision({ method: 'account-settings' }) })).status).toBe(200);
    expect(await projected(register, id)).toEqual(['email']);
  });

  it('and the restriction from before it comes to light again', async () => {
    const id = await held();
    await restrict(id);
    await waits(id, 'request');
    for (const ground of ['relationship-ended', 'abuse']) {
      const { body } = ground === 'abuse' ? await decideAbuse(register, id) : await erase(id, ground);
      expect([body['type'], body['restriction']]).toEqual(['/problems/customer-restricted', 'needed-for-claims']);
    }
    await refuse(id);
    expect(await endHold(id)).toEqual({ caseId: null, dropped: true });
    expect((await customer(id)).body['restriction']).toMatchObject({ reason: 'needed-for-claims' });
  });

  it('which stops a run over many from queuing another: she is left as she is', async () => {
    const id = await held();
    await restrict(id);
    await waits(id, 'request');
    const run = new ErasureRun(register.database, register.app.get(Eraser, { strict: false }), register.app.get(ErasureLog, { strict: false }), 'relationship-ended');
    await run.erase([id, await create()]);
    expect(run.tally).toEqual({ erased: 1, held: 0, restricted: 1, notThere: 0 });
  });

  it('and what waited under an earlier hold does not wait under the next', async () => {
    const id = await held();
    await waits(id, 'relationship-ended');
    await restrict(id);
    await endHold(id);
    await notice(id);
    await lift(id);
    await done('PUT', `/v1/customers/${id}/legal-hold`, { reason: 'claim', owner: 'legal', reviewAt: new Date(Date.now() + 86_400_000).toISOString() });
    await waits(id, 'request');
    await refuse(id);
    expect(await endHold(id)).toEqual({ caseId: null, dropped: true });
  });
});

describe('an erasure that has waited for the end of a hold is carried out', () => {
  it('by her demand, whatever else she asked for', async () => {
    const id = await held();
    await waits(id, 'request');
    await restrict(id);
    await resume(id);
    expect(await groundOf((await endHold(id))['caseId'])).toBe('request');
  });

  it.each([
    ['her demand, made after the end of the relationship waited', 'relationship-ended', 'request', resume],
    ['the end of the relationship, when her demand that came first was refused', 'request', 'relationship-ended', refuse],
  ])('on %s', async (_what, first, second, change) => {
    const id = await held();
    await end(id);
    await waits(id, first);
    await waits(id, second);
    await change(id);
    expect(await groundOf((await endHold(id))['caseId'])).toBe(second);
  });

  it('on her demand that was made anew after a refusal', async () => {
    const id = await held();
    await waits(id, 'request');
    await refuse(id);
    await waits(id, 'request');
    expect(await groundOf((await endHold(id))['caseId'])).toBe('request');
  });

  it('for abuse, also when something else waited before: nobody’s decision is lost', async () => {
    const id = await held();
    await waits(id, 'request');
    expect((await decideAbuse(register, id, { reasonCode: 'threats' })).body['type']).toBe('/problems/legal-hold');
    await refuse(id);
    const { caseId } = await endHold(id);
    expect(await done('GET', `/v1/erasures/${String(caseId)}`)).toMatchObject({ ground: 'abuse', abuse: { reasonCode: 'threats' } });
  });
});
