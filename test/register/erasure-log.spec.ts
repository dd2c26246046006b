import { randomBytes, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { ErasureLog } from '#register/erasure-log/erasure-log.service.js';
import { ErasureReplay } from '#register/erasure/erasure-replay.service.js';
import { erasureLogDataSource } from '#register/erasure-log/erasure-log.data-source.js';
import { rewriteLog } from '#test/support/erased.js';
import { createTestDatabase, type TestDatabase } from '#test/support/database.js';
import { newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';
import { startTcpProxy, type TcpProxy } from '#test/support/tcp-proxy.js';
import { waitFor } from '#test/support/wait-for.js';

let register: TestRegister;
let database: TestDatabase;
let link: TcpProxy;
let log: Client;
beforeAll(async () => {
  database = await createTestDatabase('erasure-log', erasureLogDataSource);
  const url = new URL(database.url);
  link = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  register = await startTestRegister('erasure-log', { REGISTER_ERASURE_LOG_URL: Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(link.port) }).href });
  log = new Client(database.url);
  await log.connect();
}, 60_000);
afterAll(async () => {
  await log.end();
  await register.stop();
  await link.close();
  await database.drop();
}, 60_000);

interface Entry { ref: string; case_id: string; email_digest: Buffer; ground: string; done_at: Date | null }

const entries = async (): Promise<Entry[]> => (await log.query<Entry>('SELECT ref, case_id, email_digest, ground, done_at FROM erasure ORDER BY logged_at')).rows;
const create = async (): Promise<{ id: string; ref: string }> => {
  const id = String((await register.call('POST', '/v1/customers', { body: newCustomer() })).body['id']);
  const [row] = await register.database.query<[{ ref: string }]>('SELECT ref FROM customer WHERE id = $1', [id]);
  return { id, ref: row.ref };
};
const isThere = async (id: string): Promise<boolean> => (await register.call('GET', `/v1/customers/${id}`)).status === 200;
const age = (ref: string) => log.query("UPDATE erasure SET logged_at = now() - interval '10 minutes' WHERE ref = $1", [ref]);
const hold = (id: string) => register.call('PUT', `/v1/customers/${id}/legal-hold`, { body: { reason: 'claim', owner: 'legal', reviewAt: new Date(Date.now() + 86_400_000).toISOString() } });
const replay = () => register.app.get(ErasureReplay, { strict: false });

