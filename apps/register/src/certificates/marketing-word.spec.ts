import { CompactSign, type CryptoKey, exportJWK, generateKeyPair } from 'jose';
import { randomUUID } from 'node:crypto';
import type { ErasureStatement } from '#contracts/applied.v1.js';
import { caseDigest, SEARCH_STATEMENT_TYPE, type SearchStatement } from '#contracts/search.v1.js';
import type { Certificate, CertificateKeys } from './certificate.schemas.js';
import { refusalOfWord } from './marketing-word.signature.js';

const caseId = randomUUID();
const [appliedAt, searchedAt] = ['2026-11-23T06:00:02.000Z', '2026-11-23T06:00:04.000Z'];
const DELETION: ErasureStatement = {
  ref: randomUUID(), epoch: 1, version: 2, marketingEpoch: randomUUID(), appliedAt, rowsDeleted: 3, rowsLeft: 0, recipients: [{ id: 'post', name: 'Postittaja Oy', country: 'FI' }],
};
const SEARCH: SearchStatement = {
  roundId: randomUUID(), searchedAt, cases: 1, found: [], unsearched: [], more: { found: 0, unsearched: 0 },
  stores: [{ store: 'marketing', what: 'tables', number: 14, bytes: 23_456 }, { store: 'logs', what: 'files', number: 2, bytes: 10 }],
};

describe('the word of marketing in a certificate', () => {
  let keys: CertificateKeys;
  let key: CryptoKey;
  beforeAll(async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    key = pair.privateKey;
    keys = { keys: [{ ...await exportJWK(pair.publicKey), kid: 'marketing' } as CertificateKeys['keys'][number]] };
  });

  const sign = (payload: object, typ?: string): Promise<string> =>
    new CompactSign(Buffer.from(JSON.stringify(payload))).setProtectedHeader({ alg: 'ES256', ...(typ === undefined ? {} : { typ }) }).sign(key);
  const marketing = { store: 'marketing', rowsDeleted: 3, searched: { at: searchedAt, what: 'tables', number: 14, bytes: 23_456, found: 0 } } as const;
  const logs = { store: 'logs', rowsDeleted: 0, searched: { at: searchedAt, what: 'files', number: 2, bytes: 10, found: 0 } } as const;
  const own = [{ ...marketing, store: 'register', rowsDeleted: 23 }, { ...logs, searched: { ...logs.searched, number: 7 } }];
  /** Those parts of a certificate that marketing has a word on. */
  async function refusal(change: Partial<Certificate> = {}, deletion: Partial<ErasureStatement> = {}, search: Partial<SearchStatement> = {}) {
    const certificate = {
      caseId, stores: [...own, marketing, logs], requestedAt: '2026-11-23T06:00:01.000Z', answeredAt: '2026-11-23T06:00:03.000Z', searchedAt: '2026-11-23T06:00:05.000Z',
      recipients: [{ name: 'Juhlatalo Oy', country: 'FI', noticeIssuedAt: '2026-11-23T06:00:00.000Z' }, { name: 'Postittaja Oy', country: 'FI', noticeIssuedAt: appliedAt }],
      marketingStatement: await sign({ ...DELETION, ...deletion }), searchStatement: await sign({ ...SEARCH, ...search }, SEARCH_STATEMENT_TYPE), ...change,
    } as unknown as Certificate;
    return refusalOfWord(certificate, keys);
  }

  it('bears it out when it says the same, beside what the register says of its own', async () => {
    expect(await refusal()).toBeUndefined();
    expect(await refusal({ stores: [...own, marketing, { ...logs, searched: { ...logs.searched, at: '2026-11-23T08:00:04+02:00' } }] })).toBeUndefined();
  });

  it.each<[string, Partial<Certificate>]>([
    ['rows deleted', { stores: [...own, { ...marketing, rowsDeleted: 4 }, logs] }], ['tables', { stores: [...own, { ...marketing, searched: { ...marketing.searched, number: 13 } }, logs] }],
    ['bytes', { stores: [...own, marketing, { ...logs, searched: { ...logs.searched, bytes: 11 } }] }], ['the time of the search', { stores: [...own, { ...marketing, searched: { ...marketing.searched, at: appliedAt } }, logs] }],
    ['a store of its', { stores: [...own, marketing] }], ['its database twice', { stores: [...own, marketing, logs, { ...marketing, rowsDeleted: 9 }] }], ['when all was searched', { searchedAt: appliedAt }],
    ['who had received her', { recipients: [] }], ['when a notice was issued', { recipients: [{ name: 'Postittaja Oy', country: 'FI', noticeIssuedAt: searchedAt }] }],
  ])('does not when the certificate tells otherwise: %s', async (_, change) => {
    expect(await refusal(change)).toBe('differs');
  });

  it('does not when nobody was looked for, what was searched was still to be deleted, or it was deleted before the demand or after the answer', async () => {
    expect(await refusal({}, {}, { cases: 0 })).toBe('differs');
    expect(await refusal({}, { appliedAt: '2026-11-23T06:00:04.001Z' })).toBe('differs');
    expect(await refusal({ answeredAt: '2026-11-23T05:55:01.000Z' })).toBe('differs');
    expect(await refusal({ requestedAt: '2026-11-23T06:05:03.000Z' })).toBe('differs');
  });

  it('does not when rows were left, she was found, or a place was not searched; others may have been found', async () => {
    const found = [{ case: caseDigest(caseId), store: 'marketing', place: 'public.contact', count: 1 }];
    expect(await refusal({}, { rowsLeft: 1 })).toBe('not-clean');
    expect(await refusal({}, {}, { found })).toBe('not-clean');
    expect(await refusal({}, {}, { unsearched: [{ store: 'logs', place: '.', reason: 'EACCES' }] })).toBe('not-clean');
    expect(await refusal({}, {}, { more: { found: 0, unsearched: 7 } })).toBe('not-clean');
    expect(await refusal({}, {}, { found: [{ ...found[0]!, case: caseDigest(randomUUID()) }] })).toBeUndefined();
  });
});
