import type { Statement } from '#database/statement.js';

/** One at a time makes or replaces keys. */
export const LOCK_KEY_RING: Statement = { name: 'lock-key-ring', text: `SELECT pg_advisory_xact_lock(hashtext('lupa:key-ring'))` };

export const SELECT_KEYS: Statement = {
  name: 'select-keys',
  text: `
    SELECT kid, private_key AS "sealed", public_jwk AS "publicJwk", signs_from AS "signsFrom", retires_at AS "retiresAt"
    FROM signing_key WHERE retires_at IS NULL OR retires_at > clock_timestamp() ORDER BY signs_from`,
};

/** $1 kid, $2 sealed private key, $3 public JWK, $4 signs from */
export const INSERT_KEY: Statement = {
  name: 'insert-key',
  text: 'INSERT INTO signing_key (kid, private_key, public_jwk, signs_from) VALUES ($1, $2, $3, $4)',
};

/** Lets every key retire that is not being replaced yet, save $1. $2 when */
export const RETIRE_OTHERS: Statement = {
  name: 'retire-others',
  text: 'UPDATE signing_key SET retires_at = greatest($2, signs_from + interval \'1 second\') WHERE kid <> $1 AND retires_at IS NULL',
};

export const DELETE_RETIRED: Statement = { name: 'delete-retired', text: 'DELETE FROM signing_key WHERE retires_at <= clock_timestamp()' };

/** $1 id */
export const SELECT_PROGRAM: Statement = {
  name: 'select-program',
  text: 'SELECT secret_hash AS "secretHash", scopes FROM program WHERE id = $1 AND disabled_at IS NULL',
};

/** $1 id, $2 secret hash, $3 scopes, $4 version. Gives the id back unless it is taken. */
export const INSERT_PROGRAM: Statement = {
  name: 'insert-program',
  text: 'INSERT INTO program (id, secret_hash, scopes, version) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id',
};

/** $1 username */
export const SELECT_STAFF: Statement = {
  name: 'select-staff',
  text: 'SELECT password_hash AS "passwordHash", roles FROM staff WHERE username = $1 AND disabled_at IS NULL',
};

/** $1 username, $2 password hash, $3 roles, $4 version. Gives the user name back unless it is taken. */
export const INSERT_STAFF: Statement = {
  name: 'insert-staff',
  text: 'INSERT INTO staff (username, password_hash, roles, version) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING username',
};

/**
 * Counts an attempt of each subject as failed before the password is looked at, so that parallel guesses cannot slip past the
 * limit. The window starts with the first attempt and does not move. $1 subjects, $2 length of the window in seconds
 */
export const COUNT_ATTEMPT: Statement = {
  name: 'count-attempt',
  text: `
    INSERT INTO login_failure AS f (subject, failures, window_start)
    SELECT subject, 1, clock_timestamp() FROM unnest($1::bytea[]) AS subject ORDER BY subject
    ON CONFLICT (subject) DO UPDATE SET
      failures = CASE WHEN f.window_start < clock_timestamp() - make_interval(secs => $2) THEN 1 ELSE f.failures + 1 END,
      window_start = CASE WHEN f.window_start < clock_timestamp() - make_interval(secs => $2) THEN clock_timestamp() ELSE f.window_start END
    RETURNING subject, failures, extract(epoch FROM f.window_start + make_interval(secs => $2) - clock_timestamp())::float8 AS "secondsLeft"`,
};

/** A login that worked: $1 starts anew, $2 takes its attempt back. */
export const FORGIVE: Statement = {
  name: 'forgive',
  text: `
    WITH user_name AS (DELETE FROM login_failure WHERE subject = $1)
    UPDATE login_failure SET failures = failures - 1 WHERE subject = $2 AND failures > 0`,
};

/** $1 length of the window in seconds */
export const DROP_OLD_FAILURES: Statement = {
  name: 'drop-old-failures',
  text: 'DELETE FROM login_failure WHERE window_start < clock_timestamp() - make_interval(secs => $1)',
};

/** $1 customer id */
export const CUSTOMER_EXISTS: Statement = { name: 'customer-exists', text: 'SELECT 1 AS found FROM customer WHERE id = $1' };