describe('the log of erasures', () => {
  it('names the case of each person once, by digests and random numbers', async () => {
    const { id, ref } = await create();
    const { body } = await register.call('DELETE', `/v1/customers/${id}`);
    const found = (await entries()).filter((entry) => entry.ref === ref);
    expect(found).toMatchObject([{ case_id: body['caseId'], ground: 'request', done_at: expect.any(Date) }]);
    const [suppressed] = await register.database.query<object[]>('SELECT 1 FROM suppression WHERE digest = $1', [found[0]?.email_digest]);
    expect(suppressed).toBeDefined();
    for (const change of ["ground = 'abuse'", 'email_digest = NULL', 'done_at = NULL', 'logged_at = now()', 'case_id = gen_random_uuid()', 'ref = gen_random_uuid()']) {
      await expect(log.query(`UPDATE erasure SET ${change} WHERE ref = $1`, [ref])).rejects.toThrow('append-only');
    }
    await expect(log.query('DELETE FROM erasure')).rejects.toThrow('append-only');
  });

  it('says what the attempt said that was carried out, not one that came to nothing', async () => {
    const { id, ref } = await create();
    await log.query("INSERT INTO erasure (ref, case_id, ground, requested_by, reason_code) VALUES ($1, gen_random_uuid(), 'abuse', 'somebody', 'fraud')", [ref]);
    const { body } = await register.call('DELETE', `/v1/customers/${id}`);
    expect((await entries()).filter((entry) => entry.ref === ref)).toMatchObject([{ case_id: body['caseId'], ground: 'request', email_digest: expect.any(Buffer) }]);
    expect((await register.call('GET', `/v1/erasures/${String(body['caseId'])}`)).body).toMatchObject({ ground: 'request' });
  });

  it('is written before the first row is deleted, and finishes what a crash has cut short', async () => {
    const { id, ref } = await create();
    await register.database.query(`
      CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'cut short'; END $$;
      CREATE TRIGGER fail BEFORE DELETE ON customer FOR EACH ROW EXECUTE FUNCTION fail()`);
    expect((await register.call('DELETE', `/v1/customers/${id}`)).status).toBe(500);
    await register.database.query('DROP FUNCTION fail() CASCADE');
    expect(await isThere(id)).toBe(true);
    const [entry] = (await entries()).filter((each) => each.ref === ref);
    expect(entry).toBeDefined();

    await replay().finishCutShort();
    expect(await isThere(id)).toBe(true); // it may still be under way
    await age(ref);
    await replay().finishCutShort();
    expect(await isThere(id)).toBe(false);
    expect((await register.call('GET', `/v1/erasures/${String(entry?.case_id)}`)).body).toMatchObject({ state: 'waiting-for-marketing', ground: 'request' });
    expect((await entries()).filter((each) => each.ref === ref)).toHaveLength(1);
  });

  it('is what a repeated request hears of that was cut short and finished without it, whatever its key', async () => {
    const { id, ref } = await create();
    await register.database.query(`
      CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'cut short'; END $$;
      CREATE TRIGGER fail BEFORE DELETE ON customer FOR EACH ROW EXECUTE FUNCTION fail()`);
    const token = await register.token({ kind: 'customer', subject: id, scopes: ['erasures:write', 'customers:read'] });
    const ask = (headers = { 'idempotency-key': `the-same-${ref}` }) => register.call('DELETE', `/v1/customers/${id}`, { token, headers });
    expect((await ask()).status).toBe(500);
    await register.database.query('DROP FUNCTION fail() CASCADE');
    await age(ref);
    await replay().finishCutShort();

    const caseId = (await entries()).find((entry) => entry.ref === ref)?.case_id;
    const other = { 'idempotency-key': randomUUID() };
    const repeated = [await ask(), await ask(), await ask(other), await ask(other), await register.call('DELETE', `/v1/customers/${id}`)];
    expect(repeated.map(({ status, body }) => [status, body['caseId']])).toEqual(repeated.map(() => [202, caseId]));
    expect((await register.call('GET', `/v1/customers/${id}`, { token })).status).toBe(404);
    expect((await register.call('DELETE', `/v1/customers/${randomUUID()}`)).status).toBe(404);
  });

  it('erases again who is there again, whatever a restored row says, and only her', async () => {
    const [gone, stays] = [await create(), await create()];
    const [saved] = await register.database.query<[{ row: object }]>('SELECT to_jsonb(c) AS row FROM customer c WHERE id = $1', [gone.id]);
    const { body: { caseId } } = await register.call('POST', '/v1/erasures', { body: { customerId: gone.id, ground: 'request' } });
    const restored = { ...saved.row, restricted_at: new Date(), restriction_reason: 'accuracy-contested' };
    await register.database.query(`INSERT INTO customer SELECT * FROM jsonb_populate_record(NULL::customer, $1)`, [JSON.stringify(restored)]);
    await register.database.query(`INSERT INTO legal_hold (customer_id, reason, owner, review_at, placed_by) VALUES ($1, 'dispute', 'somebody', now(), 'somebody')`, [gone.id]);
    await register.database.query(`DELETE FROM suppression`);
    // The address that she had at the end; the restored row knows an older one.
    await rewriteLog(log, 'UPDATE erasure SET email_digest = $2 WHERE ref = $1', [gone.ref, randomBytes(32)]);
    await register.database.query(`UPDATE erasure_case SET answered_at = now(), statement = 'x', closed_at = now() WHERE id = $1`, [caseId]);

    expect(await replay().run()).toMatchObject({ erasedAgain: 1, reopened: 0 });
    expect([await isThere(gone.id), await isThere(stays.id)]).toEqual([false, true]);
    expect((await register.call('GET', `/v1/erasures/${String(caseId)}`)).body).toMatchObject({ state: 'waiting-for-marketing' });
    expect(await register.database.query<object[]>('SELECT 1 FROM suppression')).toHaveLength(2);
    expect(await register.database.query<object[]>('SELECT 1 FROM sync_pending WHERE ref = $1 AND erased', [gone.ref])).toHaveLength(1);
    expect(await replay().run()).toMatchObject({ erasedAgain: 0, reopened: 0 });
  });

  it('tells of a case that a restored database does not know when it was asked for, and when it was done again', async () => {
    const { id, ref } = await create();
    const [saved] = await register.database.query<[{ row: object }]>('SELECT to_jsonb(c) AS row FROM customer c WHERE id = $1', [id]);
    const { body: { caseId } } = await register.call('DELETE', `/v1/customers/${id}`);
    await register.database.query('DELETE FROM erasure_case WHERE id = $1', [caseId]);
    await register.database.query(`INSERT INTO customer SELECT * FROM jsonb_populate_record(NULL::customer, $1)`, [JSON.stringify(saved.row)]);
    await rewriteLog(log, "UPDATE erasure SET logged_at = '2026-10-14T08:00:00Z' WHERE ref = $1", [ref]);
    expect(await replay().run()).toMatchObject({ erasedAgain: 1 });
    const [times] = await register.database.query<[{ requested_at: Date; deleted_at: Date }]>('SELECT requested_at, deleted_at FROM erasure_case WHERE id = $1', [caseId]);
    expect([times.requested_at.toISOString(), times.deleted_at > new Date(Date.now() - 60_000)]).toEqual(['2026-10-14T08:00:00.000Z', true]);
  });

  it('marks as carried out what the end of a hold has erased', async () => {
    const { id, ref } = await create();
    await hold(id);
    await register.call('DELETE', `/v1/customers/${id}`);
    expect((await register.call('DELETE', `/v1/customers/${id}/legal-hold`)).status).toBe(200);
    expect((await entries()).find((entry) => entry.ref === ref)?.done_at).toBeInstanceOf(Date);
  });

  it('after a restore, erases also those of whom it was not told yet that they were gone', async () => {
    const { id, ref } = await create();
    await hold(id);
    await log.query('INSERT INTO erasure (ref, case_id, ground, requested_by, email_digest) VALUES ($1, $2, $3, $4, $5)', [ref, randomUUID(), 'request', 'customer', randomBytes(32)]);
    await replay().run();
    expect(await isThere(id)).toBe(true); // may be a crash before the hold: it stays
    expect(await replay().runAfterRestore()).toMatchObject({ erasedAgain: 1 });
    expect(await isThere(id)).toBe(false);
  });

  it('lets who came back stay when retention was cut short, and finishes it for who did not', async () => {
    const [back, ended] = [await create(), await create()];
    expect((await register.call('PUT', `/v1/customers/${ended.id}/end`, { body: { reason: 'by-customer', endedAt: new Date().toISOString() } })).status).toBe(200);
    for (const { ref } of [back, ended]) {
      await log.query("INSERT INTO erasure (ref, case_id, ground, requested_by) VALUES ($1, gen_random_uuid(), 'relationship-ended', 'retention')", [ref]);
      await age(ref);
    }
    await register.database.query("UPDATE customer SET ended_at = now() - interval '7 years' WHERE id = $1", [ended.id]);
    await replay().finishCutShort();
    expect([await isThere(back.id), await isThere(ended.id)]).toEqual([true, false]);
  });

  it('opens cases anew that a restored database does not know, and closes their addresses', async () => {
    const { id, ref } = await create();
    const { body: { caseId } } = await register.call('DELETE', `/v1/customers/${id}`);
    await register.database.query('DELETE FROM erasure_case WHERE id = $1', [caseId]);
    await register.database.query('DELETE FROM sync_pending WHERE ref = $1', [ref]);
    await register.database.query('DELETE FROM suppression');
    expect(await replay().run()).toMatchObject({ erasedAgain: 0, reopened: 1 });
    expect(await register.database.query<object[]>('SELECT 1 FROM suppression')).toHaveLength(1);
    expect(await register.database.query<object[]>('SELECT 1 FROM sync_pending p JOIN erasure_case e USING (ref, version) WHERE e.id = $1 AND p.erased', [caseId])).toHaveLength(1);
  });

  it('away, it lets nothing be erased', async () => {
    const { id } = await create();
    link.refuse();
    const { status, body, headers } = await register.call('DELETE', `/v1/customers/${id}`);
    expect([status, body['type'], headers.has('retry-after')]).toEqual([503, '/problems/erasure-log-away', true]);
    expect(await isThere(id)).toBe(true);
    link.heal();
    await waitFor('the log again', async () => (await register.call('DELETE', `/v1/customers/${id}`)).status === 202);
  });

  it('lists what is open page by page, so that who is kept keeps nobody waiting', async () => {
    const refs: string[] = Array.from({ length: 5 }, () => randomUUID());
    await log.query("INSERT INTO erasure (ref, case_id, ground, requested_by, logged_at) SELECT ref, gen_random_uuid(), 'request', 'customer', '2026-01-01T00:00:00.123456Z' FROM unnest($1::uuid[]) AS ref", [refs]);
    const found: string[] = [];
    for await (const page of register.app.get(ErasureLog, { strict: false }).openPages(60, 2)) found.push(...page.map(({ ref }) => ref));
    expect(found.filter((ref) => refs.includes(ref))).toEqual([...refs].sort());
    expect(new Set(found).size).toBe(found.length);
  });
});
