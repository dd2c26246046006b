import { randomUUID } from 'node:crypto';
import type { Scope } from '#auth/scopes.js';
import { CUSTOMER_SCOPES, ROLE_SCOPES } from '#register/access/roles.js';
import { type Answer, newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';

/** In every note; must stand in no log. */
const MARKER = `Marker${randomUUID().replaceAll('-', '')}`;

let register: TestRegister;
const tokens: Record<string, string> = {};
beforeAll(async () => {
  register = await startTestRegister('requests-intake');
  const staff = (subject: string, scopes: readonly Scope[]) => register.token({ kind: 'staff', subject, scopes });
  tokens['dpo'] = await staff('dpo', ROLE_SCOPES['data-protection']);
  for (const clerk of ['aino', 'eino']) tokens[clerk] = await staff(clerk, ROLE_SCOPES['register-staff']);
});
afterAll(async () => { await register.stop(); });

const person = async (): Promise<string> => String((await register.call('POST', '/v1/customers', { body: newCustomer() })).body['id']);
const own = (id: string): Promise<string> => register.token({ kind: 'customer', subject: id, scopes: CUSTOMER_SCOPES });
const create = (id: string, body: object, token: string): Promise<Answer> => register.call('POST', `/v1/customers/${id}/requests`, { body, token });
const find = (id: string, token = tokens['dpo']!): Promise<Answer> => register.call('GET', `/v1/requests/${id}`, { token });
const openOf = async (id: string) => (await register.call('GET', `/v1/customers/${id}/requests`)).body['requests'] as { id: string }[];

describe('a request', () => {
  it.each([
    ['by the person', own, {}], ['by the clerk on the phone', () => Promise.resolve(tokens['aino']!), { receivedBy: 'phone' }],
  ])('says what to rectify, told %s; it goes with her', async (_, tokenOf, received) => {
    const id = await person();
    const note = `The street is ${MARKER}katu 3`;
    const answer = await create(id, { kind: 'rectification', note, ...received }, await tokenOf(id));
    expect(answer.status).toBe(201);
    expect((await find(String(answer.body['id']))).body['steps']).toMatchObject([{ step: 'received', note }]);
    const noted = () => register.database.query<object[]>('SELECT 1 FROM data_request_step WHERE note = $1', [note]);
    expect(await noted()).toHaveLength(1);
    expect((await register.call('DELETE', `/v1/customers/${id}`, { token: await own(id) })).status).toBe(202);
    expect(await noted()).toEqual([]);
  });

  it('that is open already is the answer to the same one', async () => {
    const id = await person();
    const token = await own(id);
    const first = await create(id, { kind: 'access' }, token);
    const again = await Promise.all(Array.from({ length: 5 }, () => create(id, { kind: 'access' }, token)));
    expect(again.map(({ status, body, headers }) => [status, body, headers.get('location')])).toEqual(Array(5).fill([200, first.body, first.headers.get('location')]));
    expect(await openOf(id)).toHaveLength(1);
    expect((await find(String(first.body['id']))).body['steps']).toHaveLength(1);
    expect((await create(id, { kind: 'portability' }, token)).status).toBe(201);
  });

  it('that was closed is followed by a new one', async () => {
    const id = await person();
    const first = await create(id, { kind: 'access' }, await own(id));
    await register.call('POST', `/v1/requests/${String(first.body['id'])}/steps`, { body: { step: 'done' }, token: tokens['dpo']! });
    expect((await create(id, { kind: 'access' }, await own(id))).status).toBe(201);
  });

  it('that is joined keeps what was said and who took it in, and each of them sees it', async () => {
    const id = await person();
    const note = `And the orders of ${MARKER}`;
    const request = String((await create(id, { kind: 'access' }, await own(id))).body['id']);
    expect((await find(request, tokens['eino'])).status).toBe(404);
    expect(await create(id, { kind: 'access', receivedBy: 'phone', note }, tokens['eino']!)).toMatchObject({ status: 200, body: { id: request } });
    expect((await find(request, tokens['eino'])).body['steps']).toMatchObject([{ actor: 'customer', note: null }, { step: 'received', actor: 'eino', assignee: 'contact:data-protection', note }]);
    expect((await find(request, tokens['aino'])).status).toBe(404);
  });

  it('to rectify one thing more is one more, twenty at most', async () => {
    const id = await person();
    const token = await own(id);
    const statuses: number[] = [];
    for (let i = 0; i < 21; i++) statuses.push((await create(id, { kind: 'rectification', note: `${MARKER} ${i}` }, token)).status);
    expect(statuses).toEqual([...Array<number>(20).fill(201), 409]);
    expect((await create(id, { kind: 'rectification', note: `${MARKER} more` }, token)).body['type']).toBe('/problems/too-many-requests-open');
    expect((await create(id, { kind: 'rectification', note: `${MARKER} 3` }, token)).status).toBe(200);
    expect(await openOf(id)).toHaveLength(20);
  });
});

it('what is asked for stands in no log', () => {
  expect(register.log.length).toBeGreaterThan(20);
  expect(register.log.join('\n').toLowerCase()).not.toContain(MARKER.toLowerCase());
});
