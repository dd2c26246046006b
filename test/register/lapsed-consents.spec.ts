import { jest } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Retention } from '#register/retention/retention.service.js';
import { projected } from '#test/support/projected.js';
import { type Answer, decision, startTestRegister, type TestRegister } from '#test/support/register.js';

jest.setTimeout(60_000);

const TEXT = 'Saatte käyttää tietojani tähän.';
const wordingOf = (id: string) => ({ id, version: 1, language: 'fi', sha256: createHash('sha256').update(TEXT).digest('hex') });
/** Purposes that rest on consent, besides marketing (two years). */
const PERIODS = { 'partner-offers': 'P2Y', club: 'P5Y' } as const;
const PARTY = { recipient: 'party-house', purpose: 'partner-offers' };

const folder = mkdtempSync(join(tmpdir(), 'lupa-profile-'));
let register: TestRegister;
beforeAll(async () => {
  const profile = JSON.parse(readFileSync('config/confetti.json', 'utf8')) as { purposes: object[]; recipients: object[] };
  for (const [code, retention] of Object.entries(PERIODS)) profile.purposes.push({ code, legalBasis: 'consent', retention, recipients: ['party-house'] });
  profile.recipients = [{ id: 'party-house', name: 'Juhlatalo Oy', country: 'FI', place: 'outside', purposes: ['partner-offers'] }];
  writeFileSync(join(folder, 'profile.json'), JSON.stringify(profile));
  register = await startTestRegister('lapsed', { REGISTER_PROFILE: join(folder, 'profile.json') });
  for (const purpose of Object.keys(PERIODS)) await register.call('PUT', `/v1/wordings/${purpose}/1/fi`, { body: { purpose, text: TEXT } });
});
afterAll(async () => {
  await register.stop();
  rmSync(folder, { recursive: true });
});

const retention = (): Retention => register.app.get(Retention, { strict: false });
const run = async (): Promise<void> => { while ((await retention().chunk('consent-inactive', new Date(), true)).kind !== 'finished'); };
const yearsAgo = (years: number): string => new Date(Date.now() - years * 365.25 * 86_400_000).toISOString();
const grant = (purpose: string, channel: string, years: number) =>
  ({ purpose, channel, ...decision({ decidedAt: yearsAgo(years), ...(purpose === 'marketing' ? {} : { wording: wordingOf(purpose) }) }) });
const create = async (consents: object[], over: object = {}): Promise<string> => {
  const { status, body } = await register.call('POST', '/v1/customers', { body: { contact: { firstName: 'Aino', email: `${randomUUID()}@example.fi` }, consents, ...over } });
  expect(status).toBe(201);
  return String(body['id']);
};
/** Somebody who consented when she registered, and has given no sign since. */
const silent = async (years: number, consents: object[], over: object = {}): Promise<string> => {
  const id = await create(consents, over);
  await register.database.query('UPDATE customer SET active_at = $2 WHERE id = $1', [id, yearsAgo(years)]);
  return id;
};
const versionOf = async (id: string): Promise<number> => Number((await register.call('GET', `/v1/customers/${id}`)).body['version']);
const patch = async (id: string, body: object): Promise<Answer> => register.call('PATCH', `/v1/customers/${id}`, { body, headers: { 'if-match': `"${await versionOf(id)}"` } });
const inForce = async (id: string): Promise<string[]> => ((await register.call('GET', `/v1/customers/${id}/consents`)).body['consents'] as Record<string, string>[])
  .map((c) => `${c['purpose']!} ${c['channel']!}: ${c['decision']!}`);
const history = async (id: string) => (await register.call('GET', `/v1/customers/${id}/consents/history`)).body['records'] as Record<string, unknown>[];

describe('a consent', () => {
  it('lapses by the period of its own purpose, also of somebody whom marketing was never told of', async () => {
    const id = await silent(3, [grant('club', 'email', 6), grant('partner-offers', 'email', 3), grant('marketing', 'sms', 3)]);
    await run();
    expect(await inForce(id)).toEqual(['club email: granted', 'marketing sms: withdrawn', 'partner-offers email: withdrawn']);
    expect((await history(id)).slice(3)).toMatchObject([{ method: 'expired', actor: 'retention' }, { method: 'expired', actor: 'retention' }]);
    expect(await register.database.query<object[]>('SELECT 1 FROM sync_pending p JOIN customer c USING (ref) WHERE c.id = $1', [id])).toEqual([]);
    await register.database.query('UPDATE customer SET active_at = $2 WHERE id = $1', [id, yearsAgo(5.1)]);
    await run();
    expect(await inForce(id)).toContain('club email: withdrawn');
  });
});

