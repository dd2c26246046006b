import { jest } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { strFromU8, unzipSync } from 'fflate';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PersonHeldReply, PersonHeldRequest } from '#contracts/person-held.v1.js';
import { unannotated } from '#database/annotated-columns.js';
import { QUEUES } from '#messaging/topology.js';
import { CUSTOMER_SCOPES, ROLE_SCOPES } from '#register/access/roles.js';
import { ANNOTATED, PERSONAL_DATA, TIES } from '#register/personal-data/tables.js';
import { Opened } from '#test/messaging/support.js';
import { decision, startTestRegister, type TestRegister, WORDING_TEXT } from '#test/support/register.js';
import { waitFor } from '#test/support/wait-for.js';
import { everythingThatCanHappen } from './everything-that-can-happen.js';

jest.setTimeout(60_000);

const MARKER = `Marker${randomUUID().replaceAll('-', '')}`;
type Files = Readonly<Record<'index.html' | 'data.json' | 'data.schema.json' | 'README.txt', string>>;
type Data = Record<string, unknown> & {
  register: Record<string, Record<string, unknown>[]> & { customer: Record<string, unknown> };
  marketing: PersonHeldReply;
  wordings: { text: string }[];
  withheld: { table: string; columns: string[] }[];
};

const folder = mkdtempSync(join(tmpdir(), 'lupa-profile-'));
const marketing = new Opened();
const asked: PersonHeldRequest[] = [];
const NOTHING: PersonHeldReply = { schema: 'person.held.v1', state: null, contact: null, snapshots: [], parked: [], exports: [], reads: [], next: null };
let held: (request: PersonHeldRequest) => PersonHeldReply | Promise<PersonHeldReply> = () => NOTHING;
let register: TestRegister;
let dpo: string;

beforeAll(async () => {
  const profile = JSON.parse(readFileSync('config/confetti.json', 'utf8')) as { purposes: object[]; recipients: object[] };
  profile.purposes.push({ code: 'partner-offers', legalBasis: 'consent', retention: 'P2Y', recipients: ['party-house'] });
  profile.recipients = [{ id: 'party-house', name: 'Juhlatalo & Pojat Oy', country: 'FI', place: 'outside', purposes: ['partner-offers'] }];
  writeFileSync(join(folder, 'profile.json'), JSON.stringify(profile));
  register = await startTestRegister('bundle', { REGISTER_PROFILE: join(folder, 'profile.json') });
  dpo = await register.token({ kind: 'staff', subject: 'dpo', scopes: ROLE_SCOPES['data-protection'] });
  for (const [username, role] of [['aino.manager', 'register-staff'], ['dpo', 'data-protection']]) {
    await register.database.query("INSERT INTO staff (username, password_hash, roles) VALUES ($1, '$argon2id$x', ARRAY[$2])", [username, role]);
  }
});
afterAll(async () => {
  await marketing.closeAll();
  await register.stop();
  rmSync(folder, { recursive: true });
});

const person = async (over: object = {}): Promise<string> => String((await register.call('POST', '/v1/customers', { body: {
  contact: {
    firstName: 'Maija', lastName: MARKER, email: `${MARKER}.${randomUUID().slice(0, 8)}@example.fi`, phone: '045 120 6627', language: 'sv',
    address: { street: 'Moukarinkuja 4', postalCode: '04300', city: 'Tuusula' },
  },
  demographics: { birthYear: 1987, occupation: '<script>alert("x")</script>' }, interests: ['balloons'],
  consents: [{ purpose: 'marketing', channel: 'email', ...decision() }], ...over,
} })).body['id']);

async function fetchBundle(id: string, token?: string, headers: Record<string, string> = {}): Promise<{ status: number; headers: Headers; files: Files; data: Data; body: Buffer }> {
  const response = await fetch(`${register.url}/v1/customers/${id}/bundle`, {
    headers: { authorization: `Bearer ${token ?? (await register.token({}))}`, 'lupa-purpose': 'rights-and-obligations', ...headers },
  });
  const body = Buffer.from(await response.arrayBuffer());
  const files = (response.status === 200 ? Object.fromEntries(Object.entries(unzipSync(body)).map(([name, bytes]) => [name, strFromU8(bytes)])) : {}) as Files;
  return { status: response.status, headers: response.headers, files, data: (files['data.json'] ? JSON.parse(files['data.json']) : {}) as Data, body };
}

