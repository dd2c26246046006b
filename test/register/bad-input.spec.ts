import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type CallOptions, decision, newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';

/** In everything bad that is sent; must come back nowhere and stand in no log. */
const MARKER = `Marker${randomUUID().replaceAll('-', '')}`;

let register: TestRegister;
let id: string;
beforeAll(async () => {
  register = await startTestRegister('bad-input');
  id = String((await register.call('POST', '/v1/customers', { body: newCustomer() })).body['id']);
});
afterAll(async () => { await register.stop(); });

interface Case {
  readonly name: string;
  readonly method?: string;
  readonly path?: () => string;
  readonly options: () => CallOptions | Promise<CallOptions>;
  readonly status: number;
  readonly problem: string;
  /** Where the error points, and its code. */
  readonly error?: readonly [string, string];
}

const contact = (over: object) => () => ({ body: { contact: { firstName: MARKER, ...over } } });

const CASES: readonly Case[] = [
  { name: 'an unknown field', options: contact({ nickname: MARKER }), status: 422, problem: 'invalid-request', error: ['#/contact/nickname', 'unknown-field'] },
  { name: 'a personal identity code in a name', options: contact({ lastName: `${MARKER} 131052-308T` }), status: 422, problem: 'invalid-request', error: ['#/contact/lastName', 'personal-identity-code'] },
  { name: 'a personal identity code in an email', options: contact({ email: `131052-308T@${MARKER}.fi` }), status: 422, problem: 'invalid-request', error: ['#/contact/email', 'personal-identity-code'] },
  { name: 'an email that is none', options: contact({ email: `${MARKER} at example` }), status: 422, problem: 'invalid-request', error: ['#/contact/email', 'wrong-format'] },
  { name: 'a phone number that is none', options: contact({ phone: MARKER }), status: 422, problem: 'invalid-request', error: ['#/contact/phone', 'phone-number'] },
  { name: 'a postal code that is not of the country', options: contact({ address: { street: MARKER, postalCode: '4300', city: MARKER } }), status: 422, problem: 'invalid-request', error: ['#/contact/address/postalCode', 'postal-code'] },
  { name: 'a name of a thousand characters', options: contact({ lastName: MARKER.repeat(30) }), status: 422, problem: 'invalid-request', error: ['#/contact/lastName', 'too-long'] },
  { name: 'a control character', options: contact({ lastName: `${MARKER}\u0007` }), status: 422, problem: 'invalid-request', error: ['#/contact/lastName', 'wrong-format'] },
  { name: 'a product group that is none', options: () => ({ body: { ...newCustomer(), interests: ['balloons', MARKER.toLowerCase()] } }), status: 422, problem: 'invalid-request', error: ['#/interests/1', 'not-allowed'] },
  { name: 'a public source without its citation', options: () => ({ body: { ...newCustomer(), source: { kind: 'public' } } }), status: 422, problem: 'invalid-request', error: ['#/source/citation', 'required'] },
  { name: 'a name of one megabyte', options: contact({ lastName: MARKER.repeat(30_000) }), status: 413, problem: 'body-too-large' },
  { name: 'invalid UTF-8', options: () => ({ raw: Buffer.concat([Buffer.from(`{"contact":{"firstName":"${MARKER}`), Buffer.from([0xc3, 0x28]), Buffer.from('"}}')]) }), status: 400, problem: 'malformed-json' },
  { name: 'JSON cut short', options: () => ({ raw: `{"contact":{"firstName":"${MARKER}` }), status: 400, problem: 'malformed-json' },
  { name: 'another content type', options: () => ({ raw: `<name>${MARKER}</name>`, headers: { 'content-type': 'application/xml' } }), status: 415, problem: 'unsupported-media-type' },
  { name: 'no token', options: () => ({ body: newCustomer(), headers: { authorization: undefined } }), status: 401, problem: 'token-missing' },
  { name: 'an expired token', options: async () => ({ body: newCustomer(), token: await register.token({ lifetime: -60 }) }), status: 401, problem: 'token-expired' },
  { name: 'a token with a broken signature', options: async () => ({ body: newCustomer(), token: `${(await register.token({})).slice(0, -6)}AAAAAA` }), status: 401, problem: 'token-invalid' },
  { name: 'a token without the scope', options: async () => ({ body: newCustomer(), token: await register.token({ scopes: ['customers:read'] }) }), status: 403, problem: 'scope-missing' },
  { name: 'another customer’s id', method: 'GET', path: () => `/v1/customers/${id}`, options: async () => ({ token: await register.token({ kind: 'customer', subject: randomUUID(), scopes: ['customers:read'] }) }), status: 403, problem: 'not-own-data' },
  { name: 'an id that nobody has', method: 'GET', path: () => `/v1/customers/${randomUUID()}`, options: () => ({}), status: 404, problem: 'customer-not-found' },
  { name: 'an id that is none', method: 'GET', path: () => `/v1/customers/${MARKER}`, options: () => ({}), status: 422, problem: 'invalid-request', error: ['id', 'wrong-format'] },
  { name: 'no Idempotency-Key', options: () => ({ body: newCustomer(), headers: { 'idempotency-key': undefined } }), status: 400, problem: 'idempotency-key-missing' },
  { name: 'no If-Match', method: 'PATCH', path: () => `/v1/customers/${id}`, options: () => ({ body: { contact: { lastName: MARKER } } }), status: 428, problem: 'if-match-missing' },
  { name: 'a stale If-Match', method: 'PATCH', path: () => `/v1/customers/${id}`, options: () => ({ body: { contact: { lastName: MARKER } }, headers: { 'if-match': '"99"' } }), status: 412, problem: 'version-mismatch' },
  { name: 'a channel that is none', method: 'PUT', path: () => `/v1/customers/${id}/consents/marketing/fax`, options: () => ({ body: decision() }), status: 422, problem: 'invalid-request', error: ['channel', 'not-allowed'] },
  { name: 'a personal identity code as a source system', method: 'PUT', path: () => `/v1/customers/${id}/consents/marketing/email`, options: () => ({ body: decision({ sourceSystem: '131052-308t' }) }), status: 422, problem: 'invalid-request', error: ['#/sourceSystem', 'personal-identity-code'] },
  { name: 'a decision of the year 0', method: 'PUT', path: () => `/v1/customers/${id}/consents/marketing/email`, options: () => ({ body: decision({ decidedAt: '0000-01-01T00:00:00Z' }) }), status: 422, problem: 'invalid-request', error: ['#/decidedAt', 'too-early'] },
  { name: 'a wording of a version that no database can hold', method: 'GET', path: () => '/v1/wordings/newsletter/2147483648/fi', options: () => ({}), status: 422, problem: 'invalid-request', error: ['version', 'too-big'] },
  { name: 'a search without anything to look for', path: () => '/v1/customers/search', options: () => ({ body: {} }), status: 422, problem: 'invalid-request' },
  { name: 'an address that leads nowhere', method: 'GET', path: () => `/v1/${MARKER}`, options: () => ({}), status: 404, problem: 'route-not-found' },
  { name: 'a method that is not taken', method: 'DELETE', path: () => '/v1/customers', options: () => ({}), status: 405, problem: 'method-not-allowed' },
];