describe('a disclosure', () => {
  const path = (id: string): string => `/v1/customers/${id}/disclosure-consents/${PARTY.recipient}/${PARTY.purpose}`;
  const disclose = (id: string): Promise<Answer> =>
    register.call('POST', `/v1/customers/${id}/disclosures`, { body: { ...PARTY, fields: ['contact.email'] }, headers: { 'lupa-purpose': undefined } });
  const consented = async (years: number, seen: number): Promise<string> => {
    const id = await create([]);
    await register.call('PUT', path(id), { body: decision({ decidedAt: yearsAgo(years), wording: wordingOf('partner-offers') }) });
    await register.call('POST', `/v1/customers/${id}/disclosure-notices`, { body: { ...PARTY, sentAt: yearsAgo(0.1), sentBy: 'email' } });
    await register.database.query('UPDATE customer SET active_at = $2 WHERE id = $1', [id, yearsAgo(seen)]);
    return id;
  };
  const last = async (id: string): Promise<unknown> => ((await register.call('GET', `/v1/customers/${id}/disclosures`)).body['consents'] as unknown[]).at(-1);

  it('on a consent that has lapsed is refused before retention has been by, and after', async () => {
    const id = await consented(8, 8);
    expect((await disclose(id)).body['type']).toBe('/problems/disclosure-without-consent');
    expect(await last(id)).toMatchObject({ decision: 'granted' });
    await run();
    expect(await last(id)).toMatchObject({ decision: 'withdrawn', method: 'expired', inEffect: true });
    expect((await disclose(id)).body['type']).toBe('/problems/disclosure-without-consent');
    // The lapse counts from when the period was over: what she says today is newer.
    await register.call('PUT', path(id), { body: decision({ wording: wordingOf('partner-offers') }) });
    expect((await disclose(id)).status).toBe(201);
  });

  it.each([['who was seen since', 8, 1], ['who consented since', 1, 8]])('of somebody %s is allowed, and stays so', async (_, years, seen) => {
    const id = await consented(years, seen);
    await run();
    expect([(await disclose(id)).status, await last(id)]).toMatchObject([201, { decision: 'granted' }]);
  });
});

describe('restriction', () => {
  it('stops the clock: nothing lapses of whom nobody may hear, until it is lifted', async () => {
    const id = await silent(3, [grant('marketing', 'email', 3)]);
    await register.call('PUT', `/v1/customers/${id}/restriction`, { body: { reason: 'accuracy-contested' } });
    expect((await retention().preview(new Date())).find(({ rule }) => rule === 'consent-inactive')).toMatchObject({ due: 0, spared: 1 });
    await run();
    expect(await inForce(id)).toEqual(['marketing email: granted']);
    await register.call('PUT', `/v1/customers/${id}/restriction/notice`, { body: { sentAt: new Date().toISOString(), sentBy: 'post' } });
    expect((await register.call('DELETE', `/v1/customers/${id}/restriction`)).status).toBe(200);
    expect([await projected(register, id), await inForce(id)]).toEqual([[], ['marketing email: withdrawn']]);
  });
});

describe('on the way in', () => {
  it('what has lapsed already is kept as proof only, when staff registers somebody', async () => {
    const id = await create([grant('marketing', 'email', 8), grant('club', 'email', 8)], { source: { kind: 'staff' } });
    expect([await projected(register, id), await inForce(id)]).toEqual([[], []]);
    expect(await history(id)).toMatchObject([{ decision: 'granted', inEffect: false }, { decision: 'granted', inEffect: false }]);
    expect(await projected(register, await create([grant('marketing', 'email', 1)], { source: { kind: 'staff' } }))).toEqual(['email']);
  });

  it('a decision told late: a consent comes too late, a withdrawal never', async () => {
    const id = await silent(3, []);
    const put = (over: object): Promise<Answer> => register.call('PUT', `/v1/customers/${id}/consents/marketing/email`, { body: decision(over as Record<string, unknown>) });
    expect((await put({ decidedAt: yearsAgo(4) })).body).toMatchObject({ inEffect: false });
    expect([await projected(register, id), await inForce(id)]).toEqual([[], []]);
    expect((await put({ decidedAt: yearsAgo(4), decision: 'withdrawn', wording: undefined })).body).toMatchObject({ inEffect: true });
    expect((await put({ decidedAt: yearsAgo(1) })).body).toMatchObject({ inEffect: true });
    expect(await projected(register, id)).toEqual(['email']);
  });

  it('an address that staff adds wakes nothing, one of hers does', async () => {
    const phone = '+358451206627';
    const [byStaff, byHer] = [await silent(3, [grant('marketing', 'sms', 3)]), await silent(3, [grant('marketing', 'sms', 3)])];
    expect((await patch(byStaff, { contact: { phone }, source: { kind: 'staff' } })).status).toBe(200);
    expect([await projected(register, byStaff), await inForce(byStaff)]).toEqual([[], ['marketing sms: withdrawn']]);
    expect((await patch(byHer, { contact: { phone } })).status).toBe(200);
    expect(await projected(register, byHer)).toEqual(['sms']);
  });

  it('neither does a relationship that goes on', async () => {
    const id = await silent(3, [grant('marketing', 'email', 3)]);
    await register.call('PUT', `/v1/customers/${id}/end`, { body: { endedAt: yearsAgo(0.1), reason: 'by-customer' } });
    await register.call('DELETE', `/v1/customers/${id}/end`);
    expect(await projected(register, id)).toEqual([]);
  });
});
