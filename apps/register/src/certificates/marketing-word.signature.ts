import { compactVerify, importJWK } from 'jose';
import { isDeepStrictEqual } from 'node:util';
import { type ErasureStatement, ErasureStatementSchema } from '#contracts/applied.v1.js';
import { caseDigest, SEARCH_STATEMENT_TYPE, type SearchStatement, SearchStatementSchema } from '#contracts/search.v1.js';
import type { Certificate, CertificateKeys } from './certificate.schemas.js';

/** How marketing calls its own database as a store. */
const DATABASE = 'marketing';

/** Marketing's clock and the register's are of two machines. */
const CLOCKS_DIFFER_MS = 5 * 60_000;

/** Why marketing's own word does not bear out a certificate. */
export type WordRefusal =
  /** Not signed by any of marketing's keys given, or something else was. */
  | 'deletion-not-signed' | 'search-not-signed'
  /** Signed, and says that something was left, found, or not searched. */
  | 'not-clean'
  /** Signed, but the certificate says something else: of stores, numbers, times or recipients; or it was not about her. */
  | 'differs';

/** Whether both statements in a genuine certificate are marketing's, and say what the certificate says. Undefined: they do. */
export async function refusalOfWord(certificate: Certificate, keys: CertificateKeys): Promise<WordRefusal | undefined> {
  const { caseId, marketingStatement, searchStatement } = certificate;
  const deletion = ErasureStatementSchema.safeParse(await verifiedPayload(marketingStatement, undefined, keys));
  if (!deletion.success) return 'deletion-not-signed';
  const search = SearchStatementSchema.safeParse(await verifiedPayload(searchStatement, SEARCH_STATEMENT_TYPE, keys));
  if (!search.success) return 'search-not-signed';
  const { found, unsearched, more } = search.data;
  if (deletion.data.rowsLeft > 0 || unsearched.length + more.unsearched > 0 || found.some((each) => each.case === caseDigest(caseId))) return 'not-clean';
  return saysTheSame(certificate, deletion.data, search.data) ? undefined : 'differs';
}

/** Whatever marketing has stated stands in the certificate as it stated it, and nothing else stands there about its own database. */
function saysTheSame({ stores, recipients, requestedAt, answeredAt, searchedAt }: Certificate, deletion: ErasureStatement, search: SearchStatement): boolean {
  // By one clock: what was searched before the deletion, or for nobody, says nothing of what is left of her.
  if (search.cases === 0 || instantOf(search.searchedAt) < instantOf(deletion.appliedAt)) return false;
  const applied = instantOf(deletion.appliedAt);
  if (applied < instantOf(requestedAt) - CLOCKS_DIFFER_MS || applied > instantOf(answeredAt) + CLOCKS_DIFFER_MS) return false;
  const expected = search.stores.map(({ store, ...searched }) => (
    { store, rowsDeleted: store === DATABASE ? deletion.rowsDeleted : 0, searched: { ...searched, at: instantOf(search.searchedAt), found: 0 } }));
  const stated = stores.map((each) => ({ ...each, searched: { ...each.searched, at: instantOf(each.searched.at) } }));
  const isAmong = (all: readonly object[]) => (each: object): boolean => all.some((other) => isDeepStrictEqual(each, other));
  const told = recipients.map((each) => ({ ...each, noticeIssuedAt: instantOf(each.noticeIssuedAt) }));
  const theirs = deletion.recipients.map(({ name, country }) => ({ name, country, noticeIssuedAt: instantOf(deletion.appliedAt) }));
  return expected.every(isAmong(stated)) && stated.filter(({ store }) => store === DATABASE).every(isAmong(expected))
    && theirs.every(isAmong(told)) && instantOf(searchedAt) >= instantOf(search.searchedAt);
}

function instantOf(time: string): number {
  return Date.parse(time);
}

async function verifiedPayload(jws: string, typ: string | undefined, { keys }: CertificateKeys): Promise<unknown> {
  for (const key of keys) {
    try {
      const { payload, protectedHeader } = await compactVerify(jws, await importJWK(key, 'ES256'), { algorithms: ['ES256'] });
      return protectedHeader.typ === typ ? JSON.parse(new TextDecoder().decode(payload)) as unknown : undefined;
    } catch {
      // Another key may have signed it.
    }
  }
  return undefined;
}
