import { CompactSign, compactVerify, type CryptoKey, importJWK, type JWK } from 'jose';
import type { KeyObject } from 'node:crypto';
import { type Certificate, type CertificateKeys, SignedCertificateSchema } from './certificate.schemas.js';

/** Tells tokens and statements, which are signed alike, apart from certificates. */
const TYPE = 'lupa-erasure-certificate+jws';

/** Why a file is no certificate of this register. */
export type Refusal =
  /** Not the JSON that was issued, byte by byte. */
  | 'not-as-issued'
  /** Signed with a key that is not among those given. */
  | 'unknown-key'
  | 'signature-wrong'
  /** The signature is over something else than what can be read. */
  | 'content-changed';

export type Verdict = { readonly genuine: true; readonly certificate: Certificate; readonly kid: string } | { readonly genuine: false; readonly refusal: Refusal };

/** The signed certificate (compact JWS, RFC 7515, ES256), which any tool can verify; `fileOf` makes the file of it. */
export function signed(certificate: Certificate, key: { readonly kid: string; readonly privateKey: CryptoKey | KeyObject | JWK }): Promise<string> {
  const payload = new TextEncoder().encode(JSON.stringify(certificate));
  return new CompactSign(payload).setProtectedHeader({ alg: 'ES256', typ: TYPE, kid: key.kid }).sign(key.privateKey);
}

/** The file that a person gets: the same bytes whenever it is made, since all of it stands in the JWS. */
export function fileOf(jws: string): string {
  return written({ certificate: JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as Certificate, jws });
}

/** Needs nothing but the file and the keys. Any byte that was changed, added, or left out is a refusal. */
export async function verified(file: string, { keys }: CertificateKeys): Promise<Verdict> {
  const read = SignedCertificateSchema.safeParse(jsonOf(file));
  if (!read.success || written(read.data) !== file || !isCanonical(read.data.jws)) return refused('not-as-issued');
  const { certificate, jws } = read.data;
  const kid = kidOf(jws);
  const key = keys.find((each) => each.kid === kid);
  if (!key) return refused('unknown-key');
  try {
    const { payload, protectedHeader } = await compactVerify(jws, await importJWK(key, 'ES256'), { algorithms: ['ES256'] });
    if (protectedHeader.typ !== TYPE) return refused('signature-wrong');
    return new TextDecoder().decode(payload) === JSON.stringify(certificate) ? { genuine: true, certificate, kid: key.kid } : refused('content-changed');
  } catch {
    return refused('signature-wrong');
  }
}

const refused = (refusal: Refusal): Verdict => ({ genuine: false, refusal });
const written = (signed: { readonly certificate: Certificate; readonly jws: string }): string => `${JSON.stringify(signed, null, 2)}\n`;

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(file);
  } catch {
    return undefined;
  }
}

/** The last letter of base64url has bits that nothing depends on: with them changed it would still verify. */
function isCanonical(jws: string): boolean {
  return jws.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);
}

function kidOf(jws: string): unknown {
  const header = jsonOf(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString());
  return Object(header) === header ? (header as { kid?: unknown }).kid : undefined;
}
