import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { ErasureReplay } from '#register/erasure/erasure-replay.service.js';
import { dueDate, finnishDay } from '#register/requests/due-date.js';
import { decideAbuse, preview, staffToken } from '#test/support/deciding.js';
import { newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';

jest.setTimeout(60_000);

let register: TestRegister;
let erasureLog: Client;
let maija: string;
let eino: string;
beforeAll(async () => {
  register = await startTestRegister('erasure-decisions');
  erasureLog = new Client({ connectionString: register.erasureLogUrl });
  await erasureLog.connect();
  [maija, eino] = [await staffToken(register, 'maija'), await staffToken(register, 'eino')];
});
afterAll(async () => {
  await erasureLog.end();
  await register.stop();
});

const DAY_MS = 86_400_000;
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();
const create = async (email = `${randomUUID()}@example.fi`): Promise<string> =>
  String((await register.call('POST', '/v1/customers', { body: newCustomer({ contact: { firstName: 'Aino', email } }) })).body['id']);
const abused = async (email?: string): Promise<string> => String((await decideAbuse(register, await create(email))).body['caseId']);
const find = async (caseId: string, token = maija) => (await register.call('GET', `/v1/erasures/${caseId}`, { token })).body;
const appeal = (caseId: string, body: object = { receivedBy: 'letter' }) => register.call('POST', `/v1/erasures/${caseId}/appeal`, { body, token: maija });
const decide = (caseId: string, outcome: string, token = eino) => register.call('POST', `/v1/erasures/${caseId}/appeal/decision`, { body: { outcome }, token });
/** Reasons in the list of suppressions of whoever a case was about: the log of erasures knows the digests. */
const marks = async (caseId: string): Promise<string[]> => {
  const { rows: [entry] } = await erasureLog.query<{ email_digest: Buffer }>('SELECT email_digest FROM erasure WHERE case_id = $1', [caseId]);
  return (await register.database.query<{ reason: string }[]>('SELECT reason FROM suppression WHERE digest = $1', [entry?.email_digest])).map(({ reason }) => reason);
};

describe('abuse', () => {
  it('is decided by a named person of the staff with the code of a reason, and both stand in the case', async () => {
    const customerId = await create();
    const { etag } = await preview(register, customerId);
    const refused = await register.call('POST', '/v1/erasures', { body: { customerId, ground: 'abuse', reasonCode: 'threats' } });
    expect([refused.status, refused.body['type']]).toEqual([403, '/problems/person-must-decide']);
    for (const reasonCode of [undefined, 'i do not like her']) {
      const answer = await register.call('POST', '/v1/erasures', { body: { customerId, ground: 'abuse', reasonCode }, token: maija, headers: { 'if-match': etag } });
      expect((answer.body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(['#/reasonCode']);
    }
    const answer = await register.call('POST', '/v1/erasures', { body: { customerId, ground: 'request', reasonCode: 'threats' }, token: maija, headers: { 'if-match': etag } });
    expect(answer.body['type']).toBe('/problems/invalid-request');
    const { body } = await decideAbuse(register, customerId, { reasonCode: 'threats' });
    const caseId = String(body['caseId']);
    expect(await find(caseId)).toMatchObject({ ground: 'abuse', state: 'waiting-for-marketing', abuse: { reasonCode: 'threats', decidedBy: 'maija' }, appeal: null });
    const program = await register.token({});
    expect((await find(caseId, program))['abuse']).toMatchObject({ reasonCode: 'threats', decidedBy: null });
    expect(await marks(caseId)).toEqual(['abuse']);
  });

  it('that was decided on under a legal hold keeps who decided and why until the hold ends', async () => {
    const id = await create();
    await register.call('PUT', `/v1/customers/${id}/legal-hold`, { body: { reason: 'claim', owner: 'legal', reviewAt: new Date(Date.now() + DAY_MS).toISOString() } });
    expect((await decideAbuse(register, id, { subject: 'eino', reasonCode: 'voucher-abuse' })).body['type']).toBe('/problems/legal-hold');
    const { body } = await register.call('DELETE', `/v1/customers/${id}/legal-hold`, { token: maija });
    const { abuse, requestedAt } = await find(String(body['caseId'])) as { abuse: { decidedAt: string }; requestedAt: string };
    expect(abuse).toMatchObject({ reasonCode: 'voucher-abuse', decidedBy: 'eino' });
    expect(Date.parse(abuse.decidedAt)).toBeLessThan(Date.parse(requestedAt));
  });
});

describe('an appeal', () => {
  it('is taken in once, against abuse only, and due one month on', async () => {
    const caseId = await abused();
    expect((await decide(caseId, 'reversed')).body['type']).toBe('/problems/appeal-not-found');
    expect((await appeal(caseId, { receivedBy: 'letter', receivedAt: daysAgo(-1) })).body['type']).toBe('/problems/appeal-in-future');
    const receivedAt = daysAgo(3);
    const dueOn = dueDate(finnishDay(new Date(receivedAt)), 1);
    const taken = await appeal(caseId.toUpperCase(), { receivedBy: 'letter', receivedAt });
    expect([taken.status, taken.body]).toEqual([201, { caseId, dueOn }]);
    expect((await appeal(caseId)).body['type']).toBe('/problems/appealed-already');
    expect((await find(caseId))['appeal']).toEqual({ receivedAt, dueOn, late: false, outcome: null, decidedAt: null, decidedBy: null });
    const { body } = await register.call('DELETE', `/v1/customers/${await create()}`);
    expect((await appeal(String(body['caseId']))).body['type']).toBe('/problems/appeal-not-possible');
    expect((await appeal(randomUUID())).body['type']).toBe('/problems/erasure-case-not-found');
  });

  it('is decided by another person than the first, never by a program, and once', async () => {
    const caseId = await abused();
    await appeal(caseId);
    expect((await decide(caseId, 'upheld', maija)).body['type']).toBe('/problems/appeal-own-decision');
    expect((await decide(caseId, 'upheld', await register.token({}))).body['type']).toBe('/problems/person-must-decide');
    expect((await decide(caseId, 'forgotten')).body['type']).toBe('/problems/invalid-request');
    expect((await decide(caseId, 'upheld')).body).toEqual({ caseId, outcome: 'upheld' });
    expect((await decide(caseId, 'reversed')).body['type']).toBe('/problems/appeal-decided');
    expect((await find(caseId))['appeal']).toMatchObject({ outcome: 'upheld', decidedBy: 'eino' });
    expect(await marks(caseId)).toEqual(['abuse']);
    await expect(register.database.query("UPDATE erasure_appeal SET decided_by = contested WHERE case_id = $1", [caseId])).rejects.toThrow('erasure_appeal');
  });

  it('that is reversed takes the mark of abuse from her addresses, unless another decision put it there too', async () => {
    const email = `${randomUUID()}@example.fi`;
    const [first, second] = [await abused(email), await abused(email)];
    for (const caseId of [first, second]) await appeal(caseId);
    await decide(first, 'reversed');
    expect(await marks(first)).toEqual(['abuse']);
    await decide(second, 'reversed');
    expect(await marks(second)).toEqual(['erased']);
    // A list of suppressions from before brings the mark back; the log, read at the next start, takes it away.
    await register.database.query("UPDATE suppression SET reason = 'abuse'");
    await register.app.get(ErasureReplay, { strict: false }).run();
    expect(await marks(first)).toEqual(['erased']);
  });

  it('that is upheld after a reversal has failed half way is not reversed for the log', async () => {
    const caseId = await abused();
    await appeal(caseId);
    await register.database.query(`
      CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'cut short'; END $$;
      CREATE TRIGGER fail BEFORE UPDATE ON suppression FOR EACH ROW EXECUTE FUNCTION fail()`);
    expect((await decide(caseId, 'reversed')).status).toBe(500);
    await register.database.query('DROP FUNCTION fail() CASCADE');
    expect((await decide(caseId, 'upheld')).status).toBe(200);
    await register.app.get(ErasureReplay, { strict: false }).run();
    expect(await marks(caseId)).toEqual(['abuse']);
  });

  it('is not undone by a restore to before it all: the log knows who decided, why, and that it was reversed', async () => {
    const email = `${randomUUID()}@example.fi`;
    const [upheld, reversed] = [await abused(), await abused(email)];
    await appeal(reversed);
    await decide(reversed, 'reversed');
    await register.database.query('DELETE FROM erasure_appeal; DELETE FROM erasure_case; DELETE FROM suppression');
    await register.app.get(ErasureReplay, { strict: false }).run();
    expect([await marks(upheld), await marks(reversed)]).toEqual([['abuse'], ['erased']]);
    expect(await find(upheld)).toMatchObject({ ground: 'abuse', abuse: { reasonCode: 'payment-fraud', decidedBy: 'maija' }, state: 'waiting-for-marketing' });
  });
});

describe('the list of cases', () => {
  it('shows what is open and for how long, page by page in the order of age', async () => {
    const all: string[] = [];
    for (let i = 0; i < 3; i += 1) all.push(String((await register.call('DELETE', `/v1/customers/${await create()}`)).body['caseId']));
    await register.database.query("UPDATE erasure_case SET requested_at = now() - interval '2 days'");
    await register.database.query(`UPDATE erasure_case SET answered_at = now(), statement = 'x' WHERE id = ANY($1::uuid[])`, [all]);
    await register.database.query(`UPDATE erasure_case SET findings = '{"found":[{"store":"register","place":"t","count":1}],"unsearched":[]}', searched_at = now() WHERE id = $1`, [all[1]]);
    await register.database.query('UPDATE erasure_case SET closed_at = now() WHERE id = $1', [all[2]]);
    const list = async (query: string): Promise<Record<string, unknown>[]> => {
      const seen: Record<string, unknown>[] = [];
      for (let next: string | null = ''; next !== null;) {
        const { status, body } = await register.call('GET', `/v1/erasures?limit=2&${query}${next === '' ? '' : `&cursor=${encodeURIComponent(next)}`}`, { token: maija });
        expect(status).toBe(200);
        seen.push(...(body['cases'] as Record<string, unknown>[]));
        next = body['next'] as string | null;
      }
      return seen;
    };
    const ids = async (query: string): Promise<unknown[]> => (await list(query)).map(({ caseId }) => caseId).filter((id) => all.includes(String(id))).sort();
    expect(await ids('')).toEqual(all.slice(0, 2).sort());
    expect(await ids('state=searching')).toEqual([all[0]]);
    expect(await ids('state=found')).toEqual([all[1]]);
    expect(await ids('state=closed')).toEqual([all[2]]);
    expect(await ids('state=waiting-for-marketing')).toEqual([]);
    const [found] = await list('state=found');
    expect(found).toMatchObject({ state: 'found', findings: { found: [{ store: 'register', place: 't', count: 1 }] } });
    expect(found?.['openSeconds']).toBeGreaterThan(2 * 86_000);
    const open = await list('');
    expect(open.length).toBeGreaterThan(4);
    expect(new Set(open.map(({ caseId }) => caseId)).size).toBe(open.length);
  });

  it('feeds the appeals that nobody has decided, and those that are late', async () => {
    const [late, fresh] = [await abused(), await abused()];
    await appeal(late, { receivedBy: 'email', receivedAt: daysAgo(40) });
    await appeal(fresh);
    const ids = async (query: string): Promise<string[]> => ((await register.call('GET', `/v1/erasures?${query}`, { token: maija })).body['cases'] as { caseId: string }[]).map(({ caseId }) => caseId);
    expect(await ids('appeal=open')).toEqual(expect.arrayContaining([late, fresh]));
    expect(await ids('appeal=late')).toEqual([late]);
    expect(await (await fetch(`${register.url}/metrics`)).text()).toMatch(/^erasure_appeals_late\{.*\} 1$/m);
    await decide(late, 'upheld');
    expect(await ids('appeal=late')).toEqual([]);
    expect(await ids('appeal=open')).not.toContain(late);
  });
});
