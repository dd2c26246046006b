import type { Statement } from '#database/statement.js';

/** One at a time makes or replaces the key. */
export const LOCK_CERTIFICATE_KEYS: Statement = { name: 'lock-certificate-keys', text: `SELECT pg_advisory_xact_lock(hashtext('lupa:certificate-keys'))` };

/** The one that signs. */
export const SELECT_CERTIFICATE_KEY: Statement = {
  name: 'select-certificate-key',
  text: 'SELECT kid, private_key AS "sealed" FROM certificate_key WHERE private_key IS NOT NULL',
};

export const SELECT_PUBLIC_CERTIFICATE_KEYS: Statement = {
  name: 'select-public-certificate-keys',
  text: 'SELECT public_jwk AS "publicJwk" FROM certificate_key ORDER BY created_at, kid',
};

export const REPLACE_CERTIFICATE_KEY: Statement = {
  name: 'replace-certificate-key',
  text: 'UPDATE certificate_key SET private_key = NULL WHERE private_key IS NOT NULL',
};

/** $1 kid, $2 sealed private key, $3 public JWK */
export const INSERT_CERTIFICATE_KEY: Statement = {
  name: 'insert-certificate-key',
  text: 'INSERT INTO certificate_key (kid, private_key, public_jwk) VALUES ($1, $2, $3)',
};
