import { jest } from '@jest/globals';
import { caseDigest } from '#contracts/search.v1.js';
import type { Certificate, CertificateKeys } from '#register/certificates/certificate.schemas.js';
import { verified } from '#register/certificates/certificate.signature.js';
import { refusalOfWord } from '#register/certificates/marketing-word.signature.js';
import { startPair, type Pair } from '#test/support/pair.js';
import { People } from '#test/support/people.js';
import { waitFor } from '#test/support/wait-for.js';

jest.setTimeout(60_000);

/** The whole way of an erasure: both services, both databases, both signatures. */
describe('an erasure', () => {
  let pair: Pair;
  let people: People;
  beforeAll(async () => {
    pair = await startPair('certified', { registerEnvironment: { SEARCH_PAUSE_MS: '100' } });
    people = new People(pair);
    await people.prepare();
  });
  afterAll(async () => { await pair.stop(); });

  const certificateOf = (caseId: string): Promise<{ certificate: Certificate; jws: string }> => waitFor('the certificate', async () => {
    const { status, body } = await pair.call('GET', `/v1/erasures/${caseId}/certificate`);
    return status === 200 ? body as unknown as { certificate: Certificate; jws: string } : undefined;
  });
  const keysAt = async <Keys>(url: string): Promise<Keys> => (await (await fetch(url)).json()) as Keys;

  it('ends in a certificate with the word of both, each under its own key', async () => {
    const [aino, eino] = [await people.create('email', 'sms'), await people.create('post')];
    await pair.rest();
    const caseId = String((await people.erase(aino))['caseId']);
    const signed = await certificateOf(caseId);
    const { certificate } = signed;
    expect(certificate.stores.map(({ store }) => store)).toEqual(['register', 'marketing', 'marketing-exports']);
    for (const { rowsDeleted, searched } of certificate.stores.slice(0, 2)) {
      expect(rowsDeleted).toBeGreaterThan(0);
      expect(searched).toMatchObject({ what: 'tables', found: 0 });
      expect(searched.number).toBeGreaterThan(10);
    }
    const keys = await keysAt<CertificateKeys>(`${pair.register.url}/.well-known/lupa-certificate-keys.json`);
    expect(await verified(`${JSON.stringify(signed, null, 2)}\n`, keys)).toMatchObject({ genuine: true });
    const theirs = await keysAt<CertificateKeys>(`${pair.marketing.url}/.well-known/lupa-statement-keys.json`);
    expect(await refusalOfWord(certificate, theirs)).toBeUndefined();
    expect(await refusalOfWord(certificate, keys)).toBe('deletion-not-signed');
    expect(await refusalOfWord({ ...certificate, searchStatement: certificate.marketingStatement }, theirs)).toBe('search-not-signed');
    expect((await pair.call('GET', `/v1/customers/${eino.id}`)).status).toBe(200);
  });

  it('has none while marketing still holds something of her, in a table that nobody told of', async () => {
    const aino = await people.create('email');
    await pair.sides.marketing.query('CREATE TABLE planted (note text)');
    await pair.sides.marketing.query('INSERT INTO planted VALUES ($1)', [`{"to": "${aino.marker}@example.fi"}`]);
    const caseId = String((await people.erase(aino))['caseId']);
    const findings = await waitFor('findings', async () => {
      const { rows: [row] } = await pair.sides.register.query<{ findings: object | null }>('SELECT findings FROM erasure_case WHERE id = $1', [caseId]);
      return row?.findings;
    });
    expect(findings).toEqual({ found: [{ store: 'marketing', place: 'public.planted', count: 1 }], unsearched: [] });
    expect((await pair.call('GET', `/v1/erasures/${caseId}/certificate`)).body['type']).toBe('/problems/certificate-not-issued');
    await pair.sides.marketing.query('DROP TABLE planted');
    const { certificate } = await certificateOf(caseId);
    expect([certificate.caseId, Buffer.from(certificate.searchStatement.split('.')[1]!, 'base64url').toString().includes(caseDigest(caseId))]).toEqual([caseId, false]);
  });
});
