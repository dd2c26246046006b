import { jest } from '@jest/globals';
import { decodeJwt } from 'jose';
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { hashPassword } from '#register/access/passwords.service.js';
import { CUSTOMER_SCOPES, scopesOf } from '#register/access/roles.js';
import { registerDataSource } from '#register/database/data-source.js';
import { createTestDatabase, type TestDatabase } from '#test/support/database.js';
import { addPrograms, type Answer, basic, call, grant, type Instance, SECRET, start } from './access.app.js';

// A password costs 19 MiB and some 30 ms to check, more on a busy machine.
jest.setTimeout(30_000);

const PASSWORD = 'oikea hevonen paristo';
const CUSTOMER = randomUUID();
let database: TestDatabase;
let dataSource: DataSource;
let first: Instance;

beforeAll(async () => {
  database = await createTestDatabase('access', registerDataSource);
  dataSource = await registerDataSource(database.url, 4).initialize();
  first = await start(dataSource);
  await addPrograms(dataSource);
  await dataSource.query('INSERT INTO staff (username, password_hash, roles) VALUES ($1, $2, $3)', ['ritva', await hashPassword(PASSWORD), ['marketing', 'admin']]);
  await dataSource.query(`INSERT INTO customer (id, ref, provenance) VALUES ($1, $2, '{}')`, [CUSTOMER, randomUUID()]);
});
afterAll(async () => {
  await first.app.close();
  await dataSource.destroy();
  await database.drop();
});
beforeEach(() => dataSource.query('DELETE FROM login_failure'));

