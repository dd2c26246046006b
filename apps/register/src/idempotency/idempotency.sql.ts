import type { Statement } from '#database/statement.js';

/** $1 advisory lock */
export const BEGIN_WRITE: Statement = {
  name: 'begin-write',
  text: 'SELECT pg_try_advisory_xact_lock($1::bigint) AS held',
};

/** A statement of its own: its snapshot is taken when the lock is already held. */
export const READ_KEY: Statement = {
  name: 'read-key',
  text: 'SELECT fingerprint, answer FROM idempotency_key WHERE key_hash = $1',
};

export const REMEMBER_WRITE: Statement = {
  name: 'remember-write',
  text: 'INSERT INTO idempotency_key (key_hash, fingerprint, customer_id, answer) VALUES ($1, $2, $3, $4::jsonb)',
};

/** Keys are promised for a day. $1 most rows */
export const FORGET_OLD_KEYS: Statement = {
  name: 'forget-old-keys',
  text: `
    DELETE FROM idempotency_key WHERE key_hash IN (
      SELECT key_hash FROM idempotency_key WHERE created_at < now() - interval '24 hours' LIMIT $1) RETURNING 1`,
};
