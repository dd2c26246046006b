import { randomUUID } from 'node:crypto';
import type { Scope } from '#auth/scopes.js';
import { CUSTOMER_SCOPES, ROLE_SCOPES } from '#register/access/roles.js';
import { dueDate, finnishDay } from '#register/requests/due-date.js';
import { type Answer, type CallOptions, decision, newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';

/** In every note and reason-like text; must stand in no log. */
const MARKER = `Marker${randomUUID().replaceAll('-', '')}`;
const DAY_MS = 86_400_000;

let register: TestRegister;
const tokens: Record<string, string> = {};
beforeAll(async () => {
  register = await startTestRegister('requests');
  const staff = (subject: string, scopes: readonly Scope[]) => register.token({ kind: 'staff', subject, scopes });
  tokens['dpo'] = await staff('dpo', ROLE_SCOPES['data-protection']);
  tokens['aino'] = await staff('aino', ROLE_SCOPES['register-staff']);
  tokens['eino'] = await staff('eino', ROLE_SCOPES['register-staff']);
  const accounts = { aino: 'register-staff', eino: 'register-staff', mauri: 'marketing', ada: 'admin', vera: 'data-protection', veli: 'data-protection', gone: 'data-protection' };
  for (const [username, role] of Object.entries(accounts)) {
    await register.database.query("INSERT INTO staff (username, password_hash, roles, disabled_at) VALUES ($1, '$argon2id$x', ARRAY[$2], $3)", [username, role, username === 'gone' ? new Date() : null]);
  }
});
afterAll(async () => { await register.stop(); });

const person = async (): Promise<string> => String((await register.call('POST', '/v1/customers', { body: newCustomer() })).body['id']);
const own = (id: string): Promise<string> => register.token({ kind: 'customer', subject: id, scopes: CUSTOMER_SCOPES });
const create = (id: string, body: object, options: CallOptions = {}): Promise<Answer> => register.call('POST', `/v1/customers/${id}/requests`, { body, ...options });
const created = async (id: string, over: object = {}, token = tokens['dpo']!): Promise<string> =>
  String((await create(id, { kind: 'access', receivedBy: 'email', ...over }, { token })).body['id']);
const step = (id: string, body: object, token = tokens['dpo']!): Promise<Answer> => register.call('POST', `/v1/requests/${id}/steps`, { body, token });
const find = (id: string, token = tokens['dpo']!): Promise<Answer> => register.call('GET', `/v1/requests/${id}`, { token });
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();
const now = (): string => new Date().toISOString();

describe('a request', () => {
  it('is due one month on, and the data-protection contact has it', async () => {
    const receivedAt = daysAgo(3);
    const answer = await create(await person(), { kind: 'rectification', receivedAt, receivedBy: 'phone' }, { token: tokens['aino']! });
    const dueOn = dueDate(finnishDay(new Date(receivedAt)), 1);
    expect([answer.status, answer.body]).toEqual([201, { id: expect.any(String), state: 'open', dueOn }]);
    const { body } = await register.call('GET', answer.headers.get('location')!, { token: tokens['dpo']! });
    expect(body).toMatchObject({
      kind: 'rectification', receivedAt, receivedBy: 'phone', dueOn, late: false, state: 'open', outcome: null, extension: null,
      assignee: { username: null, name: 'Confetin tietosuojavastaava' },
      steps: [{ step: 'received', actor: 'aino', assignee: 'contact:data-protection' }],
    });
  });

  it('moves on step by step, each in its history, until it is closed', async () => {
    const id = await created(await person(), { receivedAt: daysAgo(2) });
    expect((await step(id, { step: 'assigned', assignee: 'vera', note: MARKER })).body).toMatchObject({ state: 'open' });
    expect((await step(id, { step: 'asked-person' })).body).toMatchObject({ state: 'waiting-for-person' });
    const extended = await step(id, { step: 'extended', reason: 'complexity', toldAt: daysAgo(1), toldBy: 'email' });
    expect(extended.body).toEqual({ id, state: 'waiting-for-person', dueOn: dueDate(finnishDay(new Date(daysAgo(2))), 3) });
    expect((await step(id, { step: 'person-answered' })).body).toMatchObject({ state: 'extended' });
    expect((await step(id, { step: 'done' })).body).toMatchObject({ state: 'done' });
    const { body } = await find(id);
    expect(body).toMatchObject({ state: 'done', outcome: 'carried-out', assignee: { username: 'vera', name: 'vera' }, extension: { reason: 'complexity' } });
    expect((body['steps'] as { step: string }[]).map((s) => s.step)).toEqual(['received', 'assigned', 'asked-person', 'extended', 'person-answered', 'done']);
    expect((await step(id, { step: 'assigned', assignee: null })).body['type']).toBe('/problems/request-closed');
  });

  it('is refused with a reason that the person was told', async () => {
    const id = await created(await person());
    expect((await step(id, { step: 'refused', reason: 'excessive' })).body['errors']).toContainEqual(expect.objectContaining({ pointer: '#/toldAt', code: 'required' }));
    await step(id, { step: 'refused', reason: 'excessive', toldAt: now(), toldBy: 'letter' });
    expect((await find(id)).body).toMatchObject({ state: 'refused', outcome: 'excessive', closedAt: expect.any(String) });
  });

  it('is extended once, and only when the person was told within the first month', async () => {
    const customer = await person();
    const late = await created(customer, { receivedAt: daysAgo(50) });
    const extension = { step: 'extended', reason: 'number-of-requests', toldBy: 'email' };
    expect((await step(late, { ...extension, toldAt: now() })).body['type']).toBe('/problems/extension-told-too-late');
    expect((await step(late, { ...extension, toldAt: daysAgo(51) })).body['type']).toBe('/problems/told-before-request');
    expect((await step(late, { ...extension, toldAt: daysAgo(-1) })).body['type']).toBe('/problems/time-in-future');
    expect((await find(late)).body).toMatchObject({ late: true });
    expect((await step(late, { ...extension, toldAt: daysAgo(45) })).status).toBe(200);
    expect((await find(late)).body).toMatchObject({ late: false, state: 'extended' });
    expect((await step(late, { ...extension, toldAt: daysAgo(45) })).body['type']).toBe('/problems/request-extended-already');
  });

  it('is handled by somebody who can log in, read it and move it on', async () => {
    const id = await created(await person());
    for (const assignee of ['nobody', 'gone', 'aino', 'mauri', 'ada']) expect([assignee, (await step(id, { step: 'assigned', assignee })).body['type']]).toEqual([assignee, '/problems/assignee-unknown']);
    expect((await step(id, { step: 'assigned', assignee: 'vera' })).status).toBe(200);
    expect((await find(id)).body).toMatchObject({ assignee: { username: 'vera' } });
    expect((await step(id, { step: 'assigned', assignee: null })).status).toBe(200);
    expect((await find(id)).body).toMatchObject({ assignee: { username: null } });
  });

  it.each([
    ['is disabled', "UPDATE staff SET disabled_at = now() WHERE username = 'veli'", "UPDATE staff SET disabled_at = NULL WHERE username = 'veli'"],
    ['has another role', "UPDATE staff SET roles = '{marketing}' WHERE username = 'veli'", "UPDATE staff SET roles = '{data-protection}' WHERE username = 'veli'"],
  ])('is the contact’s again when who had it %s', async (_, away, back) => {
    const id = await created(await person());
    await step(id, { step: 'assigned', assignee: 'veli' });
    const handlers = async () => [(await find(id)).body, ...(await register.call('GET', '/v1/requests?limit=200', { token: tokens['dpo']! })).body['requests'] as Record<string, unknown>[]]
      .filter((shown) => shown['id'] === id).map(({ assignee }) => assignee);
    expect(await handlers()).toEqual(Array(2).fill({ username: 'veli', name: 'veli' }));
    await register.database.query(away);
    expect(await handlers()).toEqual(Array(2).fill({ username: null, name: 'Confetin tietosuojavastaava' }));
    await step(id, { step: 'asked-person' });
    await register.database.query(back);
    expect(await handlers()).toEqual(Array(2).fill({ username: null, name: 'Confetin tietosuojavastaava' }));
  });

  it('comes in once for its Idempotency-Key', async () => {
    const id = await person();
    const options = { headers: { 'idempotency-key': randomUUID() }, token: await own(id) };
    const [first, second] = [await create(id, { kind: 'access' }, options), await create(id, { kind: 'access' }, options)];
    expect(second.body).toEqual(first.body);
    expect((await register.call('GET', `/v1/customers/${id}/requests`)).body['requests']).toHaveLength(1);
  });

  it('keeps its history: the database refuses to change a step', async () => {
    await created(await person());
    for (const statement of ["UPDATE data_request_step SET note = 'x'", 'DELETE FROM data_request_step', 'TRUNCATE data_request_step']) {
      await expect(register.database.query(statement)).rejects.toThrow('append-only');
    }
  });
});

describe('the feed', () => {
  it('tells what is late, what is due soon, and pages in the order of due dates', async () => {
    await register.database.query("UPDATE data_request SET state = 'done', outcome = 'carried-out', closed_at = now() WHERE closed_at IS NULL");
    const [late, soon, fresh] = [await created(await person(), { receivedAt: daysAgo(40) }), await created(await person(), { receivedAt: daysAgo(28) }), await created(await person())];
    const ids = async (query: string): Promise<string[]> => {
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const { body }: Answer = await register.call('GET', `/v1/requests?limit=1&${query}${cursor === '' ? '' : `&cursor=${cursor}`}`, { token: tokens['dpo']! });
        seen.push(...(body['requests'] as { id: string }[]).map(({ id }) => id));
        cursor = body['next'] as string | null;
      }
      return seen;
    };
    expect(await ids('due=late')).toEqual([late]);
    expect(await ids('dueWithin=10')).toEqual([late, soon]);
    expect(await ids('dueWithin=60')).toEqual([late, soon, fresh]);
    expect(await ids('state=open&kind=access')).toEqual([late, soon, fresh]);
    expect(await ids('state=open&kind=erasure')).toEqual([]);
    expect(await (await fetch(`${register.url}/metrics`)).text()).toMatch(/^requests_late\{.*\} 1$/m);
    await step(late, { step: 'done' });
    expect(await ids('due=late')).toEqual([]);
    expect(await (await fetch(`${register.url}/metrics`)).text()).toMatch(/^requests_late\{.*\} 0$/m);
  });

  it('writes who was shown into the read log', async () => {
    const customer = await person();
    const id = await created(customer);
    await find(id);
    expect(await register.database.query<object[]>('SELECT actor, route, fields FROM access_log WHERE customer_id = $1', [customer]))
      .toEqual([{ actor: 'dpo', route: 'GET /v1/requests/:requestId', fields: ['requests'] }]);
  });
});

