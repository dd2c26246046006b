import { jest } from '@jest/globals';
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Channel } from '#contracts/channel.js';
import { ErasureReplay } from '#register/erasure/erasure-replay.service.js';
import { IMPORT_COMMANDS } from '#register/imports/imports.commands.js';
import { REGISTER_CONFIG, type RegisterConfig } from '#register/register.config.js';
import { MOST_FORMER } from '#register/suppression/former-value.js';
import { projected } from '#test/support/projected.js';
import { decision, startTestRegister, type TestRegister, WORDING } from '#test/support/register.js';

jest.setTimeout(60_000);

let register: TestRegister;
const folder = mkdtempSync(join(tmpdir(), 'lupa-former-'));
beforeAll(async () => { register = await startTestRegister('former', { REGISTER_INDEX_KEY: randomBytes(32).toString('base64') }); });
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await register.stop();
});

const OLD = '2026-05-04T12:30:00Z';
const grant = (channel: Channel, over: object = {}): object => ({ purpose: 'marketing', channel, ...decision({ decidedAt: OLD, ...over }) });
const addresses = () => ({ email: `${randomUUID()}@example.fi`, phone: `+35840${String(randomInt(1_000_000, 9_999_999))}` });
const somebody = () => ({ firstName: 'Aino', lastName: `V${randomUUID()}`, ...addresses(), address: { street: 'Mäkitie 4 A', postalCode: '04300', city: 'Tuusula' } });
const post = async (contact: object, consents: object[] = []): Promise<string> => {
  const { status, body } = await register.call('POST', '/v1/customers', { body: { contact, consents } });
  expect(status).toBe(201);
  return String(body['id']);
};
const patch = async (id: string, contact: object): Promise<void> => {
  const { headers } = await register.call('GET', `/v1/customers/${id}`);
  expect((await register.call('PATCH', `/v1/customers/${id}`, { body: { contact }, headers: { 'if-match': headers.get('etag') ?? '' } })).status).toBe(200);
};
const erase = async (id: string): Promise<string> => {
  const { status, body } = await register.call('DELETE', `/v1/customers/${id}`);
  expect(status).toBe(202);
  return String(body['caseId']);
};
const object = async (id: string): Promise<void> => {
  expect((await register.call('PUT', `/v1/customers/${id}/objection`, { body: { decidedAt: new Date().toISOString(), method: 'phone-call', sourceSystem: 'customer-service' } })).status).toBe(200);
};
const grantNow = async (id: string, channel: Channel, over: Record<string, unknown> = {}): Promise<number> =>
  (await register.call('PUT', `/v1/customers/${id}/consents/marketing/${channel}`, { body: decision(over) })).status;
const formerOf = async (id: string): Promise<string[]> =>
  (await register.database.query<{ kind: string }[]>('SELECT kind FROM former_value WHERE customer_id = $1 ORDER BY replaced_at, kind', [id])).map(({ kind }) => kind);
const onList = (id: string): Promise<string[]> => projected(register, id);

/** What comes of one row of an old list, and who is on marketing's lists by it. */
async function imported(contact: { firstName: string; lastName: string; email?: string; phone?: string }): Promise<string> {
  const consent = ['decision', 'decidedAt', 'method', 'sourceSystem', 'wording.id', 'wording.version', 'wording.language', 'wording.sha256'].map((field) => `consents.marketing.email.${field}`);
  const file = join(folder, 'old.csv');
  const row = [contact.firstName, contact.lastName, contact.email ?? '', contact.phone ?? '', 'customer', 'granted', OLD, 'checkout', 'old-shop', WORDING.id, '1', 'fi', WORDING.sha256];
  writeFileSync(file, `${['contact.firstName', 'contact.lastName', 'contact.email', 'contact.phone', 'source.kind', ...consent].join()}\n${row.join()}\n`);
  const told: string[] = [];
  const spy = jest.spyOn(console, 'log').mockImplementation((line: unknown) => { told.push(String(line)); });
  await IMPORT_COMMANDS['customers:import'].run(register.database, register.app.get<RegisterConfig>(REGISTER_CONFIG, { strict: false }), ['--file', file]).finally(() => { spy.mockRestore(); });
  const [, what] = /^ *1 (taken in|there|kept out)/m.exec(told.join('\n')) ?? [];
  return String(what);
}

describe('somebody whose address was corrected before she was erased', () => {
  it.each(['email', 'phone'] as const)('does not come back by the %s that she had before', async (kind) => {
    const her = somebody();
    const id = await post(her, [grant('email')]);
    await patch(id, addresses());
    await erase(id);
    expect(await imported({ firstName: 'Aino', lastName: 'V', [kind]: her[kind] })).toBe('kept out');
    const again = await post({ firstName: 'Aino', [kind]: her[kind] }, [grant('email'), grant('sms'), grant('phone')]);
    expect(await onList(again)).toEqual([]);
  });

  it('does not come back by her former name and postal address, on paper and in a file', async () => {
    const { email, phone, ...contact } = somebody();
    const id = await post({ ...contact, email, phone }, [grant('post')]);
    await patch(id, { lastName: 'Korhonen', address: { street: 'Katu 1', postalCode: '00100', city: 'Helsinki' } });
    await erase(id);
    expect(await onList(await post(contact, [grant('post')]))).toEqual([]);
    expect(await onList(await post({ ...contact, ...addresses() }, [grant('post')]))).toEqual([]);
  });

  it('does not come back by it after an objection either, nor after both of two corrections', async () => {
    const her = somebody();
    const id = await post(her, [grant('email')]);
    const second = addresses();
    await patch(id, second);
    await patch(id, addresses());
    await object(id);
    for (const { email } of [her, second]) expect(await onList(await post({ firstName: 'Aino', email }, [grant('email')]))).toEqual([]);
  });

  it('does not come back by it after a restore, of which only the log of erasures knows', async () => {
    const { email, phone, ...contact } = somebody();
    const id = await post({ ...contact, email, phone });
    await patch(id, addresses());
    await erase(id);
    await register.database.query('DELETE FROM erasure_case');
    await register.database.query('DELETE FROM suppression');
    await register.app.get(ErasureReplay, { strict: false }).run();
    expect(await onList(await post({ ...contact, email, phone }, [grant('email'), grant('sms')]))).toEqual([]);
    expect(await onList(await post(contact, [grant('post')]))).toEqual([]);
    // What the line says of her former addresses stands like the rest of it.
    const log = new Client(register.erasureLogUrl);
    await log.connect();
    await expect(log.query("UPDATE erasure SET other_digests = '[]' WHERE other_digests <> '[]'")).rejects.toThrow('append-only');
    await log.end();
  });
});

