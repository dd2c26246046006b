import { jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { ACCESS_COMMANDS } from '#register/access/access.commands.js';
import { AccountVersions } from '#register/access/account-versions.service.js';
import { hashPassword, hashSecret } from '#register/access/passwords.service.js';
import { ErasureLog } from '#register/erasure-log/erasure-log.service.js';
import { REGISTER_CONFIG, type RegisterConfig } from '#register/register.config.js';
import { startTestRegister, type TestRegister } from '#test/support/register.js';

jest.setTimeout(60_000);

const key = (): string => randomBytes(32).toString('base64');
const KEYS = { LINK_DIGEST_KEY: key(), REGISTER_INDEX_KEY: key(), REGISTER_KEY_ENCRYPTION_KEY: key() };
const [PASSWORD, ANOTHER, SECRET] = ['oikea hevonen paristo', 'toinen hevonen niitti', randomBytes(32).toString('base64url')];

let register: TestRegister;
beforeAll(async () => { register = await startTestRegister('accounts', KEYS); });
afterAll(async () => { await register.stop(); });

/** An operator command that is given something on standard input. */
const done = (input: string, ...args: readonly string[]): string => {
  const env = { ...process.env, ...KEYS, REGISTER_DATABASE_URL: register.databaseUrl, REGISTER_ERASURE_LOG_URL: register.erasureLogUrl, AMQP_URL: register.vhost.url };
  const { status, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.resolve('#register/cli.js')), ...args], { env, input, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.trim();
};
/** One that is given nothing, in this process; resolves to what it has said. */
const told = async (name: string, args: string[] = [], over: Partial<RegisterConfig> = {}): Promise<string> => {
  const config = { ...register.app.get<RegisterConfig>(REGISTER_CONFIG, { strict: false }), ...over };
  let said = '';
  const spy = jest.spyOn(process.stdout, 'write').mockImplementation((text) => { said += String(text); return true; });
  await ACCESS_COMMANDS[name]!.run(register.database, config, args).finally(() => { spy.mockRestore(); });
  return said.trim();
};
const staffIn = async (username: string, password = PASSWORD): Promise<number> => (await register.call('POST', '/v1/staff/token', { body: { username, password } })).status;
const programIn = async (id: string, secret = SECRET): Promise<number> =>
  (await register.call('POST', '/v1/token', { body: { grant_type: 'client_credentials', client_id: id, client_secret: secret }, headers: { authorization: undefined } })).status;
/** As the service does it at each start, and twice a minute. */
const settle = (): Promise<number> =>
  new AccountVersions(register.database, register.app.get(ErasureLog, { strict: false }), Buffer.from(KEYS.REGISTER_INDEX_KEY, 'base64')).settle();
const rows = async (): Promise<{ staff: object[]; program: object[] }> => ({
  staff: (await register.database.query<{ row: object }[]>('SELECT to_jsonb(s) AS row FROM staff s')).map(({ row }) => row),
  program: (await register.database.query<{ row: object }[]>('SELECT to_jsonb(p) AS row FROM program p')).map(({ row }) => row),
});
/** What a restore leaves: the tables as they were when they were dumped. */
const putBack = async (dump: Awaited<ReturnType<typeof rows>>): Promise<void> => {
  for (const table of ['staff', 'program'] as const) {
    await register.database.query(`DELETE FROM ${table}`);
    await register.database.query(`INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1)`, [JSON.stringify(dump[table])]);
  }
};
const enabled = async (): Promise<string[]> =>
  (await register.database.query<{ name: string }[]>('SELECT username AS name FROM staff WHERE disabled_at IS NULL UNION ALL SELECT id FROM program WHERE disabled_at IS NULL ORDER BY 1')).map(({ name }) => name);

describe('an account', () => {
  it('is shut out and let in again by the operator, with new credentials', async () => {
    done(PASSWORD, 'staff:create', '--username', 'ritva', '--roles', 'admin');
    done(SECRET, 'program:create', '--id', 'kiosk', '--scopes', 'wordings:read', '--secret-stdin');
    expect([await staffIn('ritva'), await programIn('kiosk')]).toEqual([200, 200]);
    await told('staff:disable', ['--username', 'ritva']);
    await told('program:disable', ['--id', 'kiosk']);
    expect([await staffIn('ritva'), await programIn('kiosk')]).toEqual([401, 401]);
    expect((await told('accounts:list')).split('\n')).toEqual([expect.stringMatching(/^staff {2}ritva {2}disabled 20.* admin$/), expect.stringMatching(/^program {2}kiosk {2}disabled 20.* wordings:read$/)]);

    expect(done(ANOTHER, 'staff:enable', '--username', 'ritva', '--roles', 'marketing')).toBe('Enabled ritva with marketing.');
    const secret = await told('program:enable', ['--id', 'kiosk']);
    expect([await staffIn('ritva', ANOTHER), await staffIn('ritva'), await programIn('kiosk', secret), await programIn('kiosk')]).toEqual([200, 401, 200, 401]);
    expect(await told('accounts:list')).toMatch(/^staff {2}ritva {2}enabled {2}marketing\nprogram {2}kiosk {2}enabled {2}wordings:read$/);
    for (const [command, option] of [['staff:disable', '--username'], ['program:disable', '--id']] as const) {
      await expect(told(command, [option, 'nobody'])).rejects.toThrow(/^There is no .* called nobody\.$/);
    }
  });

  it('is changed only when the log of erasures can be told', async () => {
    const before = await rows();
    await expect(told('staff:disable', ['--username', 'ritva'], { erasureLogUrl: register.databaseUrl })).rejects.toThrow();
    expect(await rows()).toEqual(before);
  });
});

describe('after a restore', () => {
  it('nobody gets in who was shut out, demoted, deleted or given another password since, and everybody else does', async () => {
    const [staff, programs] = [['disabled', 'renewed', 'demoted', 'deleted', 'steady', 'out-before'], ['program-disabled', 'program-renewed', 'program-steady']];
    await register.database.query("INSERT INTO staff (username, password_hash, roles) SELECT name, $1, '{admin}' FROM unnest($2::text[]) AS name", [await hashPassword(PASSWORD), staff]);
    await register.database.query("INSERT INTO program (id, secret_hash, scopes) SELECT id, 'x'::bytea, '{wordings:read}' FROM unnest($1::text[]) AS id", [programs]);
    await register.database.query('UPDATE program SET secret_hash = $1', [hashSecret(SECRET, Buffer.from(KEYS.REGISTER_INDEX_KEY, 'base64'))]);
    await told('staff:disable', ['--username', 'out-before']);
    expect(await settle()).toBe(0);
    const dump = await rows();

    await told('staff:disable', ['--username', 'disabled']);
    done(ANOTHER, 'staff:enable', '--username', 'renewed');
    await told('program:disable', ['--id', 'program-disabled']);
    await told('program:enable', ['--id', 'program-renewed']);
    // By other hands: the running service notes it.
    await register.database.query("UPDATE staff SET roles = '{marketing}' WHERE username = 'demoted'");
    await register.database.query("DELETE FROM staff WHERE username = 'deleted'");
    expect(await settle()).toBe(0);

    await putBack(dump);
    expect([await staffIn('disabled'), await staffIn('deleted')]).toEqual([200, 200]);
    expect(await settle()).toBe(6);
    expect(await enabled()).toEqual(['kiosk', 'program-steady', 'ritva', 'steady']);
    expect([await staffIn('disabled'), await staffIn('renewed'), await staffIn('steady'), await programIn('program-renewed'), await programIn('program-steady')])
      .toEqual([401, 401, 200, 401, 200]);
    expect(await settle()).toBe(0);
  });

  it('the operator lets in again whom she wants, and that holds', async () => {
    done(ANOTHER, 'staff:enable', '--username', 'disabled');
    const secret = await told('program:enable', ['--id', 'program-disabled']);
    expect(await settle()).toBe(0);
    expect([await staffIn('disabled', ANOTHER), await programIn('program-disabled', secret)]).toEqual([200, 200]);
  });

  it('before the service has started, too', async () => {
    const dump = await rows();
    for (let change = 0; change < 3; change += 1) await register.database.query("UPDATE staff SET roles = roles WHERE username = 'steady'");
    expect(await settle()).toBe(0);
    await putBack(dump);
    done(PASSWORD, 'staff:enable', '--username', 'steady');
    expect(await settle()).toBe(0);
    expect(await staffIn('steady')).toBe(200);
  });

  it('who was deleted and made anew under the same name is somebody else', async () => {
    const dump = await rows();
    await register.database.query("DELETE FROM staff WHERE username = 'steady'");
    expect(await settle()).toBe(0);
    done(ANOTHER, 'staff:create', '--username', 'steady', '--roles', 'marketing');
    expect(await settle()).toBe(0);
    expect(await staffIn('steady', ANOTHER)).toBe(200);
    await putBack(dump);
    expect(await settle()).toBe(1);
    expect(await staffIn('steady')).toBe(401);
  });

  it('the log knows no names', async () => {
    const seen = await register.app.get(ErasureLog, { strict: false }).seenAccounts();
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.every(({ digest }) => digest.length === 32)).toBe(true);
    expect(JSON.stringify(seen)).not.toContain('steady');
  });
});
