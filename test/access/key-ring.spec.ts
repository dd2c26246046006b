import { jest } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { assertEveryRouteStatesItsScope } from '#auth/assert-scopes.js';
import { registerDataSource } from '#register/database/data-source.js';
import { createTestDatabase, type TestDatabase } from '#test/support/database.js';
import { waitFor } from '#test/support/wait-for.js';
import { addPrograms, basic, call, config, grant, type Instance, SECRET, start } from './access.app.js';

// Each application starts on its own; on a busy machine that takes seconds.
jest.setTimeout(30_000);

let database: TestDatabase;
let dataSource: DataSource;
let first: Instance;

beforeAll(async () => {
  database = await createTestDatabase('access', registerDataSource);
  dataSource = await registerDataSource(database.url, 4).initialize();
  first = await start(dataSource);
  await addPrograms(dataSource);
});
afterAll(async () => {
  await first.app.close();
  await dataSource.destroy();
  await database.drop();
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
      await waitFor('the new key to be learnt', async () => (await call('GET', `${second.base}/who`, undefined, { authorization })).status === 200);
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
