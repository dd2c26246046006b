import type { Statement } from '#database/statement.js';

/** Whether anybody is to be looked for now, and how the last round went. */
export const LOOK_FOR_DUE: Statement = {
  name: 'look-for-due-searches',
  replan: true,
  text: `
    SELECT EXISTS (SELECT FROM erasure_case WHERE answered_at IS NOT NULL AND closed_at IS NULL AND next_search_at <= clock_timestamp()) AS due,
      last.took_ms::float8 AS took_ms, last.cases, extract(epoch FROM clock_timestamp() - last.ended_at)::float8 * 1000 AS ended_ms_ago
    FROM (SELECT 1) AS one LEFT JOIN (SELECT took_ms, cases, ended_at FROM search_round WHERE ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT 1) AS last ON true`,
};

/** A round whose process has died; its cases are of the next one. */
export const GIVE_UP_OPEN: Statement = {
  name: 'give-up-open-round',
  text: `UPDATE search_round SET ended_at = clock_timestamp(), outcome = 'given-up', statement = NULL, took_ms = 0 WHERE ended_at IS NULL`,
};

export const FORGET_ROUNDS: Statement = { name: 'forget-rounds', text: `DELETE FROM search_round WHERE ended_at < now() - interval '30 days'` };

/** Begins a round unless nobody is due: those who wait longest. $1 its id, $2 most cases */
export const BEGIN_ROUND: Statement = {
  name: 'begin-round',
  replan: true,
  text: `
    WITH due AS MATERIALIZED (
      SELECT id FROM erasure_case WHERE answered_at IS NOT NULL AND closed_at IS NULL AND next_search_at <= clock_timestamp()
      ORDER BY next_search_at, answered_at LIMIT $2
    ), round AS (
      INSERT INTO search_round (id, cases) SELECT $1, count(*) FROM due HAVING count(*) > 0 RETURNING id
    )
    UPDATE erasure_case e SET round_id = round.id, not_sought = '{}', left_out = '{}' FROM due, round WHERE e.id = due.id RETURNING e.id`,
};

/** $1 round */
export const IS_OPEN: Statement = { name: 'is-round-open', text: 'SELECT 1 FROM search_round WHERE id = $1 AND ended_at IS NULL' };

/** $1 round, $2 the case before, $3 most rows */
export const READ_ROUND_CASES: Statement = {
  name: 'read-round-cases',
  replan: true,
  text: `
    SELECT id, ref, sealed_values, left_out, searches FROM erasure_case
    WHERE round_id = $1 AND closed_at IS NULL AND id > $2 ORDER BY id LIMIT $3`,
};

/**
 * Which of these values a customer of today has as well. A name counts with what may stand around it: Anna Virtanen is found in Anna Liisa
 * Virtanen-Korhonen, and in Korhonen-Virtanen. The index of last names is used by a range, that of the parts of double names by its expression. $1 JSON array of {id, position, and of one value email, phone (blind indexes in hex), or first, last, street}
 */
export const FIND_SHARED: Statement = {
  name: 'find-shared-values',
  replan: true,
  text: `
    SELECT s.id, s.position FROM jsonb_to_recordset($1::jsonb) AS s(id uuid, position smallint, email bytea, phone bytea, first text, last text, street text)
    WHERE EXISTS (SELECT FROM customer c WHERE c.email_index = s.email)
      OR EXISTS (SELECT FROM customer c WHERE c.phone_index = s.phone)
      OR EXISTS (
        SELECT FROM customer c WHERE lower(c.last_name) ~>=~ lower(s.last) AND lower(c.last_name) ~<~ (lower(s.last) || chr(1114111))
          AND strpos(lower(c.first_name), lower(s.first)) > 0 AND strpos(lower(c.street_address), lower(s.street)) > 0
      ) OR EXISTS (
        SELECT FROM customer c WHERE c.last_name ~ '[[:space:]-]'
          AND regexp_split_to_array(lower(c.last_name), '[[:space:]-]+') @> regexp_split_to_array(lower(s.last), '[[:space:]-]+')
          AND strpos(lower(c.first_name), lower(s.first)) > 0 AND strpos(lower(c.street_address), lower(s.street)) > 0)`,
};

