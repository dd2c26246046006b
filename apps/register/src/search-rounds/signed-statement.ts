import { z } from 'zod';
import { ErasureStatementSchema, type ErasureStatement } from '#contracts/applied.v1.js';
import { SEARCH_STATEMENT_TYPE, type SearchStatement, SearchStatementSchema } from '#contracts/search.v1.js';

const HeaderSchema = z.object({ alg: z.literal('ES256'), typ: z.string().optional() });

/**
 * What marketing has signed (compact JWS, RFC 7515), read without a look at the signature: it came over the broker, where marketing alone may
 * answer, and whoever gets the certificate verifies it. Undefined: it is something else.
 */
export function readSearchStatement(jws: string): SearchStatement | undefined {
  const [header, payload] = partsOf(jws);
  if (HeaderSchema.safeParse(header).data?.typ !== SEARCH_STATEMENT_TYPE) return undefined;
  return SearchStatementSchema.safeParse(payload).data;
}

export function readErasureStatement(jws: string): ErasureStatement | undefined {
  const [header, payload] = partsOf(jws);
  const read = HeaderSchema.safeParse(header);
  if (!read.success || read.data.typ === SEARCH_STATEMENT_TYPE) return undefined;
  return ErasureStatementSchema.safeParse(payload).data;
}

function partsOf(jws: string): [unknown, unknown] {
  const [header, payload] = jws.split('.');
  return [jsonOf(header), jsonOf(payload)];
}

function jsonOf(part: string | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(part ?? '', 'base64url').toString());
  } catch {
    return undefined;
  }
}