describe('the person herself', () => {
  it('makes a request and follows it, without seeing who handles it', async () => {
    const id = await person();
    const token = await own(id);
    const { body, headers } = await create(id, { kind: 'portability' }, { token });
    expect((await register.call('GET', headers.get('location')!, { token })).status).toBe(200);
    await step(String(body['id']), { step: 'assigned', assignee: 'vera', note: MARKER });
    const seen = (await register.call('GET', `/v1/customers/${id}/requests`, { token })).body['requests'];
    expect(seen).toMatchObject([{ id: body['id'], kind: 'portability', receivedBy: 'self-service', state: 'open' }]);
    expect(JSON.stringify(seen)).not.toMatch(new RegExp(`vera|${MARKER}`));
  });

  it('does not say when or how her request came in', async () => {
    const id = await person();
    const answer = await create(id, { kind: 'access', receivedAt: daysAgo(60), receivedBy: 'letter' }, { token: await own(id) });
    expect((answer.body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(['#/receivedAt', '#/receivedBy']);
  });
});

describe('staff of the register', () => {
  it('see the requests that they recorded, and no other', async () => {
    const customer = await person();
    const [recorded, other] = [await created(customer, {}, tokens['eino']), await created(customer, { kind: 'portability' })];
    const mine = (await register.call('GET', `/v1/customers/${customer}/requests`, { token: tokens['eino']! })).body['requests'] as { id: string }[];
    expect(mine.map(({ id }) => id)).toEqual([recorded]);
    expect((await find(other, tokens['eino'])).body['type']).toBe('/problems/request-not-found');
    expect((await find(recorded, tokens['eino'])).status).toBe(200);
    const feed = (await register.call('GET', '/v1/requests?limit=200', { token: tokens['aino']! })).body['requests'] as { id: string }[];
    expect(feed.map(({ id }) => id)).not.toContain(other);
  });
});

describe('a right exercised by the call itself', () => {
  const requestsOf = async (id: string) => (await register.call('GET', `/v1/customers/${id}/requests`)).body['requests'] as Record<string, unknown>[];

  it('is recorded and closed with the act', async () => {
    const id = await person();
    await register.call('PUT', `/v1/customers/${id}/objection`, { body: decision({ decision: undefined, wording: undefined }), token: await own(id) });
    await register.call('PUT', `/v1/customers/${id}/restriction`, { body: { reason: 'accuracy-contested' }, token: tokens['aino']! });
    expect(await requestsOf(id)).toMatchObject([
      { kind: 'objection', receivedBy: 'self-service', state: 'done', outcome: 'carried-out' },
      { kind: 'restriction', receivedBy: 'other', state: 'done', outcome: 'carried-out' },
    ]);
  });

  it('closes the open request instead of recording another', async () => {
    const id = await person();
    const request = await created(id, { kind: 'objection' });
    await register.call('PUT', `/v1/customers/${id}/objection`, { body: decision({ decision: undefined, wording: undefined }) });
    expect(await requestsOf(id)).toMatchObject([{ id: request, kind: 'objection', state: 'done' }]);
    expect(((await find(request)).body['steps'] as { step: string; actor: string }[]).map((s) => [s.step, s.actor])).toEqual([['received', 'dpo'], ['done', 'shop']]);
  });

  it('stays open when a legal hold stops the erasure she asked for', async () => {
    const id = await person();
    await register.call('PUT', `/v1/customers/${id}/legal-hold`, { body: { reason: 'payment-dispute', owner: 'legal', reviewAt: daysAgo(-90) } });
    for (let i = 0; i < 2; i++) await register.call('DELETE', `/v1/customers/${id}`, { token: await own(id) });
    expect(await requestsOf(id)).toMatchObject([{ kind: 'erasure', receivedBy: 'self-service', state: 'open', outcome: null }]);
  });

  it('leaves of an erased person kind, days and outcome that lead to nobody', async () => {
    await register.database.query("DELETE FROM data_request WHERE customer_id IS NULL");
    const id = await person();
    const open = await created(id, { kind: 'access', receivedAt: '2026-10-01T10:11:12Z' }, tokens['aino']);
    await step(open, { step: 'assigned', assignee: 'vera', note: MARKER });
    const refused = await created(id, { kind: 'portability' });
    await step(refused, { step: 'refused', reason: 'not-applicable', toldAt: now(), toldBy: 'email', note: MARKER });
    expect((await register.call('DELETE', `/v1/customers/${id}`, { token: await own(id) })).status).toBe(202);
    const today = `${now().slice(0, 10)}T00:00:00.000Z`;
    const rest = await register.database.query<Record<string, unknown>[]>('SELECT id, customer_id, kind, received_at, assignee, state, outcome, closed_at, created_by FROM data_request WHERE customer_id IS NULL ORDER BY kind');
    const unlinked = { id: expect.any(String), customer_id: null, assignee: 'contact:data-protection', created_by: null, closed_at: new Date(today) };
    expect(rest).toEqual([
      { ...unlinked, kind: 'access', received_at: new Date('2026-10-01'), state: 'done', outcome: 'closed-by-erasure' },
      { ...unlinked, kind: 'erasure', received_at: new Date(today), state: 'done', outcome: 'carried-out' },
      { ...unlinked, kind: 'portability', received_at: new Date(today), state: 'refused', outcome: 'not-applicable' },
    ]);
    expect(rest.map((row) => row['id'])).not.toContain(open);
    expect(await register.database.query<object[]>('SELECT 1 FROM data_request_step WHERE customer_id = $1', [id])).toEqual([]);
    expect((await find(open)).status).toBe(404);
    expect((await step(open, { step: 'done' })).body['type']).toBe('/problems/request-not-found');
  });
});

it('what is written about requests stands in no log', () => {
  expect(register.log.length).toBeGreaterThan(50);
  expect(register.log.join('\n').toLowerCase()).not.toContain(MARKER.toLowerCase());
});
