import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CUSTOMER_SCOPES, ROLE_SCOPES } from '#register/access/roles.js';
import { type Answer, decision, newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';

const MARKER = `Marker${randomUUID().replaceAll('-', '')}`;
const TEXT = 'Juhlatalo Oy saa nimeni ja sähköpostini tarjouksiaan varten.';
const WORDING = { id: 'party-house', version: 1, language: 'fi', sha256: createHash('sha256').update(TEXT).digest('hex') };
const TARGET = { recipient: 'party-house', purpose: 'partner-offers' };
const FIELDS = ['contact.firstName', 'contact.email'];

const folder = mkdtempSync(join(tmpdir(), 'lupa-profile-'));
let register: TestRegister;
let dpo: string;
beforeAll(async () => {
  const profile = JSON.parse(readFileSync('config/confetti.json', 'utf8')) as { purposes: object[]; recipients: object[] };
  profile.purposes.push({ code: 'partner-offers', legalBasis: 'consent', retention: 'P2Y', recipients: ['party-house', 'cake-shop'] });
  const outside = { name: 'Juhlatalo Oy', country: 'FI', place: 'outside', purposes: ['partner-offers'] };
  profile.recipients = [
    { ...outside, id: 'party-house' }, { ...outside, id: 'cake-shop', name: 'Kakkukauppa Oy' },
    { id: 'mailing-tool', name: 'Postittaja Oy', country: 'SE', place: 'inside', purposes: ['marketing', 'partner-offers'] },
  ];
  writeFileSync(join(folder, 'profile.json'), JSON.stringify(profile));
  register = await startTestRegister('disclosures', { REGISTER_PROFILE: join(folder, 'profile.json') });
  await register.call('PUT', '/v1/wordings/party-house/1/fi', { body: { purpose: 'partner-offers', text: TEXT } });
  dpo = await register.token({ kind: 'staff', subject: 'dpo', scopes: ROLE_SCOPES['data-protection'] });
});
afterAll(async () => {
  await register.stop();
  rmSync(folder, { recursive: true });
});

const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
const person = async (over: object = {}): Promise<string> => String((await register.call('POST', '/v1/customers', { body: newCustomer(over as Record<string, unknown>) })).body['id']);
const consent = (id: string, over: object = {}, target = TARGET): Promise<Answer> => register.call(
  'PUT', `/v1/customers/${id}/disclosure-consents/${target.recipient}/${target.purpose}`, { body: decision({ wording: WORDING, method: 'account-settings', decidedAt: ago(3), ...over }) });
const withdraw = (id: string, minutes = 2): Promise<Answer> => consent(id, { decision: 'withdrawn', wording: undefined, decidedAt: ago(minutes) });
const notify = (id: string, over: object = {}): Promise<Answer> => register.call('POST', `/v1/customers/${id}/disclosure-notices`, { token: dpo, body: { ...TARGET, sentAt: ago(1), sentBy: 'email', ...over } });
const disclose = (id: string, over: object = {}, headers = {}): Promise<Answer> =>
  register.call('POST', `/v1/customers/${id}/disclosures`, { token: dpo, body: { ...TARGET, fields: FIELDS, ...over }, headers: { 'lupa-purpose': undefined, ...headers } });
const disclosed = async (over: object = {}): Promise<{ id: string; disclosureId: string }> => {
  const id = await person(over);
  await consent(id);
  await notify(id);
  return { id, disclosureId: String((await disclose(id)).body['disclosureId']) };
};
const ledger = async (id: string): Promise<Record<string, unknown[]>> => (await register.call('GET', `/v1/customers/${id}/disclosures`, { token: dpo })).body as Record<string, unknown[]>;
interface Notice { id: string; disclosureId: string | null; kind: string; fields: string[]; doneAt: string | null }
const notices = async (query = 'state=open'): Promise<Notice[]> => (await register.call('GET', `/v1/recipient-notices?limit=200&${query}`, { token: dpo })).body['notices'] as Notice[];
const noticesOf = async (disclosureId: string, query?: string): Promise<Notice[]> => (await notices(query)).filter((notice) => notice.disclosureId === disclosureId);

describe('a disclosure', () => {
  it('is refused without a consent, and without a notice', async () => {
    const id = await person();
    expect((await disclose(id)).body['type']).toBe('/problems/disclosure-without-consent');
    await notify(id);
    expect((await disclose(id)).body['type']).toBe('/problems/disclosure-without-consent');
    const other = await person();
    await consent(other);
    expect((await disclose(other)).body['type']).toBe('/problems/disclosure-without-notice');
    expect([await ledger(id), await ledger(other)]).toMatchObject([{ disclosures: [] }, { disclosures: [] }]);
  });

  it('releases the fields asked for and nothing else, and stands in the ledger and in the read log', async () => {
    const id = await person({ contact: { firstName: `F${MARKER}`, lastName: `L${MARKER}`, email: `${MARKER}@example.fi`, phone: '045 120 6627' } });
    await consent(id);
    await notify(id);
    const { status, body } = await disclose(id, { fields: [...FIELDS, 'contact.address'] });
    expect(status).toBe(201);
    const entry = {
      disclosureId: expect.any(String), recipient: { id: 'party-house', name: 'Juhlatalo Oy', country: 'FI' }, purpose: 'partner-offers',
      fields: FIELDS, legalBasis: 'consent', releasedAt: expect.any(String),
    };
    expect(body).toEqual({ ...entry, data: { 'contact.firstName': `F${MARKER}`, 'contact.email': `${MARKER}@example.fi` } });
    expect(await ledger(id)).toMatchObject({
      disclosures: [entry], consents: [{ decision: 'granted', inEffect: true, wording: WORDING, method: 'account-settings' }], notices: [{ sentBy: 'email' }],
    });
    expect(await register.database.query<object[]>("SELECT actor, purpose, fields FROM access_log WHERE customer_id = $1 AND route LIKE 'POST%'", [id]))
      .toEqual([{ actor: 'dpo', purpose: 'partner-offers', fields: FIELDS }]);
  });

  it('for one recipient and purpose opens no other', async () => {
    const id = await person();
    await consent(id);
    await notify(id);
    await notify(id, { recipient: 'cake-shop' });
    expect((await disclose(id, { recipient: 'cake-shop' })).body['type']).toBe('/problems/disclosure-without-consent');
    for (const wrong of [{ recipient: 'nobody' }, { purpose: 'marketing' }, { recipient: 'mailing-tool' }]) {
      expect((await disclose(id, wrong)).body['type']).toBe('/problems/recipient-unknown');
    }
  });

  it('stops with the withdrawal, which is the same call; the old notice does not serve a new consent', async () => {
    const { id } = await disclosed();
    expect((await withdraw(id, 0)).body).toMatchObject({ inEffect: true });
    expect((await disclose(id)).body['type']).toBe('/problems/disclosure-without-consent');
    expect((await consent(id, { decidedAt: ago(-1) })).body).toMatchObject({ inEffect: true });
    expect((await disclose(id)).body['type']).toBe('/problems/disclosure-without-notice');
    await notify(id, { sentAt: ago(0) });
    expect((await disclose(id)).status).toBe(201);
  });

  it('stops with stop-all', async () => {
    const { id } = await disclosed();
    await register.call('POST', `/v1/customers/${id}/stop-all`, { body: decision({ decision: undefined, wording: undefined }), token: await register.token({ kind: 'customer', subject: id, scopes: CUSTOMER_SCOPES }) });
    expect((await disclose(id)).body['type']).toBe('/problems/disclosure-without-consent');
  });

  it.each([
    ['restricted', 'PUT', '/restriction', { reason: 'accuracy-contested' }, 'customer-restricted'],
    ['gone', 'PUT', '/end', { endedAt: ago(1), reason: 'by-customer' }, 'relationship-ended'],
  ])('of somebody %s is refused', async (_, method, path, body, problem) => {
    const { id } = await disclosed();
    await register.call(method, `/v1/customers/${id}${path}`, { body });
    expect((await disclose(id)).body['type']).toBe(`/problems/${problem}`);
  });

  it('of somebody who may be under 13 is refused, and so is her consent; a birth year that goes away again brings it not back', async () => {
    const birthYear = new Date().getUTCFullYear() - 10;
    const child = await person({ demographics: { birthYear } });
    expect((await consent(child)).body['type']).toBe('/problems/guardian-required');
    const { id } = await disclosed();
    await register.call('PATCH', `/v1/customers/${id}`, { body: { demographics: { birthYear } }, headers: { 'if-match': '"1"' } });
    expect((await disclose(id)).body['type']).toBe('/problems/guardian-required');
    await register.call('PATCH', `/v1/customers/${id}`, { body: { demographics: { birthYear: null } }, headers: { 'if-match': '"2"' } });
    expect((await disclose(id)).body['type']).toBe('/problems/disclosure-without-consent');
  });

  it('of nothing is no disclosure', async () => {
    const { id } = await disclosed();
    expect((await disclose(id, { fields: ['interests'] })).body['type']).toBe('/problems/nothing-to-disclose');
  });

  it('repeated with its key is the same one, as long as it may still leave', async () => {
    const { id } = await disclosed();
    const headers = { 'idempotency-key': randomUUID() };
    const [first, second] = [await disclose(id, {}, headers), await disclose(id, {}, headers)];
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect((await ledger(id))['disclosures']).toHaveLength(2);
    const [{ dump } = { dump: '' }] = await register.database.query<{ dump: string }[]>("SELECT string_agg(answer::text, '') AS dump FROM idempotency_key");
    expect(dump).not.toContain('contact.email');
    await withdraw(id, 0);
    expect((await disclose(id, {}, headers)).body['type']).toBe('/problems/disclosure-without-consent');
  });

  it('needs a consent with the wording of that purpose', async () => {
    const id = await person();
    expect((await consent(id, { wording: { ...WORDING, sha256: '0'.repeat(64) } })).body['type']).toBe('/problems/wording-unknown');
    expect((await consent(id, { wording: { ...WORDING, id: 'newsletter' } })).body['type']).toBe('/problems/wording-unknown');
    expect((await consent(id, {}, { ...TARGET, recipient: 'nobody' })).body['type']).toBe('/problems/recipient-unknown');
  });

  it('is never changed or forgotten: the database refuses', async () => {
    await disclosed();
    for (const table of ['disclosure', 'disclosure_consent_record', 'disclosure_notice']) {
      await expect(register.database.query(`UPDATE ${table} SET recipient = 'x'`)).rejects.toThrow('append-only');
      await expect(register.database.query(`DELETE FROM ${table}`)).rejects.toThrow('append-only');
    }
  });

  it('is seen by the person herself', async () => {
    const { id, disclosureId } = await disclosed();
    const token = await register.token({ kind: 'customer', subject: id, scopes: CUSTOMER_SCOPES });
    const { body } = await register.call('GET', `/v1/customers/${id}/disclosures`, { token });
    expect(body).toMatchObject({ disclosures: [{ disclosureId }] });
    expect(JSON.stringify(body)).not.toContain('dpo');
  });
});

describe('a recipient that got the person', () => {
  it('is owed a notice of a correction of what it got, with what is right now', async () => {
    const { id, disclosureId } = await disclosed();
    const patch = (version: number, contact: object): Promise<Answer> => register.call('PATCH', `/v1/customers/${id}`, { body: { contact }, headers: { 'if-match': `"${version}"` } });
    await patch(1, { lastName: 'Korhonen' });
    expect(await noticesOf(disclosureId)).toEqual([]);
    await patch(2, { firstName: MARKER });
    await patch(3, { email: null });
    const [notice, ...others] = await noticesOf(disclosureId);
    expect([notice, others]).toEqual([expect.objectContaining({ kind: 'correction', fields: ['contact.email', 'contact.firstName'], late: false }), []]);
    const one = (await register.call('GET', `/v1/recipient-notices/${notice!.id}`, { token: dpo })).body;
    expect(one['data']).toEqual({ 'contact.firstName': MARKER });
    expect(await register.database.query<object[]>("SELECT fields FROM access_log WHERE customer_id = $1 AND route LIKE '%recipient-notices%'", [id])).toEqual([{ fields: ['contact.firstName'] }]);
  });

  it('is told once', async () => {
    const { id, disclosureId } = await disclosed();
    await register.call('PUT', `/v1/customers/${id}/restriction`, { body: { reason: 'accuracy-contested' } });
    const [notice] = await noticesOf(disclosureId);
    expect(notice).toMatchObject({ kind: 'restriction', fields: FIELDS });
    const done = (): Promise<Answer> => register.call('POST', `/v1/recipient-notices/${notice!.id}/done`, { token: dpo, body: { toldBy: 'email' } });
    expect((await done()).body).toEqual({ id: notice!.id, doneAt: expect.any(String) });
    expect((await done()).body['type']).toBe('/problems/recipient-told-already');
    expect([await noticesOf(disclosureId), await noticesOf(disclosureId, 'state=done')]).toMatchObject([[], [{ id: notice!.id }]]);
  });

  it('is owed a notice of the erasure that still says who is meant, until it was told; nothing else of her stays', async () => {
    const { id, disclosureId } = await disclosed();
    const patch = (version: number): Promise<Answer> => register.call('PATCH', `/v1/customers/${id}`, { body: { contact: { firstName: `X${version}` } }, headers: { 'if-match': `"${version}"` } });
    await patch(1);
    const [told] = await noticesOf(disclosureId);
    await register.call('POST', `/v1/recipient-notices/${told!.id}/done`, { token: dpo, body: { toldBy: 'email' } });
    await patch(2);
    expect((await register.call('DELETE', `/v1/customers/${id}`)).status).toBe(202);
    for (const table of ['disclosure', 'disclosure_consent_record', 'disclosure_notice']) {
      expect(await register.database.query<object[]>(`SELECT 1 FROM ${table} WHERE customer_id = $1`, [id])).toEqual([]);
    }
    const [owed, ...others] = [...(await noticesOf(disclosureId)), ...(await noticesOf(disclosureId, 'state=done'))];
    expect([owed, others]).toEqual([expect.objectContaining({ kind: 'erasure', fields: FIELDS, doneAt: null }), []]);
    expect((await notices('state=done')).find((n) => n.id === told!.id)).toMatchObject({ disclosureId: null });
    await register.call('POST', `/v1/recipient-notices/${owed!.id}/done`, { token: dpo, body: { toldBy: 'letter' } });
    expect((await notices('state=done')).find((n) => n.id === owed!.id)).toMatchObject({ disclosureId: null, kind: 'erasure' });
    const dump = await register.database.query<{ dump: string }[]>("SELECT to_jsonb(n)::text AS dump FROM recipient_notice n");
    expect(JSON.stringify(dump)).not.toMatch(new RegExp(`${id}|${disclosureId}`));
  });

  it('is shown as late when its time is over', async () => {
    const { id, disclosureId } = await disclosed();
    await register.call('PUT', `/v1/customers/${id}/restriction`, { body: { reason: 'accuracy-contested' } });
    expect(await noticesOf(disclosureId, 'due=late')).toEqual([]);
    await register.database.query("UPDATE recipient_notice SET due_on = CURRENT_DATE - 3 WHERE disclosure_id = $1", [disclosureId]);
    expect(await noticesOf(disclosureId, 'due=late')).toMatchObject([{ late: true }]);
  });
});

it('what is disclosed stands in no log', () => {
  expect(register.log.length).toBeGreaterThan(50);
  expect(register.log.join('\n').toLowerCase()).not.toContain(MARKER.toLowerCase());
});
