import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { KeyObject } from 'node:crypto';
import { TOKEN_AUDIENCE } from '#auth/auth.module.js';
import type { Caller } from '#auth/caller.js';
import type { KeySource } from '#auth/key-source.js';
import type { Scope } from '#auth/scopes.js';

export const TEST_ISSUER = 'lupa-register';

export interface TokenWish {
  readonly kind?: Caller['kind'];
  readonly subject?: string;
  readonly scopes?: readonly Scope[];
  readonly roles?: readonly string[];
  readonly issuer?: string;
  readonly audience?: string;
  /** Seconds from now; negative for a token that has expired. */
  readonly lifetime?: number;
}

/** A signing key of a test's own, with the tokens it signs and the key source that knows it. */
export interface TokenMint extends KeySource {
  readonly kid: string;
  readonly jwk: JWK;
  mint(wish?: TokenWish): Promise<string>;
  /** `Bearer …`, as the Authorization header wants it. */
  bearer(wish?: TokenWish): Promise<string>;
}

export async function createTokenMint(kid = 'test-key'): Promise<TokenMint> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return tokenMintOf(kid, privateKey, publicKey);
}

/** The same with a key that is there, such as the one of a running register. */
export async function tokenMintOf(kid: string, privateKey: CryptoKey | KeyObject, publicKey: CryptoKey | KeyObject): Promise<TokenMint> {
  const pem = await exportSPKI(publicKey);
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' };
  const mint = ({ kind = 'program', subject = 'test', scopes = [], roles = [], issuer = TEST_ISSUER, audience = TOKEN_AUDIENCE, lifetime = 900 }: TokenWish = {}): Promise<string> => {
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({ kind, scope: scopes.join(' '), roles })
      .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(subject)
      .setIssuedAt(now)
      .setExpirationTime(now + lifetime)
      .sign(privateKey);
  };
  return {
    kid,
    jwk,
    mint,
    bearer: async (wish) => `Bearer ${await mint(wish)}`,
    publicKey: (asked) => Promise.resolve(asked === kid ? pem : undefined),
  };
}