/** $1 JSON array of {id, positions, kinds} */
export const NOTE_SHARED: Statement = {
  name: 'note-shared-values',
  replan: true,
  text: `UPDATE erasure_case e SET not_sought = s.kinds, left_out = s.positions FROM jsonb_to_recordset($1::jsonb) AS s(id uuid, positions smallint[], kinds text[]) WHERE e.id = s.id`,
};

/** The first answer counts. $1 round, $2 the statement */
export const NOTE_ANSWER: Statement = {
  name: 'note-search-answer',
  text: `
    UPDATE search_round SET statement = $2, answered_at = clock_timestamp()
    WHERE id = $1 AND ended_at IS NULL AND answered_at IS NULL RETURNING 1`,
};

/** $1 round. No row: another instance has given it up */
export const READ_ANSWER: Statement = {
  name: 'read-search-answer',
  text: 'SELECT statement FROM search_round WHERE id = $1 AND ended_at IS NULL',
};

/** Whoever writes the outcome holds the round. $1 round */
export const HOLD_ROUND: Statement = { name: 'hold-round', text: 'SELECT 1 FROM search_round WHERE id = $1 AND ended_at IS NULL FOR UPDATE' };

/** Whoever was erased again, and answered again, since the round began is of the next one. */
const STILL_OF_ROUND = `
  e.round_id = $1 AND e.closed_at IS NULL AND e.answered_at < (SELECT started_at FROM search_round WHERE id = $1)`;

/** $1 round, $2 case ids */
export const READ_FACTS: Statement = {
  name: 'read-case-facts',
  replan: true,
  text: `
    SELECT e.id, e.ref, e.ground, e.requested_at, e.deleted_at, e.rows_deleted, e.answered_at, e.statement, e.recipients, e.sealed_values, e.not_sought, e.left_out
    FROM erasure_case e WHERE ${STILL_OF_ROUND} AND e.id = ANY($2::uuid[]) FOR UPDATE`,
};

/** $1 round, $2 case ids, $3 their certificates (JWS), $4 searched at, $5 closed at */
export const CLOSE_CASES: Statement = {
  name: 'close-cases',
  replan: true,
  text: `
    UPDATE erasure_case e SET closed_at = $5, certificate = c.jws, searched_at = $4, searches = e.searches + 1, findings = NULL, sealed_values = NULL
    FROM unnest($2::uuid[], $3::text[]) AS c(id, jws) WHERE e.id = c.id AND ${STILL_OF_ROUND}`,
};

/** $1 round, $2 JSON array of {id, findings, again_ms: when to look again}, $3 searched at */
export const NOTE_FINDINGS: Statement = {
  name: 'note-findings',
  replan: true,
  text: `
    UPDATE erasure_case e SET findings = f.findings, searched_at = $3, searches = e.searches + 1,
      next_search_at = clock_timestamp() + f.again_ms * interval '1 millisecond'
    FROM jsonb_to_recordset($2::jsonb) AS f(id uuid, findings jsonb, again_ms integer) WHERE e.id = f.id AND ${STILL_OF_ROUND}`,
};

/** $1 round, $2 outcome, $3 took milliseconds */
export const END_ROUND: Statement = {
  name: 'end-round',
  text: `
    UPDATE search_round SET ended_at = clock_timestamp(), outcome = $2, took_ms = $3, statement = NULL WHERE id = $1 AND ended_at IS NULL`,
};

export const OLDEST_UNANSWERED: Statement = {
  name: 'oldest-unanswered-erasure',
  text: 'SELECT coalesce(extract(epoch FROM clock_timestamp() - min(requested_at)), 0)::float8 AS count FROM erasure_case WHERE answered_at IS NULL',
};

export const COUNT_OPEN: Statement = { name: 'count-open-erasures', replan: true, text: 'SELECT count(*)::int AS count FROM erasure_case WHERE closed_at IS NULL' };
export const COUNT_FOUND: Statement = {
  name: 'count-found-erasures',
  replan: true,
  text: 'SELECT count(*)::int AS count FROM erasure_case WHERE closed_at IS NULL AND findings IS NOT NULL',
};
