import { jest } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { ErasureReplay } from '#register/erasure/erasure-replay.service.js';
import { rewriteLog } from '#test/support/erased.js';
import { startTestRegister, type TestRegister } from '#test/support/register.js';
import { waitFor } from '#test/support/wait-for.js';

jest.setTimeout(60_000);

const CLI = fileURLToPath(import.meta.resolve('#register/cli.js'));
/** In every name: what a command prints must not hold it. */
const MARKER = `m${randomUUID().replaceAll('-', '')}`;

let register: TestRegister;
let log: Client;
let folder: string;
let environment: NodeJS.ProcessEnv;
beforeAll(async () => {
  const key = (): string => randomBytes(32).toString('base64');
  const keys = { LINK_DIGEST_KEY: key(), REGISTER_INDEX_KEY: key(), REGISTER_KEY_ENCRYPTION_KEY: key() };
  register = await startTestRegister('erasure-runs', keys);
  environment = { ...process.env, ...keys, REGISTER_DATABASE_URL: register.databaseUrl, REGISTER_ERASURE_LOG_URL: register.erasureLogUrl, AMQP_URL: register.vhost.url };
  folder = mkdtempSync(join(tmpdir(), 'lupa-erasure-runs-'));
  log = new Client(register.erasureLogUrl);
  await log.connect();
});
afterAll(async () => {
  await log.end();
  rmSync(folder, { recursive: true });
  await register.stop();
});

/** People with an email and a phone each, straight into the table. */
const people = async (count: number): Promise<string[]> => (await register.database.query<{ id: string }[]>(`
  INSERT INTO customer (id, ref, known_to_marketing, first_name, last_name, street_address, email, email_index, phone, phone_index, country, provenance)
  SELECT gen_random_uuid(), gen_random_uuid(), true, $1, 'Virtanen', 'Katu 1', e, sha256(e::bytea), p, sha256(p::bytea), 'FI', '{}'
  FROM generate_series(1, $2::int) AS n, LATERAL (SELECT gen_random_uuid() || '@example.fi' AS e, '+35840' || lpad((n + floor(random() * 100000) * 100)::bigint::text, 9, '0') AS p) AS a
  RETURNING id`, [MARKER, count])).map(({ id }) => id).sort();
const file = (...lines: readonly string[]): string => {
  const path = join(folder, `${randomUUID()}.csv`);
  writeFileSync(path, lines.map((line) => `${line}\r\n`).join(''));
  return path;
};
const start = (path: string, ...args: string[]): ChildProcess => spawn(process.execPath, [CLI, 'erasures:run', '--file', path, '--ground', 'relationship-ended', ...args], { env: environment });
const run = (path: string, ...args: string[]): Promise<{ code: number | null; out: string }> => new Promise((resolve, reject) => {
  const child = start(path, ...args);
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { out += chunk.toString(); });
  child.on('error', reject);
  child.on('exit', (code) => { resolve({ code, out }); });
});
const numbersOf = (out: string): number[] => out.split('\n').flatMap((line) => (/^ *([\d,]+) /.test(line) ? [Number(line.trim().split(' ')[0]?.replaceAll(',', ''))] : []));
const left = async (ids: readonly string[]): Promise<string[]> =>
  (await register.database.query<{ id: string }[]>('SELECT id FROM customer WHERE id = ANY($1::uuid[]) ORDER BY id', [ids])).map(({ id }) => id);
const refsOf = async (ids: readonly string[]): Promise<string[]> =>
  (await register.database.query<{ ref: string }[]>('SELECT ref FROM customer WHERE id = ANY($1::uuid[])', [ids])).map(({ ref }) => ref);
const entriesOf = async (refs: readonly string[]) =>
  (await log.query<{ ref: string; case_id: string; email_digest: Buffer; done: boolean; logged_at: Date }>(
    'SELECT ref, case_id, email_digest, done_at IS NOT NULL AS done, logged_at FROM erasure WHERE ref = ANY($1::uuid[]) ORDER BY ref', [refs])).rows;