describe('bad input', () => {
  it.each(CASES)('$name gets its problem, which repeats nothing of it', async ({ method = 'POST', path, options, status, problem, error }) => {
    const before = await rows();
    const answer = await register.call(method, path?.() ?? '/v1/customers', await options());
    expect([answer.status, answer.body['type']]).toEqual([status, `/problems/${problem}`]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    if (error) expect(answer.body['errors']).toContainEqual(expect.objectContaining({ pointer: error[0], code: error[1] }));
    expect(JSON.stringify(answer.body).toLowerCase()).not.toContain(MARKER.toLowerCase());
    expect(await rows()).toBe(before);
  });

  it('every problem is documented where its type points to', async () => {
    for (const problem of new Set(CASES.map((c) => c.problem))) {
      const answer = await register.call('GET', `/problems/${problem}`);
      expect([problem, answer.status]).toEqual([problem, 200]);
    }
  });

  it('stands in no log, neither of the service nor of its servers', () => {
    expect(register.log.length).toBeGreaterThan(CASES.length);
    const ofServers = serverLogs();
    if (process.env['LUPA_TEST_LOG_DIRECTORY'] !== undefined) expect(ofServers.length).toBeGreaterThan(1);
    const logs = [...register.log, ...ofServers].join('\n').toLowerCase();
    expect(logs).not.toContain(MARKER.toLowerCase());
    expect(logs).not.toContain(id);
  });
});

const rows = async (): Promise<string> => {
  const tables = ['customer', 'consent', 'consent_record', 'idempotency_key', 'sync_pending'];
  const counts = await Promise.all(tables.map((t) => register.database.query<{ n: number }[]>(`SELECT count(*)::int AS n FROM ${t}`)));
  return JSON.stringify(counts);
};

/** What PostgreSQL, the broker and the services under test have logged so far, under `npm test`. */
function serverLogs(): string[] {
  const root = process.env['LUPA_TEST_LOG_DIRECTORY'];
  if (root === undefined) return [];
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => join(root, name))
    .filter((path) => path.endsWith('.log') && statSync(path).isFile())
    .map((path) => readFileSync(path, 'utf8'));
}
