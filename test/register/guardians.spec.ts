import { jest } from '@jest/globals';
import { projected as projectedChannels } from '#test/support/projected.js';
import { decision, newCustomer, startTestRegister, type TestRegister, WORDING } from '#test/support/register.js';

jest.setTimeout(60_000);

let register: TestRegister;
beforeAll(async () => { register = await startTestRegister('guardians'); });
afterAll(async () => { await register.stop(); });

const YEAR = new Date().getUTCFullYear();
const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
/** Of a clock that runs ahead: counts as now, and so as after whatever was recorded before. */
const NOW = -1;
const create = async (birthYear = YEAR - 10): Promise<string> =>
  String((await register.call('POST', '/v1/customers', { body: newCustomer({ demographics: { birthYear } }) })).body['id']);
const give = (id: string, over: object = {}) => register.call('PUT', `/v1/customers/${id}/guardian-consent`, {
  body: { givenAt: ago(5), verification: 'strong-identification', sourceSystem: 'web-shop', wording: WORDING, ...over },
});
const lose = (id: string) => register.call('DELETE', `/v1/customers/${id}/guardian-consent`);
const grant = (id: string, minutes: number) => register.call('PUT', `/v1/customers/${id}/consents/marketing/email`, { body: decision({ decidedAt: ago(minutes) }) });
const projected = (id: string): Promise<string[]> => projectedChannels(register, id);
const urgency = async (id: string): Promise<number | undefined> =>
  (await register.database.query<{ urgency: number }[]>('SELECT p.urgency FROM sync_pending p JOIN customer c USING (ref) WHERE c.id = $1', [id]))[0]?.urgency;

describe('a child', () => {
  it('may consent once a guardian has agreed, and not to what came before', async () => {
    const id = await create();
    expect((await grant(id, 0)).body['type']).toBe('/problems/guardian-required');
    expect((await give(id)).status).toBe(200);
    expect((await grant(id, 6)).body['type']).toBe('/problems/guardian-required');
    expect((await grant(id, 4)).body).toMatchObject({ inEffect: true });
    expect(await projected(id)).toEqual(['email']);
  });

  it('leaves marketing with the guardian’s word, and does not come back by a later one alone', async () => {
    const id = await create();
    await give(id);
    await grant(id, 4);
    expect((await lose(id)).status).toBe(200);
    expect([await projected(id), await urgency(id)]).toEqual([[], 1]);
    await give(id, { givenAt: ago(NOW) });
    expect(await projected(id)).toEqual([]);
    await grant(id, 0);
    expect(await projected(id)).toEqual(['email']);
  });

  it.each([
    ['sent once more', []],
    ['sent after a newer one', [NOW]],
  ])('does not come back by the word that was withdrawn, %s', async (_what, since) => {
    const id = await create();
    const old = { givenAt: ago(30) };
    expect((await give(id, old)).body).toMatchObject({ version: 2, inEffect: true });
    await grant(id, 20);
    await lose(id);
    for (const minutes of since) await give(id, { givenAt: ago(minutes) });
    const { version, guardianConsent } = (await register.call('GET', `/v1/customers/${id}`)).body;
    expect(await give(id, old)).toMatchObject({ status: 200, body: { version, inEffect: false } });
    expect([await projected(id), (await register.call('GET', `/v1/customers/${id}`)).body]).toMatchObject([[], { version, guardianConsent }]);
    expect(((await register.call('GET', `/v1/customers/${id}/guardian-consent`)).body['records'] as object[]).at(-1)).toMatchObject({ decision: 'given', decidedAt: old.givenAt });
  });

  it('does not come back by the word that was withdrawn either when the clock of the shop runs ahead', async () => {
    const id = await create();
    const word = { givenAt: ago(NOW) };
    await give(id, word);
    await grant(id, 2 * NOW);
    expect(await projected(id)).toEqual(['email']);
    await lose(id);
    expect((await give(id, word)).body).toMatchObject({ inEffect: false });
    expect(await projected(id)).toEqual([]);
  });

  it('keeps what she consented to when the guardian’s word is renewed', async () => {
    const id = await create();
    await give(id);
    await grant(id, 4);
    await give(id, { givenAt: ago(1), verification: 'signed-form' });
    expect(await projected(id)).toEqual(['email']);
  });

  it('cannot speak for her guardian', async () => {
    const id = await create();
    const token = await register.token({ kind: 'customer', subject: id });
    const answer = await register.call('PUT', `/v1/customers/${id}/guardian-consent`, {
      token, body: { givenAt: ago(5), verification: 'in-person', sourceSystem: 'web-shop', wording: WORDING },
    });
    expect([answer.status, answer.body['type']]).toEqual([403, '/problems/not-own-data']);
  });

  it('found by a correction of her birth year leaves marketing, also when a guardian agrees afterwards', async () => {
    const id = await create(YEAR - 30);
    await grant(id, 9);
    await register.call('PATCH', `/v1/customers/${id}`, { body: { demographics: { birthYear: YEAR - 9 } }, headers: { 'if-match': '"2"' } });
    expect(await projected(id)).toEqual([]);
    await give(id);
    expect(await projected(id)).toEqual([]);
  });
});

