// Over 250 lines because every token, throttle and key test shares one running application.
import { Controller, Get, Global, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { randomBytes, randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { CurrentCaller, Scopes, type Caller } from '#auth/access.js';
import { assertEveryRouteStatesItsScope } from '#auth/assert-scopes.js';
import { createHttpApp } from '#http/create-http-app.js';
import { JsonLogger } from '#http/logger.js';
import { AccessModule } from '#register/access/access.module.js';
import { hashPassword, hashSecret } from '#register/access/passwords.service.js';
import { KeyRing } from '#register/access/key-ring.service.js';
import { registerDataSource } from '#register/database/data-source.js';
import { REGISTER_CONFIG, type RegisterConfig } from '#register/register.config.js';
import { createTestDatabase, type TestDatabase } from '#test/support/database.js';
import { waitFor } from '#test/support/wait-for.js';

const config: Pick<RegisterConfig, 'indexKey' | 'keyEncryptionKey' | 'tokenIssuer'> = {
  indexKey: randomBytes(32),
  keyEncryptionKey: randomBytes(32),
  tokenIssuer: 'lupa-register',
};
const SECRET = 'a'.repeat(20) + ':+ %' + 'b'.repeat(20);
const PASSWORD = 'oikea hevonen paristo';
const CUSTOMER = randomUUID();

@Controller('who')
class WhoController {
  @Get()
  @Scopes('freshness:read')
  read(@CurrentCaller() caller: Caller): Caller {
    return caller;
  }
}

interface Instance {
  app: NestFastifyApplication;
  base: string;
  keyRing: KeyRing;
}

async function start(dataSource: DataSource, configuration = config): Promise<Instance> {
  @Global()
  @Module({
    providers: [{ provide: DataSource, useValue: dataSource }, { provide: REGISTER_CONFIG, useValue: configuration }],
    exports: [DataSource, REGISTER_CONFIG],
  })
  class FoundationModule {}
  @Module({ imports: [FoundationModule, AccessModule], controllers: [WhoController] })
  class RootModule {}
  const app = await createHttpApp(RootModule, {
    service: 'access',
    api: { title: 'Access', description: '', version: '1' },
    logger: new JsonLogger('access', 'silent'),
  });
  await app.listen(0, '127.0.0.1');
  return { app, base: await app.getUrl(), keyRing: app.get(KeyRing, { strict: false }) };
}

interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}
async function call(method: string, url: string, body?: object | URLSearchParams, headers: Record<string, string> = {}): Promise<Answer> {
  const isForm = body instanceof URLSearchParams;
  const response = await fetch(url, {
    method,
    headers: { ...(body && !isForm ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body ? { body: isForm ? body : JSON.stringify(body) } : {}),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> };
}

let database: TestDatabase;
let dataSource: DataSource;
let first: Instance;

beforeAll(async () => {
  database = await createTestDatabase('access', registerDataSource);
  dataSource = await registerDataSource(database.url, 4).initialize();
  first = await start(dataSource);
  await dataSource.query('INSERT INTO program (id, secret_hash, scopes) VALUES ($1, $2, $3), ($4, $2, $3)', [
    'web-shop', hashSecret(SECRET, config.indexKey), ['freshness:read', 'customer-tokens:mint'], 'gone',
  ]);
  await dataSource.query(`UPDATE program SET disabled_at = now() WHERE id = 'gone'`);
  await dataSource.query('INSERT INTO staff (username, password_hash, roles) VALUES ($1, $2, $3)', ['ritva', await hashPassword(PASSWORD), ['marketing', 'admin']]);
  await dataSource.query(`INSERT INTO customer (id, ref, provenance) VALUES ($1, $2, '{}')`, [CUSTOMER, randomUUID()]);
});
afterAll(async () => {
  await first.app.close();
  await dataSource.destroy();
  await database.drop();
});
beforeEach(() => dataSource.query('DELETE FROM login_failure'));

const basic = (id: string, secret: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
});
const grant = { grant_type: 'client_credentials' };

describe('a program', () => {
  const token = (body: object | URLSearchParams, headers?: Record<string, string>): Promise<Answer> => call('POST', `${first.base}/v1/token`, body, headers);

  it.each([
    ['a form and Basic', new URLSearchParams(grant), basic('web-shop', SECRET)],
    ['a form', new URLSearchParams({ ...grant, client_id: 'web-shop', client_secret: SECRET }), {}],
    ['JSON', { ...grant, client_id: 'web-shop', client_secret: SECRET }, {}],
  ])('gets a token by %s, which the service takes', async (_name, body, headers) => {
    const { status, body: answer, headers: received } = await token(body, headers);
    expect(status).toBe(200);
    expect(answer).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 900, scope: 'freshness:read customer-tokens:mint' });
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
    expect(String(body['scope']).split(' ')).toEqual(['audience:count', 'audience:query', 'freshness:read', 'register:operate', 'wordings:read', 'wordings:write']);
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
    expect(decodeJwt(String(body['access_token']))).toMatchObject({ kind: 'customer', sub: CUSTOMER, scope: 'customers:read consents:read consents:write erasures:write' });
    const missing = await call('POST', `${first.base}/v1/customers/${randomUUID()}/token`, undefined, headers);
    expect([missing.status, missing.body['type']]).toEqual([404, '/problems/customer-not-found']);
    const notById = await call('POST', `${first.base}/v1/customers/nobody/token`, undefined, headers);
    expect(notById.status).toBe(422);
  });

  it('cannot mint tokens herself', async () => {
    expect((await call('POST', `${first.base}/v1/customers/${CUSTOMER}/token`)).status).toBe(401);
  });
});

