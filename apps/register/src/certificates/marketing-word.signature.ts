import { compactVerify, importJWK } from 'jose';
import { ErasureStatementSchema } from '#contracts/applied.v1.js';
import { caseDigest, SEARCH_STATEMENT_TYPE, SearchStatementSchema } from '#contracts/search.v1.js';
import type { Certificate, CertificateKeys } from './certificate.schemas.js';

/** Why marketing's own word does not bear out a certificate. */
export type WordRefusal =
  /** Not signed by any of marketing's keys given, or something else was. */
  | 'deletion-not-signed' | 'search-not-signed'
  /** Signed, and says that something was left, found, or not searched. */
  | 'not-clean';

/** Whether both statements in a genuine certificate are marketing's, and say what the certificate says. Undefined: they do. */
export async function refusalOfWord({ caseId, marketingStatement, searchStatement }: Certificate, keys: CertificateKeys): Promise<WordRefusal | undefined> {
  const deletion = ErasureStatementSchema.safeParse(await verifiedPayload(marketingStatement, undefined, keys));
  if (!deletion.success) return 'deletion-not-signed';
  const search = SearchStatementSchema.safeParse(await verifiedPayload(searchStatement, SEARCH_STATEMENT_TYPE, keys));
  if (!search.success) return 'search-not-signed';
  const { found, unsearched } = search.data;
  return deletion.data.rowsLeft > 0 || unsearched.length > 0 || found.some((each) => each.case === caseDigest(caseId)) ? 'not-clean' : undefined;
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