async function marketingComes(): Promise<void> {
  marketing.server(marketing.connection(register.vhost.url, 'fake-marketing'), [], {
    'person.held.get': (request: PersonHeldRequest) => {
      asked.push(request);
      return Promise.resolve(held(request));
    },
  }, QUEUES.marketingRpc);
  await waitFor('the fake marketing', async () => await register.vhost.consumers(QUEUES.marketingRpc).catch(() => 0) > 0);
}

describe('without marketing', () => {
  it('there is no bundle rather than one that leaves something out', async () => {
    const id = await person();
    await register.vhost.deleteQueue(QUEUES.marketingRpc);
    const answer = await fetchBundle(id);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'application/problem+json']);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ type: '/problems/marketing-away' });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    // Nothing was shown, so nothing is in the log.
    expect(await register.database.query('SELECT 1 FROM access_log WHERE customer_id = $1', [id])).toEqual([]);
  });
});

describe('the annotations', () => {
  const check = (): Promise<string[]> => unannotated(register.database, ANNOTATED, TIES);

  it('account for every column of every table', async () => {
    expect(await check()).toEqual([]);
  });

  it('miss at once a column, a table, and a column that leads to a customer, when one is added', async () => {
    await register.database.query('ALTER TABLE customer ADD COLUMN shoe_size smallint; CREATE TABLE visit (customer_id uuid); ALTER TABLE program ADD COLUMN customer_id uuid');
    expect(await check()).toEqual([
      'customer.shoe_size has no annotation.', 'The table program is said to hold nobody, and has the column customer_id.', 'The table visit has no annotations.',
    ]);
    await register.database.query('ALTER TABLE customer DROP COLUMN shoe_size; DROP TABLE visit; ALTER TABLE program DROP COLUMN customer_id');
    expect(await check()).toEqual([]);
  });
});