describe('a program', () => {
  const token = (body: object | URLSearchParams, headers?: Record<string, string>): Promise<Answer> => call('POST', `${first.base}/v1/token`, body, headers);

  it.each([
    ['a form and Basic', new URLSearchParams(grant), basic('web-shop', SECRET)],
    ['a form', new URLSearchParams({ ...grant, client_id: 'web-shop', client_secret: SECRET }), {}],
    ['JSON', { ...grant, client_id: 'web-shop', client_secret: SECRET }, {}],
  ])('gets a token by %s, which the service takes', async (_name, body, headers) => {
    const { status, body: answer, headers: received } = await token(body, headers);
    expect(status).toBe(200);
    expect(answer).toEqual({ access_token: expect.any(String) as string, token_type: 'Bearer', expires_in: 900, scope: 'freshness:read customer-tokens:mint' });
    expect(received.get('cache-control')).toBe('no-store');
    const who = await call('GET', `${first.base}/who`, undefined, { authorization: `Bearer ${String(answer['access_token'])}` });
    expect(who.body).toEqual({ kind: 'program', subject: 'web-shop', roles: [], scopes: ['freshness:read', 'customer-tokens:mint'] });
  });

  it('gets fewer scopes when it asks for fewer', async () => {
    const { body } = await token({ ...grant, scope: 'freshness:read' }, basic('web-shop', SECRET));
    expect(body['scope']).toBe('freshness:read');
  });

  const refusals: [string, object, Record<string, string>, number, string][] = [
    ['a wrong secret', grant, basic('web-shop', 'x'), 401, 'invalid_client'],
    ['an unknown client', grant, basic('nobody', SECRET), 401, 'invalid_client'],
    ['a disabled client', grant, basic('gone', SECRET), 401, 'invalid_client'],
    ['no client', grant, {}, 401, 'invalid_client'],
    ['NUL in the client id', grant, basic('web\0', SECRET), 401, 'invalid_client'],
    ['no grant type', {}, basic('web-shop', SECRET), 400, 'invalid_request'],
    ['another grant type', { grant_type: 'password' }, basic('web-shop', SECRET), 400, 'unsupported_grant_type'],
    ['a scope it may not have', { ...grant, scope: 'audience:query' }, basic('web-shop', SECRET), 400, 'invalid_scope'],
  ];
  it.each(refusals)('is refused for %s with the code of RFC 6749', async (_name, body, headers, status, error) => {
    const answer = await token(body, headers);
    expect([answer.status, answer.body['error']]).toEqual([status, error]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Basic realm="lupa"' : null);
  });
});

describe('a member of staff', () => {
  const login = (username: string, password: string): Promise<Answer> => call('POST', `${first.base}/v1/staff/token`, { username, password });

  it('gets a token with the scopes of the roles', async () => {
    const { status, body } = await login('Ritva ', PASSWORD);
    expect(status).toBe(200);
    expect(decodeJwt(String(body['access_token']))).toMatchObject({ kind: 'staff', sub: 'ritva', roles: ['marketing', 'admin'], iss: 'lupa-register', aud: 'lupa' });
    expect(String(body['scope']).split(' ')).toEqual(scopesOf(['marketing', 'admin']));
  });

  it('is refused alike for a wrong name and a wrong password', async () => {
    const [wrongName, wrongPassword] = await Promise.all([login('nobody', PASSWORD), login('ritva', 'wrong')]);
    expect(wrongName.status).toBe(401);
    expect(wrongName.body).toEqual(wrongPassword.body);
  });

  it('is stopped after five failures, even with the right password, until the window has passed', async () => {
    for (let failure = 0; failure < 5; failure += 1) expect((await login('ritva', 'wrong')).status).toBe(401);
    const stopped = await login('ritva', PASSWORD);
    expect([stopped.status, stopped.body['type']]).toEqual([429, '/problems/too-many-logins']);
    expect(Number(stopped.headers.get('retry-after'))).toBeGreaterThan(880);
    expect(Number(stopped.headers.get('retry-after'))).toBeLessThanOrEqual(900);
    await dataSource.query(`UPDATE login_failure SET window_start = window_start - interval '15 minutes 1 second'`);
    expect((await login('ritva', PASSWORD)).status).toBe(200);
  });

  it('cannot be guessed faster in parallel', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => login('ritva', 'wrong')));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(7);
  });

  it('starts anew after a login that works', async () => {
    for (let round = 0; round < 3; round += 1) {
      for (let failure = 0; failure < 4; failure += 1) await login('ritva', 'wrong');
      expect((await login('ritva', PASSWORD)).status).toBe(200);
    }
  });

  it('is stopped by address after twenty failures under any names', async () => {
    for (let failure = 0; failure < 20; failure += 1) expect((await login(`guess-${failure}`, 'wrong')).status).toBe(401);
    expect((await login('ritva', PASSWORD)).status).toBe(429);
  });

  it('leaves no name and no address in the table of failures', async () => {
    await login('marker-name', 'wrong');
    const rows: { text: string }[] = await dataSource.query(`SELECT encode(subject, 'escape') AS text FROM login_failure`);
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toMatch(/marker-name|127\.0\.0\.1/);
  });
});

describe('a customer', () => {
  it('gets a token of ten minutes for her own data, minted by a program', async () => {
    const { body: shop } = await call('POST', `${first.base}/v1/token`, grant, basic('web-shop', SECRET));
    const headers = { authorization: `Bearer ${String(shop['access_token'])}` };
    const { status, body } = await call('POST', `${first.base}/v1/customers/${CUSTOMER.toUpperCase()}/token`, undefined, headers);
    expect([status, body['expires_in']]).toEqual([200, 600]);
    expect(decodeJwt(String(body['access_token']))).toMatchObject({ kind: 'customer', sub: CUSTOMER, scope: CUSTOMER_SCOPES.join(' ') });
    const missing = await call('POST', `${first.base}/v1/customers/${randomUUID()}/token`, undefined, headers);
    expect([missing.status, missing.body['type']]).toEqual([404, '/problems/customer-not-found']);
    const notById = await call('POST', `${first.base}/v1/customers/nobody/token`, undefined, headers);
    expect(notById.status).toBe(422);
  });

  it('cannot mint tokens herself', async () => {
    expect((await call('POST', `${first.base}/v1/customers/${CUSTOMER}/token`)).status).toBe(401);
  });
});
