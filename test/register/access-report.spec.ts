import { randomUUID } from 'node:crypto';
import { CUSTOMER_SCOPES, ROLE_SCOPES } from '#register/access/roles.js';
import { newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';

const MARKER = `Marker${randomUUID().replaceAll('-', '')}`;

let register: TestRegister;
let dpo: string;
beforeAll(async () => {
  register = await startTestRegister('access-report');
  dpo = await register.token({ kind: 'staff', subject: 'dpo', scopes: ROLE_SCOPES['data-protection'] });
  for (const [username, role] of [['aino', 'register-staff'], ['eino', 'register-staff'], ['dpo', 'data-protection']]) {
    await register.database.query("INSERT INTO staff (username, password_hash, roles) VALUES ($1, '$argon2id$x', ARRAY[$2])", [username, role]);
  }
});
afterAll(async () => { await register.stop(); });

interface Actor { actor: string; reads: number; people: number; outsideCases: { reads: number; people: number } | null; outsideHours: number | null }

const person = async (): Promise<string> => String((await register.call('POST', '/v1/customers', { body: newCustomer({ contact: { lastName: MARKER } }) })).body['id']);
/** A read as the log keeps it. @param at with its offset */
const read = (at: string, actor: string, customer: string, purpose = 'relationship-care', kind = 'staff'): Promise<unknown> => register.database.query(
  "INSERT INTO access_log (at, actor, actor_kind, purpose, route, customer_id, fields) VALUES ($1, $2, $3, $4, 'GET /v1/customers/:id', $5, '{contact.email}')", [at, actor, kind, purpose, customer]);
const report = async (from: string, to = from, order = 'reads'): Promise<Actor[]> =>
  (await register.call('GET', `/v1/access-log/report?from=${from}&to=${to}&order=${order}`, { token: dpo })).body['actors'] as Actor[];
/** A request of the customer with the times of its steps, as [time, assignee]; closed at the given time. */
const request = async (customer: string, assigned: [string, string][], closedAt: string | null = null): Promise<void> => {
  const id = randomUUID();
  await register.database.query(
    `INSERT INTO data_request (id, customer_id, kind, received_at, received_by, due_on, assignee, state, outcome, closed_at)
     VALUES ($1, $2, 'access', $3, 'email', '2026-12-01', $4, $5, $6, $7)`,
    [id, customer, assigned[0]![0], assigned.at(-1)![1], closedAt === null ? 'open' : 'done', closedAt === null ? null : 'carried-out', closedAt]);
  for (const [i, [at, assignee]] of assigned.entries()) {
    await register.database.query("INSERT INTO data_request_step (request_id, customer_id, at, actor, actor_kind, step, assignee) VALUES ($1, $2, $3, 'dpo', 'staff', $4, $5)",
      [id, customer, at, i === 0 ? 'received' : 'assigned', assignee]);
  }
};

describe('the report', () => {
  it('counts reads, persons and purposes by actor, the most first', async () => {
    const [a, b] = [await person(), await person()];
    for (const customer of [a, a, b]) await read('2026-03-02T10:00+02:00', 'eino', customer);
    await read('2026-03-02T11:00+02:00', 'eino', a, 'customer-contact');
    await read('2026-03-02T11:00+02:00', 'aino', a);
    for (let i = 0; i < 5; i++) await read('2026-03-02T03:00+02:00', 'shop', b, 'service-messages', 'program');
    await read('2026-03-02T03:00+02:00', a, a, 'rights-and-obligations', 'customer');
    expect(await report('2026-03-02')).toEqual([
      { actor: 'shop', kind: 'program', reads: 5, people: 1, purposes: [{ purpose: 'service-messages', reads: 5 }], outsideCases: null, outsideHours: null },
      {
        actor: 'eino', kind: 'staff', reads: 4, people: 2, purposes: [{ purpose: 'relationship-care', reads: 3 }, { purpose: 'customer-contact', reads: 1 }],
        outsideCases: { reads: 4, people: 2 }, outsideHours: 0,
      },
      expect.objectContaining({ actor: 'aino', reads: 1 }),
    ]);
    expect((await report('2026-03-02', '2026-03-02', 'outside-cases')).map(({ actor }) => actor)).toEqual(['eino', 'aino', 'shop']);
  });

  it('takes a read for inside a case only while the reader had an open request of that person', async () => {
    const [a, b] = [await person(), await person()];
    await request(a, [['2026-03-03T08:00Z', 'contact:data-protection'], ['2026-03-03T09:00Z', 'aino'], ['2026-03-03T11:00Z', 'eino']], '2026-03-03T13:00Z');
    for (const hour of ['08:30', '10:00', '12:00', '14:00']) {
      for (const actor of ['aino', 'eino', 'dpo']) await read(`2026-03-03T${hour}Z`, actor, a);
    }
    await read('2026-03-03T10:00Z', 'aino', b);
    const outside = Object.fromEntries((await report('2026-03-03')).map(({ actor, outsideCases }) => [actor, outsideCases]));
    // Inside: aino at 10, eino at 12, dpo at 8:30.
    expect(outside).toEqual({ aino: { reads: 4, people: 2 }, eino: { reads: 3, people: 1 }, dpo: { reads: 3, people: 1 } });
  });

  it.each([
    ['2026-03-04T06:59+02:00', 1], ['2026-03-04T07:00+02:00', 0], ['2026-03-04T18:59+02:00', 0], ['2026-03-04T19:00+02:00', 1],
    ['2026-03-07T12:00+02:00', 1], ['2026-03-08T12:00+02:00', 1], ['2026-04-03T12:00+03:00', 1], ['2026-06-19T12:00+03:00', 1], ['2026-06-22T12:00+03:00', 0],
  ])('a read at %s lies outside working hours: %i', async (at, expected) => {
    const actor = `staff-${randomUUID()}`;
    await read(at, actor, await person());
    expect((await report(at.slice(0, 10))).find((row) => row.actor === actor)?.outsideHours).toBe(expected);
  });

  it('takes days as days in Finland', async () => {
    const customer = await person();
    await read('2026-05-04T21:00Z', 'late', customer);
    await read('2026-05-05T20:59Z', 'late', customer);
    await read('2026-05-05T21:00Z', 'late', customer);
    expect([await report('2026-05-04'), await report('2026-05-05'), await report('2026-05-06')].map(([row]) => row?.reads)).toEqual([undefined, 2, 1]);
  });

  it('names no person of the register', async () => {
    const customer = await person();
    await read('2026-05-07T12:00Z', customer, customer, 'rights-and-obligations', 'customer');
    await read('2026-05-07T12:00Z', 'aino', customer);
    expect(JSON.stringify(await report('2026-05-07'))).not.toContain(customer);
  });
});

describe('the reads of a person', () => {
  it('tell her when, what and for what, by role and not by name; the data-protection contact sees names', async () => {
    const id = await person();
    const own = await register.token({ kind: 'customer', subject: id, scopes: CUSTOMER_SCOPES });
    await register.call('GET', `/v1/customers/${id}`, { token: await register.token({ kind: 'staff', subject: 'aino', scopes: ROLE_SCOPES['register-staff'] }), headers: { 'lupa-purpose': 'customer-contact' } });
    await register.call('GET', `/v1/customers/${id}`);
    await register.call('GET', `/v1/customers/${id}`, { token: own });
    const hers = (await register.call('GET', `/v1/customers/${id}/reads`, { token: own })).body;
    expect(hers['reads']).toEqual([
      { at: expect.any(String), purpose: 'rights-and-obligations', fields: ['contact.lastName'], reader: { kind: 'customer', roles: [], name: null } },
      { at: expect.any(String), purpose: 'relationship-care', fields: ['contact.lastName'], reader: { kind: 'program', roles: [], name: 'shop' } },
      { at: expect.any(String), purpose: 'customer-contact', fields: ['contact.lastName'], reader: { kind: 'staff', roles: ['register-staff'], name: null } },
    ]);
    const seen = (await register.call('GET', `/v1/customers/${id}/reads`, { token: dpo })).body['reads'] as { reader: object; fields: string[] }[];
    expect(seen[0]).toMatchObject({ fields: ['reads'], reader: { kind: 'customer', name: null } });
    expect(seen.at(-1)).toMatchObject({ reader: { kind: 'staff', name: 'aino' } });
  });

  it('come page by page, each once', async () => {
    const id = await person();
    for (let i = 0; i < 5; i++) await read(`2026-05-1${i}T12:00Z`, 'aino', id);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null && seen.length < 20) {
      const { body }: { body: Record<string, unknown> } = await register.call('GET', `/v1/customers/${id}/reads?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`, { token: dpo });
      seen.push(...(body['reads'] as { at: string }[]).map(({ at }) => at.slice(0, 10)));
      cursor = body['next'] as string | null;
    }
    expect(seen).toEqual(['2026-05-14', '2026-05-13', '2026-05-12', '2026-05-11', '2026-05-10']);
  });
});

it('nobody who was read stands in a log', () => {
  expect(register.log.length).toBeGreaterThan(30);
  expect(register.log.join('\n').toLowerCase()).not.toContain(MARKER.toLowerCase());
});
