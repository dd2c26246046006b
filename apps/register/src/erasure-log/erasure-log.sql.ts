import type { Statement } from '#database/statement.js';

const OF_AN_ATTEMPT = ['email_digest', 'phone_digest', 'other_digests', 'ground', 'requested_by', 'reason_code', 'logged_at'];

/**
 * Adds entries and answers with the case of each: of a person who is there already, the one that is there. What an attempt has left that
 * came to nothing is replaced by this one, whose ground the case gets; what was carried out stands. In the order of the references, so that
 * two of these never wait for each other in a circle.
 * $1 refs, $2 case ids, $3 digests of emails, $4 of phones, $5 ground, $6 requested by, $7 why, with abuse; in the order of the
 * references again $8 other digests (LoggedDigest)
 */
export const APPEND: Statement = {
  name: 'erasure-log-append',
  text: `
    INSERT INTO erasure (ref, case_id, email_digest, phone_digest, other_digests, ground, requested_by, reason_code)
    SELECT ref, case_id, email_digest, phone_digest, other_digests, $5, $6, $7
    FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::bytea[], $8::jsonb[]) AS e(ref, case_id, email_digest, phone_digest, other_digests) ORDER BY ref
    ON CONFLICT (ref) DO UPDATE SET
      ${OF_AN_ATTEMPT.map((column) => `${column} = CASE WHEN erasure.done_at IS NULL THEN excluded.${column} ELSE erasure.${column} END`).join(', ')},
      reversed_at = CASE WHEN erasure.done_at IS NOT NULL OR excluded.ground = 'abuse' THEN erasure.reversed_at END
    RETURNING ref, case_id`,
};

/** $1 refs whose rows are gone */
export const MARK_DONE: Statement = {
  name: 'erasure-log-done',
  text: 'UPDATE erasure SET done_at = clock_timestamp() WHERE ref = ANY($1::uuid[]) AND done_at IS NULL',
};

const ENTRY = 'ref, case_id, email_digest, phone_digest, other_digests, ground, requested_by, logged_at, done_at, reason_code, reversed_at';

/** Those that may have been left half done, the oldest first. $1 logged at least so many seconds ago, $2 and $3 position and ref of the entry before, $4 most rows */
export const OPEN_ENTRIES: Statement = {
  name: 'erasure-log-open',
  text: `
    SELECT ${ENTRY}, logged_at::text AS position FROM erasure
    WHERE done_at IS NULL AND logged_at < clock_timestamp() - $1 * interval '1 second' AND (logged_at, ref) > ($2::timestamptz, $3::uuid)
    ORDER BY logged_at, ref LIMIT $4`,
};

/** $1 the ref of the entry before, $2 most rows */
export const PAGE: Statement = { name: 'erasure-log-page', text: `SELECT ${ENTRY} FROM erasure WHERE ref > $1 ORDER BY ref LIMIT $2` };

/** What an appeal came to; an attempt before this one may have come to something else, and have failed afterwards. $1 case id, $2 reversed */
export const NOTE_APPEAL: Statement = {
  name: 'erasure-log-appeal',
  text: 'UPDATE erasure SET reversed_at = CASE WHEN $2::boolean THEN coalesce(reversed_at, clock_timestamp()) END WHERE case_id = $1',
};

/** Digests of those whose decision was reversed, but where another one that stands marks the same address. */
export const FORGIVEN: Statement = {
  name: 'erasure-log-forgiven',
  text: `
    WITH abuse AS MATERIALIZED (
      SELECT d.digest, reversed_at FROM erasure, LATERAL (
        SELECT unnest(ARRAY[email_digest, phone_digest]) UNION SELECT decode(o.value ->> 'digest', 'hex') FROM jsonb_array_elements(other_digests) AS o(value)
      ) AS d(digest) WHERE ground = 'abuse' AND d.digest IS NOT NULL)
    SELECT digest FROM abuse GROUP BY digest HAVING bool_and(reversed_at IS NOT NULL)`,
};

export const SEEN_ACCOUNTS: Statement = { name: 'erasure-log-seen-accounts', text: 'SELECT digest, version::float8 AS version, gone FROM account_seen' };

/** $1 digests, $2 versions in the same order */
export const NOTE_ACCOUNTS: Statement = {
  name: 'erasure-log-note-accounts',
  text: `
    INSERT INTO account_seen AS a (digest, version) SELECT digest, version FROM unnest($1::bytea[], $2::bigint[]) AS e(digest, version) ORDER BY digest
    ON CONFLICT (digest) DO UPDATE SET version = excluded.version, gone = false WHERE excluded.version >= a.version`,
};

/** To be deleted is one change more, unless another has come in between. $1 digests, $2 versions in the same order */
export const NOTE_ACCOUNTS_GONE: Statement = {
  name: 'erasure-log-note-accounts-gone',
  text: `
    UPDATE account_seen AS a SET version = a.version + 1, gone = true
    FROM unnest($1::bytea[], $2::bigint[]) AS e(digest, version) WHERE (a.digest, a.version) = (e.digest, e.version) AND NOT a.gone`,
};

export const READ_SEEN_PULSE: Statement = { name: 'erasure-log-read-pulse', text: 'SELECT count::float8 AS count FROM register_pulse' };

/** $1 count */
export const NOTE_PULSE: Statement = { name: 'erasure-log-note-pulse', text: 'UPDATE register_pulse SET count = greatest(count, $1::bigint)' };
