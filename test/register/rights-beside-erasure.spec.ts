import { jest } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decision, newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';

jest.setTimeout(60_000);

const ROUNDS = 15;
const TEXT = 'Juhlatalo Oy saa nimeni.';
const TARGET = { recipient: 'party-house', purpose: 'partner-offers' };
const folder = mkdtempSync(join(tmpdir(), 'lupa-profile-'));
const profilePath = join(folder, 'profile.json');

let register: TestRegister;
beforeAll(async () => {
  const profile = JSON.parse(readFileSync('config/confetti.json', 'utf8')) as { purposes: object[]; recipients: object[] };
  profile.purposes.push({ code: 'partner-offers', legalBasis: 'consent', retention: 'P2Y', recipients: [] });
  profile.recipients = [{ id: 'party-house', name: 'Juhlatalo Oy', country: 'FI', place: 'outside', purposes: ['partner-offers'] }];
  writeFileSync(profilePath, JSON.stringify(profile));
  register = await startTestRegister('beside-erasure', { REGISTER_PROFILE: profilePath });
  await register.call('PUT', '/v1/wordings/party-house/1/fi', { body: { purpose: 'partner-offers', text: TEXT } });
});
afterAll(async () => {
  await register.stop();
  rmSync(folder, { recursive: true });
});

/** Every table with its rows that hold the text, read from the catalog so that a new table cannot be forgotten. */
async function tablesHolding(text: string): Promise<string[]> {
  const tables = await register.database.query<{ name: string }[]>("SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'");
  const found = await Promise.all(tables.map(async ({ name }) => {
    const rows = await register.database.query<object[]>(`SELECT 1 FROM ${name} t WHERE position($1 IN to_jsonb(t)::text) > 0 LIMIT 1`, [text]);
    return rows.length > 0 ? [name] : [];
  }));
  return found.flat();
}

it('whatever happens to the rights of a person while she is erased, nothing of her stays', async () => {
  const moment = (): string => new Date(Date.now() - 60_000).toISOString();
  const wording = { id: 'party-house', version: 1, language: 'fi', sha256: createHash('sha256').update(TEXT).digest('hex') };
  const statuses = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    const marker = `m${randomUUID().replaceAll('-', '')}`;
    const id = String((await register.call('POST', '/v1/customers', { body: newCustomer({ contact: { firstName: marker, email: `${marker}@example.fi` } }) })).body['id']);
    const path = `/v1/customers/${id}`;
    const request = String((await register.call('POST', `${path}/requests`, { body: { kind: 'access', receivedBy: 'email' } })).body['id']);
    await register.call('PUT', `${path}/disclosure-consents/party-house/partner-offers`, { body: decision({ wording, decidedAt: moment() }) });
    await register.call('POST', `${path}/disclosure-notices`, { body: { ...TARGET, sentAt: moment(), sentBy: 'email' } });
    const { body: release } = await register.call('POST', `${path}/disclosures`, { body: { ...TARGET, fields: ['contact.firstName'] } });
    const [owed] = (await register.call('PUT', `${path}/restriction`, { body: { reason: 'objection-pending' } }).then(() => register.call('GET', '/v1/recipient-notices?state=open&limit=200')))
      .body['notices'] as { id: string; disclosureId: string }[];
    await register.call('PUT', `${path}/restriction/notice`, { body: { sentAt: new Date().toISOString(), sentBy: 'email' } });
    expect((await register.call('DELETE', `${path}/restriction`)).status).toBe(200);
    const calls = [
      ['GET', `${path}/requests`], ['GET', '/v1/requests?limit=200'], ['GET', `/v1/requests/${request}`], ['GET', `${path}/reads`], ['GET', `${path}/disclosures`],
      ['POST', `/v1/requests/${request}/steps`, { step: 'asked-person', note: marker }], ['POST', `${path}/requests`, { kind: 'erasure', receivedBy: 'phone' }],
      ['POST', `${path}/disclosures`, { ...TARGET, fields: ['contact.email'] }], ['POST', `${path}/disclosure-notices`, { ...TARGET, sentAt: moment(), sentBy: 'sms' }],
      ['PATCH', path, { contact: { firstName: `${marker}2` } }], ['PUT', `${path}/objection`, decision({ decision: undefined, wording: undefined })],
      ['GET', `/v1/recipient-notices/${owed?.id ?? request}`],
    ] as const;
    const place = round % (calls.length + 1);
    const all = [...calls.slice(0, place), ['DELETE', path] as const, ...calls.slice(place)];
    const answers = await Promise.all(all.map(([method, at, body]) => register.call(method, at, { ...(body ? { body } : {}), ...(method === 'PATCH' ? { headers: { 'if-match': '"3"' } } : {}) })));
    answers.forEach(({ status }) => statuses.add(status));
    expect(answers[place]!.status).toBe(202);
    expect([await tablesHolding(id), await tablesHolding(marker), await tablesHolding(request)]).toEqual([[], [], []]);
    expect(await tablesHolding(String(release['disclosureId']))).toEqual(['recipient_notice']);
  }
  expect([...statuses].filter((status) => status >= 500)).toEqual([]);
  expect(statuses.has(404)).toBe(true);
});

it('an entry without its person, which somebody wrote by hand, is removed as the documentation says, and no other entry is', async () => {
  const kept = String((await register.call('POST', '/v1/customers', { body: newCustomer() })).body['id']);
  await register.call('GET', `/v1/customers/${kept}`);
  const gone = randomUUID();
  await register.database.query(`INSERT INTO access_log (actor, actor_kind, purpose, route, customer_id, fields) SELECT actor, actor_kind, purpose, route, $1, fields FROM access_log WHERE customer_id = $2`, [gone, kept]);
  const [, sql = ''] = /^```sql\n(BEGIN;.*?)```/ms.exec(readFileSync('docs/erasure.md', 'utf8')) ?? [];
  await register.database.query(sql);
  expect([await tablesHolding(gone), (await tablesHolding(kept)).includes('access_log')]).toEqual([[], true]);
});