describe('the bundle', () => {
  beforeAll(marketingComes);
  beforeEach(() => { held = () => NOTHING; });

  it('is a zip with a page, the data and its schema, which the data fits', async () => {
    const { status, headers, files, data } = await fetchBundle(await person());
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([200, 'application/zip', 'no-store']);
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="own-data-\d{4}-\d\d-\d\d\.zip"$/);
    expect(Object.keys(files)).toEqual(['index.html', 'data.json', 'data.schema.json', 'README.txt']);
    const published = await register.call('GET', '/v1/schemas/bundle', { headers: { authorization: undefined } });
    expect([published.status, published.headers.get('content-type'), published.body]).toEqual([200, expect.stringContaining('application/schema+json'), JSON.parse(files['data.schema.json'])]);
    const ajv = new Ajv2020({ strict: false });
    formats.default(ajv);
    const fits = ajv.compile(published.body);
    expect([fits(data), fits.errors]).toEqual([true, null]);
    expect(fits({ ...data, register: { ...data.register, customer: { ...data.register.customer, shoeSize: 38 } } })).toBe(false);
  });

  it('holds every row of hers, of every table, and nobody else’s', async () => {
    const [her, other] = [await person(), await person({ contact: { lastName: 'Toinen', phone: '050 123 4567' } })];
    await everythingThatCanHappen(register, her);
    await everythingThatCanHappen(register, other);
    const { data } = await fetchBundle(her, dpo);
    const counts: Record<string, number> = {};
    for (const [table, { name, tie }] of Object.entries(PERSONAL_DATA)) {
      const where = { customer: 'id = $1', customer_id: 'customer_id = $1', ref: 'ref = (SELECT ref FROM customer WHERE id = $1)',
        disclosure_id: 'disclosure_id IN (SELECT id FROM disclosure WHERE customer_id = $1)', digest: '$1::text IS NOT NULL' }[tie];
      const [{ rows }] = await register.database.query<[{ rows: number }]>(`SELECT count(*)::int AS rows FROM ${table} WHERE ${where}`, [her]);
      // The reading itself is logged after what it shows; of suppressions hers are two emails, the phone, and her name with her address.
      counts[name] = rows - (table === 'access_log' ? 1 : 0);
    }
    const told = Object.fromEntries(Object.entries(data.register).map(([name, rows]) => [name, name === 'customer' ? 1 : rows.length]));
    expect(told).toEqual({ ...counts, suppressions: 4 });
    // The test would prove nothing of a table in which she has no row.
    expect(Object.entries(told).filter(([, rows]) => rows === 0).map(([name]) => name)).toEqual([]);
    expect(JSON.stringify(data)).not.toContain('Toinen');
    expect(JSON.stringify(data)).not.toContain(other);
  });

  it('tells who did it by role, and names programs, never employees', async () => {
    const id = await person();
    const aino = await register.token({ kind: 'staff', subject: 'aino.manager', scopes: ROLE_SCOPES['register-staff'] });
    const own = await register.token({ kind: 'customer', subject: id, scopes: CUSTOMER_SCOPES });
    await register.database.query("INSERT INTO program (id, secret_hash, scopes) VALUES ('shop', '', '{}') ON CONFLICT DO NOTHING");
    await register.call('GET', `/v1/customers/${id}`, { token: aino });
    await register.call('PUT', `/v1/customers/${id}/consents/marketing/sms`, { token: own, body: decision() });
    await register.call('PUT', `/v1/customers/${id}/restriction`, { token: aino, body: { reason: 'accuracy-contested' } });
    held = () => ({ ...NOTHING, reads: ['aino.manager', 'shop', 'nobody.known'].map((actor, i) => ({ number: i + 1, at: '2026-11-23T09:00:00.000Z', purpose: 'marketing', route: 'POST /x', actor, list: { channel: 'email', fields: ['name', 'birthYear', 'consents', 'email'] } })) });
    for (const token of [own, dpo]) {
      const { files, data } = await fetchBundle(id, token);
      const staff = { kind: 'staff', roles: ['register-staff'], name: null };
      expect([data.register['reads']!.at(-1)?.['actor'], ...data.register['standingRecords']!.map(({ actor }) => actor)]).toEqual([staff, staff]);
      expect(data.register['consentRecords']!.map(({ actor }) => actor)).toEqual([{ kind: 'program', roles: [], name: 'shop' }, { kind: 'customer', roles: [], name: null }]);
      expect(data.marketing.reads.map(({ actor }) => actor)).toEqual([staff, { kind: 'program', roles: [], name: 'shop' }, { kind: 'staff', roles: [], name: null }]);
      expect(files['index.html']).toContain('first name, last name, year of birth, consents, email');
      expect(data.register.customer['provenance']).toMatchObject({ 'contact.email': { source: 'customer', actor: { kind: 'program', name: 'shop' } } });
      expect(Object.values(files).join()).not.toMatch(/aino\.manager|nobody\.known|dpo(?!\w)/);
    }
  });

  it('shows the wording as it was shown to her, and what marketing said, all pages of it', async () => {
    const id = await person();
    const anExport = (number: number): PersonHeldReply['exports'][number] => ({
      exportId: randomUUID(), number, recipient: { id: 'listmonk', name: 'listmonk', country: 'FI' }, channel: 'email', purpose: 'marketing', requestedAt: '2026-11-01T09:00:00.000Z', asOf: null,
      handovers: [{ at: '2026-11-01T09:00:05.000Z', outcome: 'complete' }], handedOut: true, waiting: false, removal: null,
    });
    const corrected = { recipient: anExport(1).recipient, channel: 'email' as const, fields: ['name', 'interests'], noticedAt: '2026-11-02T09:00:00.000Z', acknowledgedAt: null };
    held = ({ after }) => ({ ...NOTHING, corrections: [corrected], pastRecipients: [corrected.recipient], exports: [anExport(after.export + 1)], next: after.export < 2 ? { export: after.export + 1, read: 0 } : null });
    const { files, data } = await fetchBundle(id);
    const [{ ref }] = await register.database.query<[{ ref: string }]>('SELECT ref FROM customer WHERE id = $1', [id]);
    expect(asked.at(-1)?.ref).toBe(ref);
    expect(data.marketing).toMatchObject({ exports: [{ number: 1 }, { number: 2 }, { number: 3 }], corrections: [corrected], pastRecipients: [corrected.recipient] });
    expect(files['index.html']).toMatch(/What recipients have to correct[^]*first name, last name, interests[^]*Recipients that were given you earlier/);
    expect(data.wordings).toEqual([expect.objectContaining({ id: 'newsletter', text: WORDING_TEXT })]);
    expect(files['index.html'].split(WORDING_TEXT)).toHaveLength(4);
  });

  it('is read in three languages, hers first, without a script and without anything from elsewhere', async () => {
    const { files } = await fetchBundle(await person());
    const page = files['index.html'];
    expect(page).toContain('<html lang="sv">');
    expect(page.match(/<input [^>]*checked>/g)).toEqual(['<input class="choice" type="radio" name="language" id="show-sv" checked>']);
    for (const title of ['Sinun tietosi', 'Dina uppgifter', 'Your data']) expect(page).toContain(`<h1>${title}</h1>`);
    expect(page).not.toMatch(/<script|\son\w+=|src=|url\(|@import|javascript:/);
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;');
    expect(page).not.toMatch(/undefined|\[object|NaN|Invalid Date|>null</);
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]!);
    expect(targets.length).toBeGreaterThan(20);
    expect(targets.filter((id) => !page.includes(` id="${id}"`))).toEqual([]);
    const tags = (name: string): [number, number] => [page.split(new RegExp(`<${name}[ >]`)).length, page.split(`</${name}>`).length];
    for (const name of ['article', 'section', 'table', 'tbody', 'tr', 'td', 'dl', 'dt', 'dd', 'div', 'ul', 'li', 'p', 'span', 'blockquote']) expect([name, tags(name)[0]]).toEqual([name, tags(name)[1]]);
  });

  it('says what it leaves out and why; of a hold that there is one, and of none why, so that no investigation shows by its absence', async () => {
    const [watched, disputed] = [await person(), await person()];
    for (const [id, reason] of [[watched, 'fraud-investigation'], [disputed, 'payment-dispute']]) {
      await register.call('PUT', `/v1/customers/${id!}/legal-hold`, { token: dpo, body: { reason, owner: 'legal', reviewAt: new Date(Date.now() + 86_400_000).toISOString() } });
    }
    for (const id of [watched, disputed]) {
      const { files, data } = await fetchBundle(id);
      expect(data.register['legalHolds']).toEqual([expect.objectContaining({ placedAt: expect.any(String), queuedGround: null })]);
      expect(data.register['standingRecords']).toEqual([expect.objectContaining({ kind: 'hold-placed', reason: null })]);
      expect(Object.values(files).join()).not.toMatch(/fraud-investigation|payment-dispute|"legal"/);
      expect(data.withheld).toEqual(expect.arrayContaining([
        expect.objectContaining({ table: 'customer', columns: ['email_index', 'phone_index'] }), expect.objectContaining({ table: 'legalHolds', columns: ['reason', 'review_at'] }),
        expect.objectContaining({ table: 'standingRecords', columns: ['reason'] }),
      ]));
    }
  });

  it('is hers and of those who may read her, declares its purpose, and stands in the log of reads', async () => {
    const [her, other] = [await person(), await person()];
    const own = await register.token({ kind: 'customer', subject: her, scopes: CUSTOMER_SCOPES });
    expect((await fetchBundle(her, own)).status).toBe(200);
    expect((await fetchBundle(other, own)).status).toBe(403);
    expect((await fetchBundle(her, await register.token({ scopes: ['consents:read'] }))).status).toBe(403);
    expect((await fetchBundle(her, dpo, { 'lupa-purpose': 'curiosity' })).status).toBe(422);
    expect((await fetchBundle(randomUUID(), dpo)).status).toBe(404);
    const [read] = (await fetchBundle(her, dpo)).data.register['reads']!;
    expect(read).toMatchObject({ actor: { kind: 'customer' }, purpose: 'rights-and-obligations', fields: ['bundle'], route: 'GET /v1/customers/:id/bundle' });
  });

  it('is none of somebody who is erased while marketing is asked', async () => {
    const id = await person();
    held = async () => {
      await register.call('DELETE', `/v1/customers/${id}`);
      return { ...NOTHING, snapshots: [{ snapshotId: randomUUID(), name: MARKER, channel: 'email', takenAt: '2026-11-23T09:00:00.000Z', expiresAt: '2026-11-24T09:00:00.000Z' }] };
    };
    const { status, body } = await fetchBundle(id);
    expect([status, body.toString().includes(MARKER)]).toEqual([404, false]);
    expect((await fetchBundle(id)).status).toBe(404);
  });
});

it('nobody whose bundle was made stands in a log', () => {
  expect(register.log.length).toBeGreaterThan(30);
  expect(register.log.join('\n').toLowerCase()).not.toContain(MARKER.toLowerCase());
});