const casesOf = async (refs: readonly string[]) =>
  register.database.query<{ ref: string; id: string; ground: string }[]>('SELECT ref, id, ground FROM erasure_case WHERE ref = ANY($1::uuid[]) ORDER BY ref', [refs]);

describe('a run over a file', () => {
  it('erases whom it may, counts the others, and can be repeated', async () => {
    const [free = '', held = '', restricted = '', other = '', both = ''] = await people(5);
    const review = new Date(Date.now() + 86_400_000).toISOString();
    await register.call('PUT', `/v1/customers/${held}/legal-hold`, { body: { reason: 'claim', owner: 'legal', reviewAt: review } });
    for (const id of [restricted, both]) await register.call('PUT', `/v1/customers/${id}/restriction`, { body: { reason: 'needed-for-claims' } });
    await register.call('PUT', `/v1/customers/${both}/legal-hold`, { body: { reason: 'claim', owner: 'legal', reviewAt: review } });
    const refs = await refsOf([free]);
    const path = file('name;customerId', `x;${free.toUpperCase()}`, `x;${held}`, `x;${restricted}`, `x;${both}`, `x;${randomUUID()}`, `x;${free}`);

    const dry = await run(path, '--dry-run');
    expect([dry.code, numbersOf(dry.out)]).toEqual([0, [1, 1, 2, 1]]);
    expect(await left([free, held, restricted, other])).toHaveLength(4);
    expect(await entriesOf(refs)).toEqual([]);

    const { code, out } = await run(path);
    expect([code, numbersOf(out), out.includes(MARKER), out.includes(free)]).toEqual([0, [1, 1, 2, 1], false, false]);
    expect(await left([free, held, restricted, other])).toEqual([held, restricted, other].sort());
    expect((await register.call('GET', `/v1/customers/${held}`)).body).toMatchObject({ restriction: { reason: 'erasure-under-hold' } });
    expect(await entriesOf(refs)).toMatchObject([{ done: true }]);
    expect(await casesOf(refs)).toMatchObject([{ ground: 'relationship-ended' }]);

    expect(numbersOf((await run(path)).out)).toEqual([0, 1, 2, 2]);
    expect(await entriesOf(refs)).toHaveLength(1);
    await register.call('DELETE', `/v1/customers/${held}/legal-hold`);
    expect(await left([held])).toEqual([]);
  });

  it('on demand also erases the restricted, and keeps of each that a request was carried out', async () => {
    const ids = await people(3);
    await register.call('PUT', `/v1/customers/${ids[0] ?? ''}/restriction`, { body: { reason: 'needed-for-claims' } });
    const asked = () => register.database.query<{ n: number }[]>("SELECT count(*)::int AS n FROM data_request WHERE kind = 'erasure' AND customer_id IS NULL AND outcome = 'carried-out' AND closed_at IS NOT NULL");
    const [before] = await asked();
    expect(numbersOf((await run(file(...ids), '--ground', 'request')).out)).toEqual([3, 0, 0, 0]);
    expect([await left(ids), await asked()]).toEqual([[], [{ n: (before?.n ?? 0) + 3 }]]);
  });

  it('does nothing with a file that holds anything else, and repeats none of it', async () => {
    const [id = ''] = await people(1);
    // More than one transaction would take before the line that is wrong.
    const others = Array.from({ length: 500 }, () => randomUUID());
    const { code, out } = await run(file('customerId', id, ...others, 'not an id', id, `${MARKER},1`));
    expect([code, out.includes('line 503, 505'), out.includes('not an id'), out.includes(MARKER)]).toEqual([1, true, false, false]);
    expect(await run(file(id), '--ground', 'abuse')).toMatchObject({ code: 1, out: expect.stringContaining('Abuse is decided about one person at a time') });
    expect(await left([id])).toEqual([id]);
  });

  it('killed in the middle and repeated, erases everybody once', async () => {
    const ids = await people(1_100);
    const refs = await refsOf(ids);
    const path = file(...ids);
    const blocker = new Client(register.databaseUrl);
    await blocker.connect();
    // The second transaction has logged nobody yet: it waits for this lock first.
    await blocker.query('BEGIN');
    await blocker.query('SELECT 1 FROM customer WHERE id = $1 FOR UPDATE', [ids[700]]);
    const child = start(path);
    await waitFor('the second chunk to wait', async () => (await left(ids)).length === 600 && (await entriesOf(refs)).filter(({ done }) => done).length === 500);
    const gone = new Promise((resolve) => { child.once('exit', resolve); });
    child.kill('SIGKILL');
    await gone;
    await blocker.query('ROLLBACK');
    await blocker.end();

    // One more that was logged, and then cut short.
    await register.database.query(`
      CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'cut short'; END $$;
      CREATE TRIGGER fail BEFORE DELETE ON customer FOR EACH ROW EXECUTE FUNCTION fail()`);
    expect((await run(path)).code).toBe(1);
    await register.database.query('DROP FUNCTION fail() CASCADE');
    expect([await left(ids), await entriesOf(refs)]).toMatchObject([{ length: 600 }, { length: 1_000 }]);

    expect(numbersOf((await run(path)).out)).toEqual([600, 0, 0, 500]);
    const [entries, cases] = [await entriesOf(refs), await casesOf(refs)];
    expect([await left(ids), entries.length, entries.filter(({ done }) => !done).length]).toEqual([[], 1_100, 0]);
    expect(entries.map(({ ref, case_id: id }) => ({ ref, id, ground: 'relationship-ended' }))).toEqual(cases);
    expect(await register.database.query<object[]>('SELECT 1 FROM sync_pending WHERE erased AND ref = ANY($1::uuid[])', [refs])).toHaveLength(1_100);
  });
});

