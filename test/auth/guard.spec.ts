import { jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { assertEveryRouteStatesItsScope } from '#auth/assert-scopes.js';
import { TOKEN_AUDIENCE } from '#auth/auth.module.js';
import { createTokenMint, TEST_ISSUER, type TokenMint } from '#test/support/token-mint.js';
import { get, HER, OTHER, start } from './guarded.app.js';

// Each application starts on its own; on a busy machine that takes seconds.
jest.setTimeout(30_000);

describe('the guard', () => {
  let mint: TokenMint;
  let app: NestFastifyApplication;
  let base: string;
  let keyLookups = 0;

  beforeAll(async () => {
    mint = await createTokenMint();
    ({ app, base } = await start({
      publicKey: (kid) => {
        keyLookups += 1;
        return mint.publicKey(kid);
      },
    }));
  });
  afterAll(() => app.close());

  it('lets a program with the scope in, and tells the route who it is', async () => {
    const { status, body } = await get(`${base}/v1/customers/${HER}`, await mint.bearer({ subject: 'shop', scopes: ['customers:read'] }));
    expect([status, body]).toEqual([200, { id: HER, caller: { kind: 'program', subject: 'shop', roles: [], scopes: ['customers:read'] } }]);
  });

  it('asks for a token', async () => {
    const { status, body, challenge } = await get(`${base}/v1/customers`);
    expect([status, body['type'], challenge]).toEqual([401, '/problems/token-missing', 'Bearer realm="lupa"']);
  });

  it('tells an expired token', async () => {
    const { status, body, challenge } = await get(`${base}/v1/customers`, await mint.bearer({ scopes: ['customers:read'], lifetime: -10 }));
    expect([status, body['type'], challenge]).toEqual([401, '/problems/token-expired', 'Bearer realm="lupa", error="invalid_token"']);
  });

  it('bears with a clock that is 3 s off', async () => {
    expect((await get(`${base}/v1/customers/${HER}`, await mint.bearer({ scopes: ['customers:read'], lifetime: -3 }))).status).toBe(200);
  });

  const foreign = async (): Promise<string> => (await createTokenMint()).bearer({ scopes: ['customers:read'] });
  const unsigned = (): string => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `Bearer ${part({ alg: 'none', kid: 'test-key' })}.${part({ sub: 'x', kind: 'program', scope: 'customers:read', iss: TEST_ISSUER, aud: TOKEN_AUDIENCE, exp: 9_999_999_999 })}.`;
  };
  const bad: [string, () => string | Promise<string>][] = [
    ['signed by someone else', foreign],
    ['unsigned', unsigned],
    ['of another issuer', () => mint.bearer({ issuer: 'mallory' })],
    ['for another audience', () => mint.bearer({ audience: 'bank' })],
    ['naming an unknown key', async () => (await createTokenMint('other')).bearer()],
    ['that is no token', () => 'Bearer abc'],
    ['of another scheme', () => 'Basic YTpi'],
    ['without the claims we need', () => mint.bearer({ subject: '' })],
  ];
  it.each(bad)('refuses a token %s', async (_name, token) => {
    const { status, body } = await get(`${base}/v1/customers/${HER}`, await token());
    expect([status, body['type']]).toEqual([401, '/problems/token-invalid']);
  });

  it('names the scope that is missing', async () => {
    const { status, body, challenge } = await get(`${base}/v1/customers`, await mint.bearer({ scopes: ['customers:read'] }));
    expect([status, body['type'], body['missingScopes']]).toEqual([403, '/problems/scope-missing', ['customers:search']]);
    expect(challenge).toBe('Bearer realm="lupa", error="insufficient_scope", scope="customers:read customers:search"');
  });

  it("opens a customer's own data to her, and no other's", async () => {
    const token = await mint.bearer({ kind: 'customer', subject: HER, scopes: ['customers:read', 'customers:search'] });
    expect((await get(`${base}/v1/customers/${HER}`, token)).status).toBe(200);
    for (const path of [`/v1/customers/${OTHER}`, '/v1/customers']) {
      const { status, body } = await get(base + path, token);
      expect([status, body['type']]).toEqual([403, '/problems/not-own-data']);
    }
  });

  it('leaves public routes open, and health too', async () => {
    expect((await get(`${base}/open`)).body).toEqual({ open: true });
    expect((await get(`${base}/health/live`)).status).toBe(200);
  });

  it('denies a route that states nothing, whatever the token', async () => {
    const { status, body } = await get(`${base}/silent`, await mint.bearer({ scopes: ['freshness:read'] }));
    expect([status, body['reached']]).toEqual([403, undefined]);
    expect(() => assertEveryRouteStatesItsScope(app)).toThrow('These routes state neither Scopes nor Public: SilentController.read');
  });

  it('verifies a token once', async () => {
    const token = await mint.bearer({ scopes: ['customers:read'], subject: 'once' });
    const before = keyLookups;
    for (let call = 0; call < 3; call += 1) expect((await get(`${base}/v1/customers/${HER}`, token)).status).toBe(200);
    expect(keyLookups - before).toBe(1);
  });

  it('shows the scopes of a route in the OpenAPI document', async () => {
    const { body } = await get(`${base}/openapi.json`);
    const paths = body['paths'] as Record<string, Record<string, Record<string, unknown>>>;
    const operation = paths['/v1/customers/{id}']?.['get'];
    expect(operation?.['security']).toEqual([{ token: [] }]);
    expect(operation?.['x-scopes']).toEqual(['customers:read']);
    expect(Object.keys(operation?.['responses'] ?? {})).toEqual(expect.arrayContaining(['401', '403', '503']));
    expect(paths['/open']?.['get']?.['security']).toBeUndefined();
  });
});
