import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { PersonHeldReply, PersonHeldRequest } from '#contracts/person-held.v1.js';
import { QUEUES } from '#messaging/topology.js';
import { CUSTOMER_SCOPES, ROLE_SCOPES } from '#register/access/roles.js';
import { preview, staffToken } from '#test/support/deciding.js';
import { Opened } from '#test/messaging/support.js';
import { decision, newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';
import { waitFor } from '#test/support/wait-for.js';
import { everythingThatCanHappen } from './everything-that-can-happen.js';

jest.setTimeout(60_000);

let register: TestRegister;
let staff: string;
beforeAll(async () => {
  register = await startTestRegister('erasure-preview');
  staff = await staffToken(register);
});
const marketing = new Opened();
afterAll(async () => {
  await marketing.closeAll();
  await register.stop();
});

const create = async (over: Record<string, unknown> = {}): Promise<string> => {
  const consents = [{ purpose: 'marketing', channel: 'email', ...decision() }];
  return String((await register.call('POST', '/v1/customers', { body: newCustomer({ consents, ...over }) })).body['id']);
};
const erase = (id: string, ifMatch: string | undefined) => register.call('DELETE', `/v1/customers/${id}`, { token: staff, headers: { 'if-match': ifMatch } });
const tables = (body: Record<string, unknown>): Record<string, number> =>
  Object.fromEntries((body['goes'] as { table: string; rows: number }[]).map(({ table, rows }) => [table, rows]));
const sum = (body: Record<string, unknown>): number => Object.values(tables(body)).reduce((total, rows) => total + rows, 0);

/** A row in every table that hangs on a person, but the legal hold, which would stop the erasure. */
async function wholeLife(): Promise<string> {
  const id = await create();
  await everythingThatCanHappen(register, id);
  await register.call('DELETE', `/v1/customers/${id}/legal-hold`);
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
    expect(stays.find(({ what }) => what === 'request-record')).toMatchObject({ rows: 2, until: null });
    expect(stays.every(({ legalBasis }) => legalBasis.startsWith('GDPR Art. '))).toBe(true);
    expect(body).toMatchObject({
      closes: ['email'], legalHold: null, restriction: null,
      recipients: [{ id: 'party-house', disclosures: 1, fields: ['contact.address', 'contact.email'] }], exports: null,
    });
  });

  it('asks marketing, on demand, which tools were handed her; without an answer there is no list', async () => {
    const id = await create();
    const ask = () => register.call('GET', `/v1/customers/${id}/erasure-preview?exports=true`, { token: staff });
    await register.vhost.deleteQueue(QUEUES.marketingRpc);
    const away = await ask();
    expect([away.status, away.body['type']]).toEqual([503, '/problems/marketing-away']);
    const anExport = (recipient: string, handedOut: boolean): PersonHeldReply['exports'][number] => ({
      exportId: randomUUID(), number: 1, recipient: { id: recipient, name: recipient.toUpperCase(), country: 'FI' }, channel: 'email', purpose: 'marketing',
      requestedAt: '2026-11-01T09:00:00.000Z', asOf: null, handovers: [], handedOut, waiting: !handedOut, removal: null,
    });
    const exports = [anExport('listmonk', true), anExport('mailer', false), anExport('listmonk', true)];
    marketing.server(marketing.connection(register.vhost.url, 'fake-marketing'), [], {
      'person.held.get': ({ ref }: PersonHeldRequest) => Promise.resolve({ schema: 'person.held.v1', state: null, contact: null, snapshots: [], parked: [], exports: ref === known ? exports : [], reads: [], next: null }),
    }, QUEUES.marketingRpc);
    const [{ ref: known }] = await register.database.query<[{ ref: string }]>('SELECT ref FROM customer WHERE id = $1', [id]);
    await waitFor('the fake marketing', async () => await register.vhost.consumers(QUEUES.marketingRpc).catch(() => 0) > 0);
    const { body, headers } = await ask();
    expect(body['exports']).toEqual([{ id: 'listmonk', name: 'LISTMONK', country: 'FI', exports: 2 }]);
    expect(headers.get('etag')).toBe((await preview(register, id)).etag);
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
    const aino = await register.token({ kind: 'staff', subject: 'aino', scopes: ROLE_SCOPES['register-staff'] });
    expect((await register.call('GET', `/v1/customers/${id}/erasure-preview`, { token: aino })).body['legalHold']).toEqual({ reason: null, owner: null, reviewAt: expect.any(String) });
    const own = await register.token({ kind: 'customer', subject: id, scopes: CUSTOMER_SCOPES });
    expect((await register.call('GET', `/v1/customers/${id}/erasure-preview`, { token: own })).body['legalHold']).toEqual({ reason: null, owner: null, reviewAt: null });
    expect((await register.call('GET', `/v1/customers/${id}/erasure-preview`, { token: staff, headers: { 'lupa-purpose': undefined } })).body['type']).toBe('/problems/purpose-missing');
    expect(await register.database.query<object[]>('SELECT actor_kind, fields FROM access_log WHERE customer_id = $1 ORDER BY id', [id]))
      .toEqual([...[1, 2].map(() => ({ actor_kind: 'staff', fields: ['erasurePreview'] })), { actor_kind: 'customer', fields: ['erasurePreview'] }]);
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