describe('a former address that is another customer’s own by now', () => {
  it('stays hers: what she decided since she has it holds, and old rows of the one before change nothing', async () => {
    const her = somebody();
    const id = await post(her, [grant('email')]);
    await patch(id, addresses());
    const next = await post({ firstName: 'Eeva', email: her.email, phone: her.phone });
    expect([await grantNow(next, 'email'), await grantNow(next, 'sms')]).toEqual([200, 200]);
    await erase(id);
    expect([await onList(next), await imported({ firstName: 'Aino', lastName: her.lastName, email: her.email })]).toEqual([['email', 'sms'], 'there']);
    expect([await grantNow(next, 'phone'), await onList(next)]).toEqual([200, ['email', 'phone', 'sms']]);
    await object(next);
    expect([await onList(next), await grantNow(next, 'email')]).toEqual([[], 409]);
  });

  it('is closed for what was decided while the other had it, and marketing is told', async () => {
    const her = somebody();
    const id = await post(her);
    const next = await post({ firstName: 'Eeva', ...addresses() }, [grant('email')]);
    await patch(id, addresses());
    await patch(next, { email: her.email });
    expect(await onList(next)).toEqual(['email']);
    const version = async (): Promise<number> => (await register.database.query<[{ version: number }]>('SELECT version FROM customer WHERE id = $1', [next]))[0].version;
    const before = await version();
    await erase(id);
    expect([await onList(next), await version()]).toEqual([[], before + 1]);
  });
});

describe('a former address of somebody who has withdrawn', () => {
  it('brings her back neither by an old row nor by her first registration sent again; what is decided by its next holder counts', async () => {
    const her = somebody();
    const id = await post(her, [grant('email'), grant('sms')]);
    await patch(id, addresses());
    await register.call('POST', `/v1/customers/${id}/stop-all`, { body: { decidedAt: new Date().toISOString(), method: 'unsubscribe-link', sourceSystem: 'web-shop' } });
    expect(await onList(await post({ firstName: 'Aino', phone: her.phone }, [grant('sms')]))).toEqual([]);
    const again = await post({ firstName: 'Aino', email: her.email }, [grant('email'), grant('post')]);
    expect([await onList(again), await imported({ firstName: 'Aino', lastName: her.lastName, email: her.email })]).toEqual([[], 'there']);
    await erase(again);
    const other = addresses();
    await patch(id, other);
    await patch(id, addresses());
    expect(await onList(await post({ firstName: 'Eeva', email: other.email }, [grant('email', { decidedAt: new Date().toISOString() })]))).toEqual(['email']);
  });
});

describe('what is remembered of former addresses', () => {
  it('is what was overwritten, not what is written another way or comes back, and never as readable text', async () => {
    const her = somebody();
    const id = await post(her);
    await patch(id, { email: her.email.toUpperCase(), language: 'sv' });
    expect(await formerOf(id)).toEqual([]);
    await patch(id, { email: addresses().email, phone: null, firstName: 'Anna' });
    expect(await formerOf(id)).toEqual(['email', 'phone', 'post']);
    const [{ dump }] = await register.database.query<[{ dump: string }]>("SELECT string_agg(to_jsonb(f)::text, '') AS dump FROM former_value f WHERE customer_id = $1", [id]);
    for (const text of [her.email, her.phone, her.lastName, 'kitie']) expect([dump.includes(text), dump.includes(Buffer.from(text).toString('hex'))]).toEqual([false, false]);
    // No digest of the list of suppressions, which would tell whose entries they are.
    await object(id);
    expect(await register.database.query("SELECT 1 FROM suppression s JOIN former_value f ON f.value_index = s.digest")).toEqual([]);
    await patch(id, { email: her.email, firstName: 'Aino' });
    expect(await formerOf(id)).toEqual(['phone', 'email', 'post']);
    await erase(id);
    expect(await formerOf(id)).toEqual([]);
  });

  it('is the ten latest of a kind', async () => {
    const id = await post({ firstName: 'Aino', email: addresses().email });
    const had: string[] = [];
    for (let i = 0; i < MOST_FORMER + 2; i += 1) {
      const { email } = addresses();
      await patch(id, { email });
      had.push(email);
    }
    expect(await formerOf(id)).toHaveLength(MOST_FORMER);
    await erase(id);
    expect(await imported({ firstName: 'Aino', lastName: 'V', email: had.at(1) ?? '' })).toBe('kept out');
  });
});
