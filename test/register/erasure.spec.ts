import { randomUUID } from 'node:crypto';
import { SCOPES } from '#auth/scopes.js';
import { runStatement } from '#database/statement.js';
import { FORGET_OLD_KEYS } from '#register/idempotency/idempotency.sql.js';
import { decideAbuse } from '#test/support/deciding.js';
import { decision, newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';
import { waitFor } from '#test/support/wait-for.js';

let register: TestRegister;
beforeAll(async () => { register = await startTestRegister('erasure'); });
afterAll(async () => { await register.stop(); });

/** Every value of every row of every table, as text. */
async function wholeDatabase(): Promise<string> {
  const tables = await register.database.query<{ name: string }[]>("SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'");
  const dumps = await Promise.all(tables.map(({ name }) => register.database.query<{ dump: string | null }[]>(`SELECT string_agg(to_jsonb(t)::text, E'\\n') AS dump FROM ${name} t`)));
  return dumps.map(([row]) => row?.dump ?? '').join('\n');
}

describe('an erasure', () => {
  it('leaves nothing of the person in any table, and a case without her id', async () => {
    const marker = randomUUID().replaceAll('-', '');
    const headers = { 'idempotency-key': `key-${marker}` };
    const body = {
      ...newCustomer({ contact: { firstName: `F${marker}`, lastName: `L${marker}`, email: `${marker}@example.fi`, address: { street: `S${marker}`, postalCode: '04300', city: `C${marker}` } } }),
      demographics: { occupation: `O${marker}` }, consents: [{ purpose: 'marketing', channel: 'email', ...decision({ form: `/f/${marker}` }) }],
    };
    const id = String((await register.call('POST', '/v1/customers', { body, headers })).body['id']);
    await register.call('GET', `/v1/customers/${id}`);
    expect(await wholeDatabase()).toContain(marker);

    const answer = await register.call('DELETE', `/v1/customers/${id}`);
    expect([answer.status, answer.headers.get('location')]).toEqual([202, `/v1/erasures/${String(answer.body['caseId'])}`]);
    const rest = await wholeDatabase();
    expect([rest.includes(marker), rest.includes(id)]).toEqual([false, false]);
    expect((await register.call('GET', `/v1/customers/${id}`)).status).toBe(404);
    expect((await register.call('POST', '/v1/customers', { body, headers })).body['type']).toBe('/problems/idempotent-target-erased');
  });

  it('stays open until marketing has answered: a confirm of the broker closes nothing', async () => {
    const id = String((await register.call('POST', '/v1/customers', { body: newCustomer() })).body['id']);
    const { body } = await decideAbuse(register, id);
    const path = `/v1/erasures/${String(body['caseId'])}`;
    expect((await register.call('GET', path)).body).toMatchObject({ ground: 'abuse', state: 'waiting-for-marketing', marketing: null });
    expect(await register.database.query<object[]>('SELECT erased, urgency FROM sync_pending p JOIN erasure_case e USING (ref) WHERE e.id = $1', [body['caseId']]))
      .toEqual([{ erased: true, urgency: 0 }]);
  });

  it('finds her by an id in capitals too', async () => {
    const id = String((await register.call('POST', '/v1/customers', { body: { ...newCustomer(), consents: [{ purpose: 'marketing', channel: 'email', ...decision() }] } })).body['id']);
    expect((await register.call('DELETE', `/v1/customers/${id.toUpperCase()}`)).status).toBe(202);
    expect((await wholeDatabase()).includes(id)).toBe(false);
  });

  it('is what remains to be told when a resync has overtaken it', async () => {
    const id = String((await register.call('POST', '/v1/customers', { body: newCustomer() })).body['id']);
    const { caseId } = (await register.call('DELETE', `/v1/customers/${id}`)).body;
    // As MARK_PART leaves it when the erasure is committed and answered between its snapshot and its write.
    await register.database.query(`UPDATE sync_pending SET erased = false, version = 1, urgency = 2, reason = 'resync', next_attempt_at = '-infinity'
      WHERE ref = (SELECT ref FROM erasure_case WHERE id = $1)`, [caseId]);
    await waitFor('the erasure to be marked anew', async () => (await register.database.query<object[]>(
      'SELECT 1 FROM sync_pending p JOIN erasure_case e USING (ref, version) WHERE e.id = $1 AND p.erased AND p.urgency = 0', [caseId])).length === 1);
  });

  it('asked for twice at once happens once', async () => {
    const id = String((await register.call('POST', '/v1/customers', { body: newCustomer() })).body['id']);
    const answers = await Promise.all([1, 2, 3].map(() => register.call('DELETE', `/v1/customers/${id}`)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(new Set(answers.map(({ body }) => body['caseId'])).size).toBe(1);
  });

  it('asked for again has the case that there is, for a day; a decision on abuse is no repeat of something else', async () => {
    const create = async () => String((await register.call('POST', '/v1/customers', { body: newCustomer() })).body['id']);
    const [asked, abusive] = [await create(), await create()];
    const [first, decided] = [await register.call('DELETE', `/v1/customers/${asked}`), await decideAbuse(register, abusive)];
    const again = await register.call('POST', '/v1/erasures', { body: { customerId: asked.toUpperCase(), ground: 'relationship-ended' } });
    expect([again.status, again.body, again.headers.get('location')]).toEqual([202, first.body, first.headers.get('location')]);
    expect((await register.call('DELETE', `/v1/customers/${abusive}`)).body).toEqual(decided.body);

    const staff = await register.token({ kind: 'staff', subject: 'ritva', scopes: ['erasures:write'] });
    const decide = async (customerId: string, reasonCode: string) =>
      (await register.call('POST', '/v1/erasures', { token: staff, headers: { 'if-match': `"${'A'.repeat(43)}"` }, body: { customerId, ground: 'abuse', reasonCode } })).status;
    expect([await decide(abusive, 'payment-fraud'), await decide(abusive, 'threats'), await decide(asked, 'payment-fraud')]).toEqual([202, 404, 404]);

    await register.database.query("UPDATE idempotency_key SET created_at = now() - interval '25 hours'");
    await runStatement(register.database, FORGET_OLD_KEYS, [1_000]);
    expect((await register.call('DELETE', `/v1/customers/${asked}`)).status).toBe(404);
  });

  it('is told to nobody who asks for something else by her id', async () => {
    const id = String((await register.call('POST', '/v1/customers', { body: newCustomer() })).body['id']);
    await register.call('DELETE', `/v1/customers/${id}`);
    const everythingElse = await register.token({ scopes: SCOPES.filter((scope) => scope !== 'erasures:write') });
    const other = await register.token({ kind: 'customer', subject: randomUUID(), scopes: ['erasures:write'] });
    expect((await register.call('DELETE', `/v1/customers/${id}`, { token: everythingElse })).status).toBe(403);
    expect((await register.call('DELETE', `/v1/customers/${id}`, { token: other })).status).toBe(403);
    const [gone, never] = await Promise.all([id, randomUUID()].map((each) => Promise.all(['', '/erasure-preview', '/consents', '/bundle', '/requests', '/reads']
      .map(async (rest) => JSON.stringify((await register.call('GET', `/v1/customers/${each}${rest}`)).body).replaceAll(each, '')))));
    expect(gone).toEqual(never);
  });

  it('can be asked for by the customer herself, and by no other', async () => {
    const create = async () => String((await register.call('POST', '/v1/customers', { body: newCustomer() })).body['id']);
    const [own, other] = [await create(), await create()];
    const token = await register.token({ kind: 'customer', subject: own, scopes: ['erasures:write'] });
    expect((await register.call('DELETE', `/v1/customers/${other}`, { token })).body['type']).toBe('/problems/not-own-data');
    const answer = await register.call('DELETE', `/v1/customers/${own}`, { token });
    expect(answer.status).toBe(202);
    expect(await wholeDatabase()).not.toContain(own);
  });
});