describe('a restored database', () => {
  it('has a whole shop erased again in a few transactions, each address closed since its own day', async () => {
    const ids = await people(1_050);
    const refs = await refsOf(ids);
    await register.database.query('CREATE TABLE saved AS SELECT * FROM customer WHERE id = ANY($1::uuid[])', [ids]);
    expect((await run(file(...ids))).code).toBe(0);
    const cases = await casesOf(refs);
    await rewriteLog(log, "UPDATE erasure SET logged_at = now() - n * interval '1 hour' FROM (SELECT ref, row_number() OVER (ORDER BY ref) AS n FROM erasure WHERE ref = ANY($1::uuid[])) AS o WHERE o.ref = erasure.ref", [refs]);
    await register.database.query('INSERT INTO customer SELECT * FROM saved; DROP TABLE saved; DELETE FROM suppression; DELETE FROM sync_pending');
    const [before] = await register.database.query<[{ n: string }]>('SELECT pg_current_xact_id()::text AS n');

    expect(await register.app.get(ErasureReplay, { strict: false }).run()).toMatchObject({ erasedAgain: 1_050, reopened: 0 });
    const [after] = await register.database.query<[{ n: string }]>('SELECT pg_current_xact_id()::text AS n');
    // Not one for each; the register does other things meanwhile.
    expect(Number(after.n) - Number(before.n)).toBeLessThan(100);
    expect(await left(ids)).toEqual([]);
    expect(await casesOf(refs)).toEqual(cases);
    const entries = await entriesOf(refs);
    const closed = await register.database.query<{ digest: Buffer; since: Date }[]>('SELECT digest, since FROM suppression WHERE kind = $1', ['email']);
    const since = new Map(closed.map(({ digest, since: at }) => [digest.toString('hex'), at]));
    expect(entries.filter(({ email_digest: digest, logged_at: at }) => since.get(digest.toString('hex'))?.getTime() !== at.getTime())).toEqual([]);
    expect(await register.database.query<object[]>('SELECT 1 FROM sync_pending WHERE erased AND ref = ANY($1::uuid[])', [refs])).toHaveLength(1_050);
  });
});
