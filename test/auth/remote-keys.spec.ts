import { jest } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RemoteKeys } from '#auth/key-source.js';
import { createTokenMint, type TokenMint } from '#test/support/token-mint.js';
import { get, HER, start } from './guarded.app.js';

// Each application starts on its own; on a busy machine that takes seconds.
jest.setTimeout(30_000);

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
