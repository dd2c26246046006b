import { jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { projected } from '#test/support/projected.js';
import { decision, startTestRegister, type TestRegister } from '#test/support/register.js';

jest.setTimeout(60_000);

let register: TestRegister;
const key = (): string => randomBytes(32).toString('base64');
const keys = { LINK_DIGEST_KEY: key(), REGISTER_INDEX_KEY: key(), REGISTER_KEY_ENCRYPTION_KEY: key() };
beforeAll(async () => { register = await startTestRegister('suppression-file', keys); });
afterAll(async () => { await register.stop(); });

const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
const grant = (channel: string, over: Record<string, unknown>) => ({ purpose: 'marketing', channel, ...decision(over) });
const addresses = () => ({ email: `${randomUUID()}@example.fi`, phone: `+35840${String(randomInt(1_000_000, 9_999_999))}` });
const create = async (contact: object, consents: object[] = []): Promise<string> =>
  String((await register.call('POST', '/v1/customers', { body: { contact, consents } })).body['id']);
const erase = async (id: string): Promise<void> => {
  expect((await register.call('DELETE', `/v1/customers/${id}`)).status).toBe(202);
};

describe('the list kept outside the backups', () => {
  const cli = (command: string, input = ''): { status: number | null; stdout: string; stderr: string } => {
    const environment = {
      ...process.env, ...keys, REGISTER_DATABASE_URL: register.databaseUrl, REGISTER_ERASURE_LOG_URL: register.erasureLogUrl, AMQP_URL: register.vhost.url,
    };
    return spawnSync(process.execPath, [fileURLToPath(import.meta.resolve('#register/cli.js')), command], { env: environment, input, encoding: 'utf8' });
  };
  const dump = () => register.database.query<{ kind: string }[]>("SELECT encode(digest, 'hex') AS digest, kind, reason, since::text, reopened, lifted_at::text, lifted_by FROM suppression ORDER BY digest");

  it('comes back after a restore as it was, and keeps out whom the backup had brought back', async () => {
    const contact = { ...addresses(), firstName: 'Aino', lastName: 'Virtanen', address: { street: 'Katu 1', postalCode: '04300', city: 'Tuusula' } };
    await erase(await create(contact));
    const id = await create(contact, [grant('sms', { method: 'account-settings' })]);
    const [before, file] = [await dump(), cli('suppression:export')];
    expect([file.status, file.stdout.includes(contact.email), file.stdout.trim().split('\n').length]).toEqual([0, false, before.length]);
    expect(before.map(({ kind }) => kind).toSorted()).toEqual(['email', 'phone', 'post']);
    await register.database.query('DELETE FROM suppression');
    expect((await register.call('PUT', `/v1/customers/${id}/consents/marketing/email`, { body: decision({ decidedAt: ago(60) }) })).body).toMatchObject({ inEffect: true });
    expect(await projected(register, id)).toEqual(['email', 'sms']);
    expect(cli('suppression:import', file.stdout)).toMatchObject({ status: 0, stdout: `${before.length} suppressions taken in.\n` });
    expect([await dump(), await projected(register, id)]).toEqual([before, ['sms']]);
  });

  it('opens nothing that was closed since it was written', async () => {
    const contact = addresses();
    await erase(await create(contact));
    const back = await create(contact, [grant('sms', { method: 'account-settings' })]);
    const { stdout } = cli('suppression:export');
    await register.call('PUT', `/v1/customers/${back}/objection`, { body: { decidedAt: ago(0), method: 'phone-call', sourceSystem: 'customer-service' } });
    const before = await dump();
    expect(cli('suppression:import', stdout).status).toBe(0);
    expect(await dump()).toEqual(before);
  });

  it('is refused with the number of the line, and nothing of its content', () => {
    const { status, stderr } = cli('suppression:import', '{"digest":"maija@example.fi"}\n');
    expect([status, stderr.includes('maija'), stderr]).toEqual([1, false, expect.stringContaining('Line 1')]);
  });
});
