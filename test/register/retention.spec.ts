import { jest } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { PERSONAL_DATA } from '#register/personal-data/tables.js';
import { READ_LOG_PURPOSE } from '#register/retention/retention-rules.js';
import { Retention } from '#register/retention/retention.service.js';
import { projected } from '#test/support/projected.js';
import { decision, startTestRegister, type TestRegister } from '#test/support/register.js';
import { waitFor } from '#test/support/wait-for.js';

jest.setTimeout(60_000);

const CLI = fileURLToPath(import.meta.resolve('#register/cli.js'));
/** In every name: what a command prints must not hold it. */
const MARKER = `m${randomUUID().replaceAll('-', '')}`;
const NEVER_FINISHED = true;

let register: TestRegister;
let environment: NodeJS.ProcessEnv;
beforeAll(async () => {
  const key = (): string => randomBytes(32).toString('base64');
  const keys = { LINK_DIGEST_KEY: key(), REGISTER_INDEX_KEY: key(), REGISTER_KEY_ENCRYPTION_KEY: key() };
  register = await startTestRegister('retention', keys);
  environment = {
    ...process.env, ...keys, REGISTER_DATABASE_URL: register.databaseUrl, REGISTER_ERASURE_LOG_URL: register.erasureLogUrl, AMQP_URL: register.vhost.url,
  };
});
afterEach(async () => { await register.database.query('DELETE FROM legal_hold'); await drain(); });
afterAll(async () => { await register.stop(); });

const retention = (): Retention => register.app.get(Retention, { strict: false });
const drain = async (): Promise<void> => {
  for (const rule of ['relationship-ended', 'consent-inactive', 'read-log'] as const) while ((await retention().chunk(rule, new Date(), NEVER_FINISHED)).kind !== 'finished');
};
const start = (...args: string[]): ChildProcess => spawn(process.execPath, [CLI, 'retention:run', ...args], { env: environment });
const run = (...args: string[]): Promise<{ code: number | null; out: string }> => new Promise((resolve, reject) => {
  const child = start(...args);
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { out += chunk.toString(); });
  child.on('error', reject);
  child.on('exit', (code) => { resolve({ code, out }); });
});
const create = async (consents: object[] = []): Promise<string> => {
  const { body, status } = await register.call('POST', '/v1/customers', { body: { contact: { firstName: MARKER, email: `${randomUUID()}@example.fi` }, consents } });
  expect(status).toBe(201);
  return String(body['id']);
};
const granted = (years: number) => ({ purpose: 'marketing', channel: 'email', ...decision({ decidedAt: yearsAgo(years).toISOString() }) });
const yearsAgo = (years: number): Date => new Date(Date.now() - years * 365.25 * 86_400_000);
/** And as long ago on record: what is told late, late-ends.spec.ts is about. */
const endedAgo = async (id: string, years: number): Promise<void> => {
  await register.database.query("UPDATE customer SET ended_at = $2, end_reason = 'by-customer', version = version + 1 WHERE id = $1", [id, yearsAgo(years)]);
};
const activeAgo = (id: string, years: number) => register.database.query('UPDATE customer SET active_at = $2 WHERE id = $1', [id, yearsAgo(years)]);
const connect = async (): Promise<Client & AsyncDisposable> => {
  const client = new Client(register.databaseUrl);
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
};
const left = async (ids: readonly string[]): Promise<string[]> =>
  (await register.database.query<{ id: string }[]>('SELECT id FROM customer WHERE id = ANY($1::uuid[])', [ids])).map(({ id }) => id);
const previewOf = async (rule: string) => (await retention().preview(new Date())).find((one) => one.rule === rule);
const lastRecord = async (id: string) => ((await register.call('GET', `/v1/customers/${id}/consents/history`)).body['records'] as Record<string, unknown>[]).at(-1);

describe('an ended relationship', () => {
  it('is erased when the longest period of any purpose is over, by the way of every erasure', async () => {
    const [over, running, customer] = [await create([granted(5)]), await create(), await create()];
    await endedAgo(over, 3.01);
    await endedAgo(running, 2.99);
    await drain();
    expect((await left([over, running, customer])).sort()).toEqual([running, customer].sort());
    const cases = await register.database.query<object[]>("SELECT ground, requested_by FROM erasure_case WHERE requested_by = 'retention'");
    expect(cases).toEqual([{ ground: 'relationship-ended', requested_by: 'retention' }]);
  });

  it('is spared while it is restricted or held, and counted', async () => {
    const [restricted, held] = [await create(), await create()];
    await register.call('PUT', `/v1/customers/${restricted}/restriction`, { body: { reason: 'needed-for-claims' } });
    await register.call('PUT', `/v1/customers/${held}/legal-hold`, { body: { reason: 'claim', owner: 'legal', reviewAt: new Date(Date.now() + 86_400_000).toISOString() } });
    for (const id of [restricted, held]) await endedAgo(id, 4);
    expect(await previewOf('relationship-ended')).toMatchObject({ due: 0, spared: 2, oldest: null });
    await drain();
    expect(await left([restricted, held])).toHaveLength(2);
    await register.call('DELETE', `/v1/customers/${held}/legal-hold`);
    await drain();
    expect(await left([restricted, held])).toEqual([restricted]);
    await register.call('DELETE', `/v1/customers/${restricted}`);
  });
});