describe('the key ring', () => {
  const kids = async ({ base }: Instance): Promise<string[]> =>
    ((await call('GET', `${base}/.well-known/jwks.json`)).body['keys'] as { kid: string }[]).map(({ kid }) => kid);
  const signedBy = async ({ base }: Instance): Promise<string | undefined> =>
    decodeProtectedHeader(String((await call('POST', `${base}/v1/token`, grant, basic('web-shop', SECRET))).body['access_token'])).kid;

  it('publishes public parts only, and lets caches keep them', async () => {
    const { body, headers } = await call('GET', `${first.base}/.well-known/jwks.json`);
    expect(headers.get('cache-control')).toMatch(/public, max-age=\d+/);
    for (const key of body['keys'] as Record<string, unknown>[]) expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });

  it('holds no private key in the clear', async () => {
    const [row]: [{ private_key: Buffer }] = await dataSource.query('SELECT private_key FROM signing_key LIMIT 1');
    expect(row.private_key.includes('"d"')).toBe(false);
  });

  it('is made once, however many instances boot at the same time', async () => {
    await dataSource.query('DELETE FROM signing_key');
    const instances = await Promise.all([start(dataSource), start(dataSource), start(dataSource)]);
    try {
      const published = await Promise.all(instances.map(kids));
      expect(published[0]).toHaveLength(1);
      expect(new Set(published.flat()).size).toBe(1);
    } finally {
      await Promise.all(instances.map(({ app }) => app.close()));
      await first.keyRing.onModuleInit();
    }
  });

  it('publishes the next key at once, signs with it later, and drops the old one in the end', async () => {
    const [old] = await kids(first);
    const { body: held } = await call('POST', `${first.base}/v1/token`, grant, basic('web-shop', SECRET));
    const { kid } = await first.keyRing.rotate();
    expect(await kids(first)).toEqual([old, kid]);
    expect(await signedBy(first)).toBe(old);

    // A minute and more later, seen by an instance that boots then.
    await dataSource.query(`UPDATE signing_key SET signs_from = signs_from - interval '61 seconds', retires_at = retires_at - interval '61 seconds'`);
    const second = await start(dataSource);
    try {
      expect(await signedBy(second)).toBe(kid);
      const who = await call('GET', `${second.base}/who`, undefined, { authorization: `Bearer ${String(held['access_token'])}` });
      expect(who.status).toBe(200);
    } finally {
      await second.app.close();
    }

    await dataSource.query(`UPDATE signing_key SET retires_at = now() - interval '1 second' WHERE retires_at IS NOT NULL`);
    const third = await start(dataSource);
    try {
      expect(await kids(third)).toEqual([kid]);
      const who = await call('GET', `${third.base}/who`, undefined, { authorization: `Bearer ${String(held['access_token'])}` });
      expect([who.status, who.body['type']]).toEqual([401, '/problems/token-invalid']);
      expect(await dataSource.query('SELECT kid FROM signing_key')).toEqual([{ kid }]);
    } finally {
      await third.app.close();
    }
  });

  it('takes a token signed by a key that another instance has just made', async () => {
    const second = await start(dataSource);
    try {
      const { kid } = await first.keyRing.rotate();
      await dataSource.query(`UPDATE signing_key SET signs_from = now() - interval '1 second' WHERE kid = $1`, [kid]);
      const third = await start(dataSource);
      const { body } = await call('POST', `${third.base}/v1/token`, grant, basic('web-shop', SECRET));
      await third.app.close();
      const authorization = `Bearer ${String(body['access_token'])}`;
      // Unknown keys are looked up at most once a second.
      await waitFor('the new key to be learnt', async () => (await call('GET', `${second.base}/who`, undefined, { authorization })).status === 200, 3_000);
    } finally {
      await second.app.close();
    }
  });

  it('says so when the encryption key is not the one the keys were made with', async () => {
    await expect(start(dataSource, { ...config, keyEncryptionKey: randomBytes(32) })).rejects.toThrow('REGISTER_KEY_ENCRYPTION_KEY');
  });

  it('leaves no route without a stated scope', () => {
    expect(() => assertEveryRouteStatesItsScope(first.app)).not.toThrow();
  });
});
