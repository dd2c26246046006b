import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { CUSTOMER_SCOPES } from '#register/access/roles.js';
import { preview, staffToken } from '#test/support/deciding.js';
import { decision, newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';

jest.setTimeout(60_000);

let register: TestRegister;
let staff: string;
beforeAll(async () => {
  register = await startTestRegister('erasure-preview');
  staff = await staffToken(register);
});
afterAll(async () => { await register.stop(); });

const create = async (over: Record<string, unknown> = {}): Promise<string> => {
  const consents = [{ purpose: 'marketing', channel: 'email', ...decision() }];
  return String((await register.call('POST', '/v1/customers', { body: newCustomer({ consents, ...over }) })).body['id']);
};
const erase = (id: string, ifMatch: string | undefined) => register.call('DELETE', `/v1/customers/${id}`, { token: staff, headers: { 'if-match': ifMatch } });
const tables = (body: Record<string, unknown>): Record<string, number> =>
  Object.fromEntries((body['goes'] as { table: string; rows: number }[]).map(({ table, rows }) => [table, rows]));
const sum = (body: Record<string, unknown>): number => Object.values(tables(body)).reduce((total, rows) => total + rows, 0);

/** A row in every table that hangs on a person, but a legal hold. */
async function wholeLife(): Promise<string> {
  const id = await create();
  const moment = new Date().toISOString();
  await register.call('POST', `/v1/customers/${id}/requests`, { body: { kind: 'access', receivedBy: 'email' } });
  await register.call('PUT', `/v1/customers/${id}/end`, { body: { endedAt: moment, reason: 'by-customer' } });
  await register.database.query(`
    INSERT INTO guardian_consent (customer_id, decision, decided_at, source_system, actor) VALUES ($1, 'withdrawn', now(), 'shop', 'shop')`, [id]);
  await register.database.query(`
    INSERT INTO disclosure_consent_record (customer_id, recipient, purpose, decision, decided_at, in_effect, method, source_system, actor)
    VALUES ($1, 'party-house', 'marketing', 'withdrawn', now(), true, 'checkout', 'shop', 'shop')`, [id]);
  await register.database.query("INSERT INTO disclosure_notice (customer_id, recipient, purpose, sent_at, sent_by, actor) VALUES ($1, 'party-house', 'marketing', now(), 'email', 'shop')", [id]);
  for (const field of ['contact.email', 'contact.phone']) {
    await register.database.query(`
      INSERT INTO disclosure (id, customer_id, recipient, purpose, fields, legal_basis, consent_id, notice_id, actor, actor_kind)
      VALUES ($2, $1, 'party-house', 'marketing', ARRAY[$3], 'consent', 1, 1, 'shop', 'program')`, [id, randomUUID(), field]);
  }
  return id;
}

describe('the preview of an erasure', () => {
  it('counts every row that the erasure deletes, whichever table it is in', async () => {
    const id = await wholeLife();
    const { body, etag } = await preview(register, id);
    const withPersons = await register.database.query<{ name: string }[]>(`
      SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'customer_id'
      WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1`);
    const told = Object.keys(tables(body));
    // A table that comes later has to be given a row above, or be named here with its reason.
    expect(withPersons.map(({ name }) => name).filter((name) => !told.includes(name))).toEqual(['data_request', 'idempotency_key', 'legal_hold']);
    const { body: receipt } = await erase(id, etag);
    const { body: found } = await register.call('GET', `/v1/erasures/${String(receipt['caseId'])}`);
    // One request is recorded by the demand itself; its first steps go with it.
    const [steps] = await register.database.query<{ count: number }[]>('SELECT count(*)::int AS count FROM data_request_step');
    expect([found['rowsDeleted'], steps?.count]).toEqual([sum(body) + 2, 0]);
  });

  it('says what stays and why, what is closed, and who will be told', async () => {
    const { body } = await preview(register, await wholeLife());
    const stays = body['stays'] as { what: string; rows: number | null; legalBasis: string; until: string | null }[];
    expect(stays.map(({ what }) => what)).toEqual(['erasure-log', 'tombstone', 'suppression', 'request-record', 'recipient-notice', 'erasure-case', 'repeat-guard']);
    expect(stays.find(({ what }) => what === 'request-record')).toMatchObject({ rows: 1, until: null });
    expect(stays.every(({ legalBasis }) => legalBasis.startsWith('GDPR Art. '))).toBe(true);
    expect(body).toMatchObject({
      closes: ['email'], legalHold: null, restriction: null,
      recipients: [{ id: 'party-house', disclosures: 2, fields: ['contact.email', 'contact.phone'] }],
    });
  });

  it('finds a table that nobody has told it of', async () => {
    const id = await create();
    await register.database.query('CREATE SCHEMA IF NOT EXISTS later; CREATE TABLE later."New Table" (customer_id uuid, note text)');
    await register.database.query('INSERT INTO later."New Table" VALUES ($1, $2), ($1, $2), ($3, $2)', [id, 'x', randomUUID()]);
    expect(tables((await preview(register, id)).body)).toMatchObject({ 'New Table': 2 });
    await register.database.query('DROP SCHEMA later CASCADE');
  });

  it('is a read of the person, logged with its purpose, and is hers to see without the reasons of a hold', async () => {
    const id = await create();
    await register.call('PUT', `/v1/customers/${id}/legal-hold`, { body: { reason: 'claim', owner: 'legal', reviewAt: new Date(Date.now() + 86_400_000).toISOString() } });
    expect((await preview(register, id)).body['legalHold']).toMatchObject({ reason: 'claim', owner: 'legal' });
    const own = await register.token({ kind: 'customer', subject: id, scopes: CUSTOMER_SCOPES });
    expect((await register.call('GET', `/v1/customers/${id}/erasure-preview`, { token: own })).body['legalHold']).toEqual({ reason: null, owner: null, reviewAt: null });
    expect((await register.call('GET', `/v1/customers/${id}/erasure-preview`, { token: staff, headers: { 'lupa-purpose': undefined } })).body['type']).toBe('/problems/purpose-missing');
    expect(await register.database.query<object[]>('SELECT actor_kind, fields FROM access_log WHERE customer_id = $1 ORDER BY id', [id]))
      .toEqual([{ actor_kind: 'staff', fields: ['erasurePreview'] }, { actor_kind: 'customer', fields: ['erasurePreview'] }]);
    expect((await preview(register, randomUUID())).body['type']).toBe('/problems/customer-not-found');
  });
});

describe('an erasure by staff', () => {
  it('needs the preview, by either door; the person herself and programs do not', async () => {
    const [one, two, three] = [await create(), await create(), await create()];
    expect((await erase(one, undefined)).body['type']).toBe('/problems/if-match-missing');
    const posted = await register.call('POST', '/v1/erasures', { body: { customerId: one, ground: 'relationship-ended' }, token: staff });
    expect([posted.status, posted.body['type']]).toEqual([428, '/problems/if-match-missing']);
    expect((await erase(one, '"1"')).body['type']).toBe('/problems/if-match-invalid');
    const { etag } = await preview(register, one);
    expect((await erase(two, etag)).status).toBe(412);
    expect((await erase(one.toUpperCase(), etag)).status).toBe(202);
    const own = await register.token({ kind: 'customer', subject: two, scopes: CUSTOMER_SCOPES });
    expect((await register.call('DELETE', `/v1/customers/${two}`, { token: own })).status).toBe(202);
    expect((await register.call('POST', '/v1/erasures', { body: { customerId: three, ground: 'request' } })).status).toBe(202);
  });

  it('is refused when something else would go, stay or stop it than was shown, and not because somebody looked', async () => {
    const id = await create();
    const changes: (() => Promise<unknown>)[] = [
      () => register.call('PATCH', `/v1/customers/${id}`, { body: { contact: { lastName: 'Toinen' } }, headers: { 'if-match': '"1"' } }),
      () => register.call('POST', `/v1/customers/${id}/requests`, { body: { kind: 'access', receivedBy: 'email' } }),
      () => register.call('PUT', `/v1/customers/${id}/legal-hold`, { body: { reason: 'claim', owner: 'legal', reviewAt: new Date(Date.now() + 86_400_000).toISOString() } }),
      () => register.call('DELETE', `/v1/customers/${id}/legal-hold`),
    ];
    for (const change of changes) {
      const { etag } = await preview(register, id);
      await change();
      expect((await erase(id, etag)).body['type']).toBe('/problems/version-mismatch');
    }
    const { etag } = await preview(register, id);
    await register.call('GET', `/v1/customers/${id}`);
    await preview(register, id, 'eino');
    expect((await erase(id, etag)).status).toBe(202);
  });
});