describe('the command', () => {
  it('counts in a dry run, tells the oldest day and nobody’s data, and changes nothing', async () => {
    const [ended, inactive] = [await create(), await create([granted(2.5)])];
    await endedAgo(ended, 4);
    await activeAgo(inactive, 2.5);
    const { code, out } = await run('--dry-run');
    expect([code, out.includes(MARKER), out.includes(ended)]).toEqual([0, false, false]);
    expect(out).toContain(`relationship-ended: 1 to be erased, the oldest since ${yearsAgo(4).toISOString().slice(0, 10)}`);
    expect(out).toContain(`consent-inactive: 1 whose consents have lapsed, the oldest since ${yearsAgo(2.5).toISOString().slice(0, 10)}`);
    expect([await left([ended]), await projected(register, inactive)]).toEqual([[ended], ['email']]);
    expect(await run()).toMatchObject({ code: 0, out: expect.stringMatching(/relationship-ended: 1 erased\nconsent-inactive: 1 lapsed/) });
    expect([await left([ended]), await projected(register, inactive)]).toEqual([[], []]);
  });

  it('killed in the middle of a chunk goes on where it was, and erases nobody twice', async () => {
    // Distinct days, the first the longest ago: the first chunk is ids 0 to 499.
    const ids = (await register.database.query<{ id: string }[]>(`
      INSERT INTO customer (id, ref, first_name, country, provenance, end_reason, ended_at)
      SELECT (lpad(n::text, 8, '0') || '-0000-7000-8000-000000000000')::uuid, gen_random_uuid(), $1, 'FI', '{}', 'by-customer', now() - interval '6 years' + n * interval '1 day'
      FROM generate_series(0, 519) AS n RETURNING id`, [MARKER])).map(({ id }) => id);
    await using blocker = await connect();
    await blocker.query('BEGIN');
    await blocker.query('SELECT 1 FROM customer WHERE id = $1 FOR UPDATE', [ids[510]]);
    const child = start();
    // Not by the blocker: a transaction sees the activity of others as it was at its first look.
    await waitFor('the second chunk to wait', async () =>
      (await register.database.query<object[]>("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")).length === 1);
    expect(await left(ids)).toHaveLength(20);
    expect(await retention().chunk('relationship-ended', new Date(), NEVER_FINISHED)).toEqual({ kind: 'busy' });
    const gone = new Promise((resolve) => { child.once('exit', resolve); });
    child.kill('SIGKILL');
    await gone;
    await blocker.query('ROLLBACK');
    await waitFor('the server to notice', async () => (await register.database.query<object[]>(
      "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")).length === 0);
    expect(await left(ids)).toHaveLength(20);

    const before = await register.database.query<{ done: number }[]>("SELECT done FROM retention_run WHERE rule = 'relationship-ended'");
    expect((await run()).out).toContain('relationship-ended: 20 erased');
    expect(await left(ids)).toEqual([]);
    const [total] = await register.database.query<{ done: number; cases: number; finished: boolean }[]>(
      "SELECT done, finished_at IS NOT NULL AS finished, (SELECT count(*)::int FROM erasure_case WHERE requested_by = 'retention') AS cases FROM retention_run WHERE rule = 'relationship-ended'");
    expect(total).toEqual({ done: (before[0]?.done ?? 0) + 20, finished: true, cases: (before[0]?.done ?? 0) + 20 });
  });
});

describe('the run of the day', () => {
  it('is done once; what comes due later waits for the next day', async () => {
    const id = await create();
    await endedAgo(id, 4);
    const tomorrow = new Date(Date.now() + 86_400_000);
    expect(await retention().chunk('relationship-ended', new Date())).toEqual({ kind: 'finished' });
    expect(await retention().chunk('relationship-ended', tomorrow)).toEqual({ kind: 'more', done: 1 });
    expect(await retention().chunk('relationship-ended', tomorrow)).toEqual({ kind: 'finished' });
    expect(await left([id])).toEqual([]);
  });
});

