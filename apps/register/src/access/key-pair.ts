import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject, randomUUID } from 'node:crypto';
import { KeySetSchema, type PublicKey } from './access.schemas.js';
import { open, seal } from './key-encryption.js';

/** A key pair for ES256 (RFC 7518, 3.4) as it is stored: the private key sealed, and bound to the key id. */
export interface SealedKeyPair {
  readonly kid: string;
  readonly sealed: Buffer;
  readonly publicJwk: PublicKey;
}

/** @param encryptionKey 32 bytes, under which the private key opens again */
export function newKeyPair(encryptionKey: Buffer): SealedKeyPair {
  const kid = randomUUID();
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const sealed = seal(JSON.stringify(privateKey.export({ format: 'jwk' })), encryptionKey, kid);
  return { kid, sealed, publicJwk: KeySetSchema.shape.keys.element.parse({ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'ES256' }) };
}

/** @throws Error when it was sealed under another key, or changed. */
export function privateKeyOf({ kid, sealed }: Pick<SealedKeyPair, 'kid' | 'sealed'>, encryptionKey: Buffer): KeyObject {
  return createPrivateKey({ key: JSON.parse(open(sealed, encryptionKey, kid)) as JsonWebKey, format: 'jwk' });
}