describe('a corrected birth year', () => {
  const correct = async (id: string, birthYear: number | null) => {
    const headers = { 'if-match': (await register.call('GET', `/v1/customers/${id}`)).headers.get('etag') ?? '' };
    expect((await register.call('PATCH', `/v1/customers/${id}`, { body: { demographics: { birthYear } }, headers })).status).toBe(200);
  };
  const lastRecord = async (id: string) => ((await register.call('GET', `/v1/customers/${id}/consents/history`)).body['records'] as object[]).at(-1);

  it.each([['cleared', null], ['an adult’s', YEAR - 30]])('that is %s brings nothing back that was given under age', async (_what, birthYear) => {
    const id = await create();
    await give(id, { givenAt: ago(30) });
    await grant(id, 20);
    await lose(id);
    await correct(id, birthYear);
    expect(await projected(id)).toEqual([]);
    expect(await lastRecord(id)).toMatchObject({ channel: 'email', decision: 'withdrawn', method: 'under-age', inEffect: true, actor: 'register', wording: null });
    expect((await grant(id, 20)).body).toMatchObject({ inEffect: false });
    expect(await projected(id)).toEqual([]);
    expect((await grant(id, 0)).body).toMatchObject({ inEffect: true });
    expect(await projected(id)).toEqual(['email']);
  });

  it.each([['cleared', null], ['an adult’s', YEAR - 30]])('that is %s leaves what a guardian had agreed to', async (_what, birthYear) => {
    const id = await create();
    await give(id, { givenAt: ago(30) });
    await grant(id, 20);
    await correct(id, birthYear);
    expect([await projected(id), await lastRecord(id)]).toMatchObject([['email'], { decision: 'granted' }]);
  });

  it('that leaves her a child touches no consent: the guardian may still be shown to have agreed before', async () => {
    const id = await create(YEAR - 30);
    await grant(id, 9);
    await correct(id, YEAR - 9);
    await correct(id, YEAR - 10);
    expect(await lastRecord(id)).toMatchObject({ decision: 'granted' });
    await give(id, { givenAt: ago(10) });
    expect(await projected(id)).toEqual(['email']);
  });
});

describe('the record of a guardian', () => {
  it.each([
    ['not-a-child', YEAR - 14, {}], ['guardian-in-future', YEAR - 10, { givenAt: ago(-60) }],
    ['wording-unknown', YEAR - 10, { wording: { ...WORDING, sha256: 'f'.repeat(64) } }],
  ])('is refused as %s', async (problem, birthYear, over) => {
    const id = await create(birthYear);
    expect((await give(id, over)).body['type']).toBe(`/problems/${problem}`);
  });

  it('holds how it was checked, by whom and on what, and nobody’s name; it is only added to and goes with the child', async () => {
    const id = await create();
    await give(id);
    await lose(id);
    const { body } = await register.call('GET', `/v1/customers/${id}/guardian-consent`);
    expect(body['records']).toMatchObject([
      { decision: 'given', verification: 'strong-identification', checkedBy: 'shop', wording: WORDING }, { decision: 'withdrawn', verification: null, checkedBy: 'shop', wording: null },
    ]);
    await expect(register.database.query('UPDATE guardian_consent SET actor = actor')).rejects.toThrow('append-only');
    await register.call('DELETE', `/v1/customers/${id}`);
    expect(await register.database.query<object[]>('SELECT 1 FROM guardian_consent WHERE customer_id = $1', [id])).toEqual([]);
  });
});