describe('a marketing consent', () => {
  it('lapses after the period of marketing without a sign, as a withdrawal that is not hers', async () => {
    const id = await create([granted(2.5)]);
    await activeAgo(id, 2.1);
    const [activity] = await register.database.query<{ active_at: Date }[]>('SELECT active_at FROM customer WHERE id = $1', [id]);
    await drain();
    expect(await projected(register, id)).toEqual([]);
    expect(await lastRecord(id)).toMatchObject({ decision: 'withdrawn', method: 'expired', actor: 'retention', inEffect: true, wording: null });
    expect(await register.database.query<object[]>('SELECT p.urgency FROM sync_pending p JOIN customer c USING (ref) WHERE c.id = $1', [id])).toEqual([{ urgency: 1 }]);
    expect(await register.database.query<object[]>('SELECT active_at FROM customer WHERE id = $1', [id])).toEqual([activity]);
  });

  it('given anew afterwards holds, also one that arrives late', async () => {
    const id = await create([granted(3)]);
    await activeAgo(id, 2.5);
    await drain();
    // The lapse counts from half a year ago, when the period was over.
    expect((await register.call('PUT', `/v1/customers/${id}/consents/marketing/email`, { body: decision({ decidedAt: yearsAgo(0.3).toISOString() }) })).body).toMatchObject({ inEffect: true });
    await drain();
    expect(await projected(register, id)).toEqual(['email']);
  });

  const signs: readonly [string, boolean, (id: string) => Promise<unknown>][] = [
    ['a visit', true, (id) => register.call('POST', `/v1/customers/${id}/activity`, { body: { at: yearsAgo(1).toISOString() } })],
    ['a visit long ago', false, (id) => register.call('POST', `/v1/customers/${id}/activity`, { body: { at: yearsAgo(2.4).toISOString() } })],
    ['a correction of hers', true, (id) => register.call('PATCH', `/v1/customers/${id}`, { body: { contact: { lastName: MARKER } }, headers: { 'if-match': '"1"' } })],
    ['a correction by staff', false, (id) => register.call('PATCH', `/v1/customers/${id}`, { body: { contact: { lastName: MARKER }, source: { kind: 'staff' } }, headers: { 'if-match': '"1"' } })],
    ['a decision about another channel', true, (id) => register.call('PUT', `/v1/customers/${id}/consents/marketing/sms`, { body: { ...decision({ decision: 'withdrawn' }), wording: undefined } })],
  ];
  it.each(signs)('after %s: kept is %s', async (_what, isKept, give) => {
    const id = await create([granted(3)]);
    await activeAgo(id, 2.5);
    expect(await give(id)).toMatchObject({ status: 200 });
    await drain();
    expect(await projected(register, id)).toEqual(isKept ? ['email'] : []);
  });

  it('brought along by somebody else counts from the day it was given', async () => {
    const { body } = await register.call('POST', '/v1/customers', { body: { contact: { email: `${randomUUID()}@example.fi` }, source: { kind: 'staff' }, consents: [granted(2.5)] } });
    await drain();
    expect(await projected(register, String(body['id']))).toEqual([]);
  });
});

describe('the log of reads', () => {
  const readAgo = (id: string, years: number, times = 1) => register.database.query(
    `INSERT INTO access_log (actor, actor_kind, purpose, route, customer_id, fields, at)
     SELECT 'tiina', 'staff', 'customer-contact', 'GET /v1/customers/:id', $1, '{contact}', $2 FROM generate_series(1, $3)`, [id, yearsAgo(years), times]);
  const reads = async (id: string): Promise<number> => (await register.database.query<object[]>('SELECT 1 FROM access_log WHERE customer_id = $1', [id])).length;

  it('is forgotten when the period of its purpose is over, in parts, and of the restricted and held it stays', async () => {
    const [one, held, restricted] = [await create(), await create(), await create()];
    await register.call('PUT', `/v1/customers/${held}/legal-hold`, { body: { reason: 'claim', owner: 'legal', reviewAt: new Date(Date.now() + 86_400_000).toISOString() } });
    await register.call('PUT', `/v1/customers/${restricted}/restriction`, { body: { reason: 'needed-for-claims' } });
    await readAgo(one, 3.01, 2_500);
    await readAgo(one, 2.99);
    for (const id of [held, restricted]) await readAgo(id, 3.01);
    expect(await previewOf('read-log')).toMatchObject({ due: 2_500, spared: 2 });
    expect((await run('--dry-run')).out).toMatch(/read-log: 2500 read\(s\) to be forgotten/);
    expect(await reads(one)).toBe(2_501);
    expect(await run()).toMatchObject({ code: 0, out: expect.stringContaining('read-log: 2500 forgotten') });
    expect([await reads(one), await reads(held), await reads(restricted)]).toEqual([1, 1, 1]);
    await expect(register.database.query('DELETE FROM access_log WHERE customer_id = $1', [one])).rejects.toThrow('append-only');
  });

  it('has the purpose that the person is told of', () => {
    expect(PERSONAL_DATA.access_log).toMatchObject({ purpose: READ_LOG_PURPOSE });
  });
});
