import { jest } from '@jest/globals';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { caseDigest, SearchStatementSchema } from '#contracts/search.v1.js';
import { startPair, type Pair } from '#test/support/pair.js';
import { People, type Someone } from '#test/support/people.js';
import { waitFor } from '#test/support/wait-for.js';

jest.setTimeout(90_000);

/** I6: nothing of an erased person remains, and nobody says so before it is true. */
describe('an erasure, to the last store', () => {
  let pair: Pair;
  let people: People;

  beforeAll(async () => {
    pair = await startPair('remains', { registerEnvironment: { SEARCH_PAUSE_MS: '50' } });
    people = new People(pair);
    await people.prepare();
    await pair.open();
    await pair.sides.marketing.query('CREATE TABLE leftover (note text)');
  });
  afterAll(() => pair.stop());

  const erase = async (who: Someone): Promise<string> => String((await people.erase(who))['caseId']);
  const stateOf = async (caseId: string): Promise<unknown> => (await pair.call('GET', `/v1/erasures/${caseId}`)).body['state'];
  const certificateOf = (caseId: string): Promise<Record<string, unknown>> => waitFor('a certificate', async () => {
    const { status, body } = await pair.call('GET', `/v1/erasures/${caseId}/certificate`);
    return status === 200 && (body['certificate'] as Record<string, unknown>);
  });

  it('is not certified while marketing holds a trace of her, and others do not wait for it', async () => {
    const [traced, clean] = [await people.create('email', 'post'), await people.create('sms')];
    await pair.rest();
    await pair.sides.marketing.query('INSERT INTO leftover VALUES ($1)', [`wrote to ${traced.marker.toUpperCase()}@example.fi`]);
    const [tracedCase, cleanCase] = [await erase(traced), await erase(clean)];
    const { searchStatement } = await certificateOf(cleanCase);
    const found = await waitFor('the finding', async () => (await stateOf(tracedCase)) === 'found' && (await pair.call('GET', `/v1/erasures/${tracedCase}`)).body);
    expect(JSON.stringify(found)).toContain('public.leftover');
    expect((await pair.call('GET', `/v1/erasures/${tracedCase}/certificate`)).status).toBe(409);

    const keys = (await pair.ask('GET', '/.well-known/lupa-statement-keys.json')).body as unknown as JSONWebKeySet;
    const { payload } = await compactVerify(String(searchStatement), createLocalJWKSet(keys));
    const statement = SearchStatementSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
    expect(statement.found.map((finding) => finding.case)).not.toContain(caseDigest(cleanCase));

    await pair.sides.marketing.query('DELETE FROM leftover');
    expect(await certificateOf(tracedCase)).toMatchObject({ caseId: tracedCase });
    expect(await stateOf(tracedCase)).toBe('closed');
  });

  it('is certified although marketing was killed while it searched', async () => {
    const who = await people.create('email');
    await pair.rest();
    const { marketing } = pair.sides;
    await marketing.query('BEGIN');
    await marketing.query('LOCK TABLE leftover IN ACCESS EXCLUSIVE MODE');
    const caseId = await erase(who);
    await waitFor('a search that waits', async () => (await marketing.query('SELECT 1 FROM pg_locks WHERE NOT granted')).rowCount === 1);
    await pair.marketing.kill();
    await marketing.query('ROLLBACK');
    expect(await stateOf(caseId)).toBe('searching');
    await pair.marketing.start();
    await certificateOf(caseId);
    for (const line of [...pair.register.output, ...pair.marketing.output]) expect(line).not.toContain(who.marker);
  });
});
