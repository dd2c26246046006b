import { randomUUID } from 'node:crypto';
import { decision, newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';

let register: TestRegister;
beforeAll(async () => { register = await startTestRegister('customers'); });
afterAll(async () => { await register.stop(); });

const idOf = async (body = newCustomer()): Promise<string> => String((await register.call('POST', '/v1/customers', { body })).body['id']);
const count = async (table: string): Promise<number> => {
  const [row] = await register.database.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM ${table}`);
  return row?.count ?? -1;
};

describe('registering a customer', () => {
  it('answers 201 with Location, ETag and a receipt without personal data', async () => {
    const answer = await register.call('POST', '/v1/customers', { body: newCustomer() });
    expect(answer.status).toBe(201);
    expect(Object.keys(answer.body)).toEqual(['id', 'version']);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.headers.get('location')).toBe(`/v1/customers/${String(answer.body['id'])}`);
  });

  it('normalises what it stores and keeps the source of every field', async () => {
    const email = `Aino.${randomUUID()}@Example.FI`;
    const id = await idOf({
      contact: { firstName: '  Aino ', email, phone: '045 120 6627', address: { street: 'Moukarinkuja 4 C 1', postalCode: '04300', city: 'Tuusula' }, language: 'fi' },
      demographics: { birthYear: 1987 }, interests: ['birthday', 'balloons', 'balloons'], source: { kind: 'staff' },
    });
    const { body } = await register.call('GET', `/v1/customers/${id}`);
    expect(body['contact']).toEqual({
      firstName: 'Aino', lastName: null, email, phone: '+358451206627', language: 'fi',
      address: { street: 'Moukarinkuja 4 C 1', postalCode: '04300', city: 'Tuusula', country: 'FI' },
    });
    expect(body['interests']).toEqual(['balloons', 'birthday']);
    const sources = body['sources'] as Record<string, Record<string, unknown>>;
    expect(Object.keys(sources).sort()).toEqual([
      'contact.address', 'contact.email', 'contact.firstName', 'contact.language', 'contact.phone', 'demographics.birthYear', 'interests',
    ]);
    expect(sources['contact.email']).toMatchObject({ source: 'staff', actor: 'shop' });
  });

  it('refuses an email that another customer has, however it is written', async () => {
    const local = randomUUID();
    await idOf({ contact: { email: `${local}@example.fi` } });
    const answer = await register.call('POST', '/v1/customers', { body: { contact: { email: ` ${local.toUpperCase()}@EXAMPLE.fi` } } });
    expect([answer.status, answer.body['type']]).toEqual([409, '/problems/email-taken']);
  });

  it('creates exactly one of many that come at once with the same email', async () => {
    const body = newCustomer();
    const answers = await Promise.all(Array.from({ length: 12 }, () => register.call('POST', '/v1/customers', { body })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(11).fill(409)]);
  });
});

describe('whoever may write customers and no consents', () => {
  it('registers somebody without a consent, and nobody with one', async () => {
    const token = await register.token({ kind: 'staff', subject: 'ritva', scopes: ['customers:write'] });
    const before = await count('customer');
    const consents = [{ purpose: 'marketing', channel: 'email', ...decision() }];
    const refused = await register.call('POST', '/v1/customers', { token, body: newCustomer({ consents }) });
    expect([refused.status, refused.body]).toMatchObject([403, { type: '/problems/scope-missing', missingScopes: ['consents:write'] }]);
    expect(await count('customer')).toBe(before);
    for (const none of [{}, { consents: [] }]) expect((await register.call('POST', '/v1/customers', { token, body: newCustomer(none) })).status).toBe(201);
    const both = await register.token({ kind: 'staff', subject: 'ritva', scopes: ['customers:write', 'consents:write'] });
    expect((await register.call('POST', '/v1/customers', { token: both, body: newCustomer({ consents }) })).status).toBe(201);
  });
});

describe('whose word it is when nobody says so', () => {
  const sourceAfter = async (kind: 'staff' | 'program', stated: object = {}): Promise<unknown[]> => {
    const id = await idOf();
    await register.database.query("UPDATE customer SET active_at = now() - interval '1 year' WHERE id = $1", [id]);
    const token = await register.token({ kind, subject: 'ritva' });
    expect((await register.call('PATCH', `/v1/customers/${id}`, { token, body: { contact: { lastName: 'Laine' }, ...stated }, headers: { 'if-match': '"1"' } })).status).toBe(200);
    const { body } = await register.call('GET', `/v1/customers/${id}`);
    const sources = body['sources'] as Record<string, { source: string }>;
    return [sources['contact.lastName']?.source, Date.parse(String(body['activeAt'])) > Date.now() - 86_400_000];
  };

  it.each([
    ['staff correct: theirs, and no sign of life', 'staff', {}, ['staff', false]], ['staff correct as she told them: hers', 'staff', { source: { kind: 'customer' } }, ['customer', true]],
    ['a program corrects: hers', 'program', {}, ['customer', true]],
  ] as const)('%s', async (_, kind, stated, expected) => {
    expect(await sourceAfter(kind, stated)).toEqual(expected);
  });

  it('staff register: theirs', async () => {
    const token = await register.token({ kind: 'staff', subject: 'ritva' });
    const { body } = await register.call('POST', '/v1/customers', { token, body: newCustomer() });
    expect((await register.call('GET', `/v1/customers/${String(body['id'])}`)).body['sources']).toMatchObject({ 'contact.email': { source: 'staff', actor: 'ritva' } });
  });
});

describe('an Idempotency-Key', () => {
  it('gives the same answer to the same request and creates nothing twice', async () => {
    const options = { body: newCustomer(), headers: { 'idempotency-key': randomUUID() } };
    const first = await register.call('POST', '/v1/customers', options);
    const before = await count('customer');
    const second = await register.call('POST', '/v1/customers', options);
    expect([second.status, second.body, second.headers.get('etag')]).toEqual([first.status, first.body, first.headers.get('etag')]);
    expect(await count('customer')).toBe(before);
  });

  it('answers 422 to another body, and 409 while the first request is under way', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = newCustomer();
    const answers = await Promise.all(Array.from({ length: 8 }, () => register.call('POST', '/v1/customers', { body, headers })));
    const statuses = new Set(answers.map(({ status }) => status));
    expect(statuses.has(201)).toBe(true);
    expect([...statuses].filter((status) => status !== 201 && status !== 409)).toEqual([]);
    expect(answers.filter(({ status }) => status === 409).every((a) => a.body['type'] === '/problems/idempotency-in-progress')).toBe(true);
    const other = await register.call('POST', '/v1/customers', { body: newCustomer(), headers });
    expect([other.status, other.body['type']]).toEqual([422, '/problems/idempotency-key-reused']);
  });

  it('of one caller says nothing to another', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    await register.call('POST', '/v1/customers', { body: newCustomer(), headers });
    const other = await register.call('POST', '/v1/customers', { body: newCustomer(), headers, token: await register.token({ subject: 'other-shop' }) });
    expect(other.status).toBe(201);
  });

  it('is stored only as keyed hashes', async () => {
    const headers = { 'idempotency-key': `visible-key-${randomUUID()}` };
    await register.call('POST', '/v1/customers', { body: newCustomer(), headers });
    const [{ dump } = { dump: '' }] = await register.database.query<{ dump: string }[]>("SELECT string_agg(to_jsonb(k)::text, '') AS dump FROM idempotency_key k");
    expect(dump).not.toContain('visible-key');
    expect(dump).not.toContain('example.fi');
  });
});

describe('correcting a customer', () => {
  it('needs the version that was read', async () => {
    const id = await idOf();
    const patch = (ifMatch?: string) => register.call('PATCH', `/v1/customers/${id}`, { body: { contact: { lastName: 'Korhonen' } }, headers: { 'if-match': ifMatch } });
    expect((await patch()).body['type']).toBe('/problems/if-match-missing');
    expect((await patch('"1"')).headers.get('etag')).toBe('"2"');
    expect((await patch('"1"')).status).toBe(412);
  });

  it('clears what is null, keeps what is absent and forgets the source of what is cleared', async () => {
    const id = await idOf({ contact: { firstName: 'Aino', phone: '045 120 6627' } });
    await register.call('PATCH', `/v1/customers/${id}`, { body: { contact: { phone: null } }, headers: { 'if-match': '"1"' } });
    const { body } = await register.call('GET', `/v1/customers/${id}`);
    expect(body['contact']).toMatchObject({ firstName: 'Aino', phone: null });
    expect(Object.keys(body['sources'] as object)).toEqual(['contact.firstName']);
  });

  it('from a public source never overwrites what she told herself', async () => {
    const id = await idOf({ contact: { firstName: 'Aino' } });
    const source = { kind: 'public', citation: 'Postiluettelo 2026' };
    const patch = (contact: object, version: number) => register.call('PATCH', `/v1/customers/${id}`, { body: { contact, source }, headers: { 'if-match': `"${version}"` } });
    const refused = await patch({ firstName: 'Eino' }, 1);
    expect([refused.status, refused.body['type']]).toEqual([409, '/problems/source-outranked']);
    expect((await patch({ lastName: 'Virtanen' }, 1)).status).toBe(200);
  });

  it('to a taken email is refused and changes nothing', async () => {
    const email = `${randomUUID()}@example.fi`;
    await idOf({ contact: { email } });
    const id = await idOf();
    const answer = await register.call('PATCH', `/v1/customers/${id}`, { body: { contact: { email } }, headers: { 'if-match': '"1"' } });
    expect([answer.status, answer.body['type']]).toEqual([409, '/problems/email-taken']);
    expect((await register.call('GET', `/v1/customers/${id}`)).body['version']).toBe(1);
  });

  it('is refused while processing is restricted', async () => {
    const id = await idOf();
    await register.call('PUT', `/v1/customers/${id}/restriction`, { body: { reason: 'accuracy-contested' } });
    const answer = await register.call('PATCH', `/v1/customers/${id}`, { body: { contact: { lastName: 'X' } }, headers: { 'if-match': '"2"' } });
    expect([answer.status, answer.body['type']]).toEqual([409, '/problems/customer-restricted']);
  });
});

describe('finding customers', () => {
  it('by email in any writing, by phone, by the beginning of the last name', async () => {
    const unique = randomUUID();
    const id = await idOf({ contact: { lastName: `Zz%_${unique}`, email: `${unique}@example.fi`, phone: '+358 40 765 4321' } });
    for (const query of [{ email: `${unique.toUpperCase()}@EXAMPLE.FI` }, { phone: '0407654321' }, { name: `zz%_${unique.slice(0, 8)}` }]) {
      const { body } = await register.call('POST', '/v1/customers/search', { body: query });
      expect((body['customers'] as { id: string }[]).map((customer) => customer.id)).toEqual([id]);
    }
    const { body } = await register.call('POST', '/v1/customers/search', { body: { name: 'zz%%' } });
    expect(body['customers']).toEqual([]);
  });

  it('page by page, each exactly once, in the order of registration', async () => {
    const created: string[] = [];
    for (let i = 0; i < 5; i++) created.push(await idOf());
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await register.call('GET', `/v1/customers?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`);
      seen.push(...(body['customers'] as { id: string }[]).map(({ id }) => id));
      cursor = body['next'] as string | null;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.slice(-5)).toEqual(created);
  });
});

describe('the read log', () => {
  it('holds who read which fields of whom, and for what, before the answer is given', async () => {
    const id = await idOf(newCustomer({ consents: [{ purpose: 'marketing', channel: 'email', ...decision() }] }));
    await register.call('GET', `/v1/customers/${id}`, { headers: { 'lupa-purpose': 'customer-contact' } });
    const rows = await register.database.query<object[]>('SELECT actor, actor_kind, purpose, route, fields FROM access_log WHERE customer_id = $1', [id]);
    expect(rows).toEqual([{
      actor: 'shop', actor_kind: 'program', purpose: 'customer-contact', route: 'GET /v1/customers/:id',
      fields: ['consents', 'contact.email', 'contact.firstName', 'contact.lastName'],
    }]);
  });

  it('is needed for every answer: without a known purpose nothing is read', async () => {
    const id = await idOf();
    const none = await register.call('GET', `/v1/customers/${id}`, { headers: { 'lupa-purpose': undefined } });
    const unknown = await register.call('GET', `/v1/customers/${id}`, { headers: { 'lupa-purpose': 'curiosity' } });
    expect([none.body['type'], unknown.body['type']]).toEqual(['/problems/purpose-missing', '/problems/purpose-unknown']);
    const rows = await register.database.query<object[]>('SELECT 1 FROM access_log WHERE customer_id = $1', [id]);
    expect(rows).toEqual([]);
  });
});
