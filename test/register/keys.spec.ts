import { jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';

jest.setTimeout(60_000);

const key = (): string => randomBytes(32).toString('base64');
const KEYS = { LINK_DIGEST_KEY: key(), REGISTER_INDEX_KEY: key(), REGISTER_KEY_ENCRYPTION_KEY: key() };

let register: TestRegister;
beforeAll(async () => { register = await startTestRegister('keys', KEYS); });
afterAll(async () => { await register.stop(); });

/** One of its programs in an environment of its own, on another port; a service that came up would never end, and is ended. */
function program(name: 'main' | 'cli', args: readonly string[], changed: Readonly<Record<string, string>>): { code: number | null; said: string } {
  const env = {
    ...process.env, ...KEYS, REGISTER_DATABASE_URL: register.databaseUrl, REGISTER_ERASURE_LOG_URL: register.erasureLogUrl, AMQP_URL: register.vhost.url,
    REGISTER_PORT: '0', ...changed,
  };
  const { status, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.resolve(`#register/${name}.js`)), ...args], { env, encoding: 'utf8', timeout: 20_000, killSignal: 'SIGKILL' });
  return { code: status, said: stderr };
}

describe('another key than the one that the register was filled under', () => {
  it.each([
    ['REGISTER_INDEX_KEY', /^REGISTER_INDEX_KEY is not the key that the (database of the register|log of erasures) was filled under: .*could come back\. Set that key again\.\n$/],
    ['REGISTER_KEY_ENCRYPTION_KEY', /^REGISTER_KEY_ENCRYPTION_KEY is not the key that the database of the register was filled under: .*\n$/],
  ])('%s: keeps it from starting, by one sentence', (name, sentence) => {
    const { code, said } = program('main', [], { [name]: key() });
    expect([code, said]).toEqual([1, expect.stringMatching(sentence)]);
  });

  it.each([
    ['REGISTER_INDEX_KEY', ['program:create', '--id', 'somebody', '--scopes', 'wordings:read']], ['REGISTER_KEY_ENCRYPTION_KEY', ['erasures:log']],
  ])('%s: keeps its commands from running', async (name, args) => {
    expect(program('cli', args, { [name]: key() })).toEqual({ code: 1, said: expect.stringMatching(new RegExp(`^${name} is not the key`)) });
    expect(await register.database.query<object[]>("SELECT 1 FROM program WHERE id = 'somebody'")).toEqual([]);
  });

  it('is found out by the log of erasures when the database was restored to a time before it noted any', async () => {
    const checks = await register.database.query<{ name: string; value: Buffer }[]>('SELECT name, value FROM key_check');
    await register.database.query('DELETE FROM key_check');
    expect(program('main', [], { REGISTER_INDEX_KEY: key() }).said).toMatch(/^REGISTER_INDEX_KEY is not the key that the log of erasures/);
    // Nothing is noted by a start that failed: the right key is right afterwards.
    expect(await register.database.query<object[]>('SELECT 1 FROM key_check')).toEqual([]);
    expect(program('cli', ['erasures:log'], {}).code).toBe(0);
    for (const { name, value } of checks) await register.database.query('INSERT INTO key_check VALUES ($1, $2)', [name, value]);
  });

  it('is found out by the people who are there, where nothing was noted yet', async () => {
    await register.call('POST', '/v1/customers', { body: newCustomer() });
    const log = { REGISTER_ERASURE_LOG_URL: register.databaseUrl }; // not opened by this command
    await register.database.query("ALTER TABLE key_check RENAME TO key_check_away");
    expect(program('cli', ['suppression:export'], { ...log, REGISTER_INDEX_KEY: key() })).toEqual({ code: 1, said: expect.stringMatching(/^REGISTER_INDEX_KEY/) });
    expect(program('cli', ['suppression:export'], log).code).toBe(0);
    await register.database.query("ALTER TABLE key_check_away RENAME TO key_check");
  });

  it('is told from the right one by a value that does not tell the key', async () => {
    const rows = await register.database.query<{ name: string; value: Buffer }[]>('SELECT name, value FROM key_check ORDER BY name');
    expect(rows.map(({ name, value }) => [name, value.length])).toEqual([['REGISTER_INDEX_KEY', 16], ['REGISTER_KEY_ENCRYPTION_KEY', 16]]);
    for (const { value } of rows) for (const secret of Object.values(KEYS)) expect(Buffer.from(secret, 'base64').includes(value.subarray(0, 4))).toBe(false);
  });
});
