// Over 250 lines because every refusal of the guard is seen over real HTTP, on one running application.
import { Controller, Get, Module, Param, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CurrentCaller, OwnCustomer, Public, Scopes, type Caller } from '#auth/access.js';
import { assertEveryRouteStatesItsScope } from '#auth/assert-scopes.js';
import { AuthModule, TOKEN_AUDIENCE } from '#auth/auth.module.js';
import { RemoteKeys, type KeySource } from '#auth/key-source.js';
import { createHttpApp } from '#http/create-http-app.js';
import { JsonLogger } from '#http/logger.js';
import { createTokenMint, TEST_ISSUER, type TokenMint } from '#test/support/token-mint.js';

const HER = '3f1c2b7a-0000-4000-8000-000000000001';
const OTHER = '3f1c2b7a-0000-4000-8000-000000000002';

@Controller('v1/customers')
class CustomersController {
  @Get(':id')
  @Scopes('customers:read')
  @OwnCustomer('id')
  read(@Param('id') id: string, @CurrentCaller() caller: Caller): object {
    return { id, caller };
  }
  @Get()
  @Scopes('customers:read', 'customers:search')
  list(): object {
    return { customers: [] };
  }
}

@Controller('open')
class OpenController {
  @Get()
  @Public()
  read(): object {
    return { open: true };
  }
}

@Controller('silent')
class SilentController {
  @Get()
  read(): object {
    return { reached: true };
  }
}

@Module({})
class GuardedModule {
  static with(keys: KeySource): DynamicModule {
    return {
      module: GuardedModule,
      imports: [AuthModule.forRoot({ issuer: TEST_ISSUER, audience: TOKEN_AUDIENCE, keys })],
      controllers: [CustomersController, OpenController, SilentController],
    };
  }
}

async function start(keys: KeySource): Promise<{ app: NestFastifyApplication; base: string }> {
  const app = await createHttpApp(GuardedModule.with(keys), {
    service: 'guarded',
    api: { title: 'Guarded', description: '', version: '1' },
    logger: new JsonLogger('guarded', 'silent'),
  });
  await app.listen(0, '127.0.0.1');
  return { app, base: await app.getUrl() };
}

async function get(url: string, authorization?: string): Promise<{ status: number; body: Record<string, unknown>; challenge: string | null }> {
  const response = await fetch(url, authorization === undefined ? {} : { headers: { authorization } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown>, challenge: response.headers.get('www-authenticate') };
}

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
    const { status, body } = await get(`${base}/silent`, await mint.bearer({ scopes: ['register:operate'] }));
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

describe('keys from a JWKS address', () => {
  let mint: TokenMint;
  let server: Server;
  let fetches: number;
  let published: object[];
  let uri: string;

  beforeEach(async () => {
    mint = await createTokenMint('first');
    fetches = 0;
    published = [mint.jwk];
    server = createServer((_request, response) => {
      fetches += 1;
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: published }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  });
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  afterEach(stop);

  it('serves requests with one look at the keys, and learns a new key without a restart', async () => {
    const { app, base } = await start(new RemoteKeys(uri, { cache: 60_000, cooldown: 0, remember: 60_000 }));
    try {
      for (const subject of ['a', 'b', 'c']) {
        expect((await get(`${base}/v1/customers/${HER}`, await mint.bearer({ subject, scopes: ['customers:read'] }))).status).toBe(200);
      }
      expect(fetches).toBe(1);
      const next = await createTokenMint('second');
      published.push(next.jwk);
      expect((await get(`${base}/v1/customers/${HER}`, await next.bearer({ scopes: ['customers:read'] }))).status).toBe(200);
      expect(fetches).toBe(2);
    } finally {
      await app.close();
    }
  });

  it('answers 503 while the keys cannot be had', async () => {
    await stop();
    const { app, base } = await start(new RemoteKeys(uri));
    try {
      const { status, body } = await get(`${base}/v1/customers/${HER}`, await mint.bearer({ scopes: ['customers:read'] }));
      expect([status, body['type']]).toEqual([503, '/problems/keys-unavailable']);
      expect((await get(`${base}/open`)).status).toBe(200);
    } finally {
      await app.close();
    }
  });

  it('is not made to flood the register by made-up key ids', async () => {
    const keys = new RemoteKeys(uri);
    for (let call = 0; call < 40; call += 1) expect(await keys.publicKey(`made-up-${call}`)).toBeUndefined();
    expect(fetches).toBeLessThanOrEqual(2);
    expect(await keys.publicKey('first')).toContain('BEGIN PUBLIC KEY');
  });

  it('remembers a key while the register is away, for an hour', async () => {
    let now = 0;
    const keys = new RemoteKeys(uri, { cache: 0, cooldown: 0, remember: 3_600_000 }, () => now);
    const pem = await keys.publicKey('first');
    await stop();
    now = 3_599_999;
    expect(await keys.publicKey('first')).toBe(pem);
    now = 3_600_000;
    await expect(keys.publicKey('first')).rejects.toMatchObject({ code: 'keys-unavailable' });
  });

  it('takes no key of another curve for one of ours', async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    published.push({ ...publicKey.export({ format: 'jwk' }), kid: 'p384', use: 'sig', alg: 'ES384' });
    const { app, base } = await start(new RemoteKeys(uri));
    try {
      const impostor = await createTokenMint('p384');
      expect((await get(`${base}/v1/customers/${HER}`, await impostor.bearer({ scopes: ['customers:read'] }))).status).toBe(401);
    } finally {
      await app.close();
    }
  });
});
