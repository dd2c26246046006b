import type { Statement } from '#database/statement.js';

/** Lets the append-only triggers delete rows of these customers until the transaction ends. $1 customer ids, separated by commas */
export const ALLOW_ERASING: Statement = { name: 'allow-erasing', text: `SELECT set_config('lupa.erasing', $1, true)` };

const ROOMS = ['records', 'reads', 'consents', 'standing', 'guardians', 'steps', 'disclosures', 'disclosure_consents', 'disclosure_notices', 'formers'];

/**
 * Deletes every row of the customers and opens their cases, in one statement. Remembered answers lose their content
 * but keep their keyed hash for their day: a repeated request must not create the person again. Of her requests stay kind, days,
 * outcome; with a new id and without the times of day they can be tied to nobody, and still show that answers were in time.
 * Who got her is owed a notice that names her by the id that was handed out with the data (GDPR Art. 19).
 * Somebody who was there again although her case was known has it opened anew.
 * $1 customer ids; in the same order $2 case ids, $3 what to search for, sealed; $4 ground, $5 requested by, $6 and $7 why and when abuse was decided on;
 * in the order of $1 again $8 when it was asked for, null: now
 */
export const ERASE_CUSTOMERS: Statement = {
  name: 'erase-customers',
  replan: true,
  text: `
    WITH records AS (DELETE FROM consent_record WHERE customer_id = ANY($1::uuid[]) RETURNING customer_id),
    reads AS (DELETE FROM access_log WHERE customer_id = ANY($1::uuid[]) RETURNING customer_id),
    consents AS (DELETE FROM consent WHERE customer_id = ANY($1::uuid[]) RETURNING customer_id),
    standing AS (DELETE FROM standing_record WHERE customer_id = ANY($1::uuid[]) RETURNING customer_id),
    guardians AS (DELETE FROM guardian_consent WHERE customer_id = ANY($1::uuid[]) RETURNING customer_id),
    steps AS (DELETE FROM data_request_step WHERE customer_id = ANY($1::uuid[]) RETURNING customer_id),
    requests AS (
      UPDATE data_request SET customer_id = NULL, id = gen_random_uuid(), received_at = date_trunc('day', received_at),
        extension_told_at = date_trunc('day', extension_told_at), closed_at = date_trunc('day', coalesce(closed_at, now())),
        assignee = 'contact:data-protection', created_by = NULL,
        state = CASE WHEN closed_at IS NULL THEN 'done' ELSE state END, outcome = coalesce(outcome, 'closed-by-erasure')
      WHERE customer_id = ANY($1::uuid[])
    ),
    told AS (UPDATE recipient_notice SET disclosure_id = NULL WHERE done_at IS NOT NULL AND disclosure_id IN (SELECT id FROM disclosure WHERE customer_id = ANY($1::uuid[]))),
    superseded AS (DELETE FROM recipient_notice WHERE done_at IS NULL AND disclosure_id IN (SELECT id FROM disclosure WHERE customer_id = ANY($1::uuid[]))),
    disclosures AS (DELETE FROM disclosure WHERE customer_id = ANY($1::uuid[]) RETURNING customer_id, id, recipient, fields),
    owed AS (INSERT INTO recipient_notice (recipient, disclosure_id, kind, fields) SELECT recipient, id, 'erasure', fields FROM disclosures),
    disclosure_consents AS (DELETE FROM disclosure_consent_record WHERE customer_id = ANY($1::uuid[]) RETURNING customer_id),
    disclosure_notices AS (DELETE FROM disclosure_notice WHERE customer_id = ANY($1::uuid[]) RETURNING customer_id),
    formers AS (DELETE FROM former_value WHERE customer_id = ANY($1::uuid[]) RETURNING customer_id),
    answers AS (UPDATE idempotency_key SET answer = NULL, customer_id = NULL WHERE customer_id = ANY($1::uuid[])),
    counted AS (
      SELECT customer_id, count(*)::integer AS rows FROM (${ROOMS.map((room) => `SELECT customer_id FROM ${room}`).join(' UNION ALL ')}) AS gone GROUP BY customer_id
    ),
    told_to AS (
      SELECT customer_id, jsonb_agg(jsonb_build_object('recipient', recipient, 'noticeIssuedAt', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))) AS recipients
      FROM (SELECT DISTINCT customer_id, recipient FROM disclosures) AS d GROUP BY customer_id
    ),
    person AS (DELETE FROM customer WHERE id = ANY($1::uuid[]) RETURNING id, ref, version)
    INSERT INTO erasure_case (id, ref, epoch, version, ground, requested_by, requested_at, rows_deleted, sealed_values, recipients, reason_code, decided_at)
    SELECT asked.case_id, person.ref, l.epoch, person.version + 1, $4, $5, coalesce(asked.requested_at, now()), 1 + coalesce(counted.rows, 0), asked.sealed, coalesce(told_to.recipients, '[]'), $6, $7::timestamptz
    FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $8::timestamptz[]) AS asked(id, case_id, sealed, requested_at)
    JOIN person ON person.id = asked.id LEFT JOIN counted ON counted.customer_id = person.id LEFT JOIN told_to ON told_to.customer_id = person.id, link_state l
    ON CONFLICT (id) DO UPDATE SET
      epoch = excluded.epoch, version = greatest(erasure_case.version + 1, excluded.version), rows_deleted = erasure_case.rows_deleted + excluded.rows_deleted, deleted_at = excluded.deleted_at,
      sealed_values = excluded.sealed_values, answered_at = NULL, statement = NULL, searched_at = NULL, findings = NULL, closed_at = NULL, certificate = NULL
    RETURNING id, ref, version`,
};

/** For a day, as every answer is. Somebody who was there again has it anew. $1 hashes of customer ids; in the same order $2 answers */
export const REMEMBER_ERASED: Statement = {
  name: 'remember-erased',
  text: `
    INSERT INTO idempotency_key (key_hash, fingerprint, answer) SELECT hash, hash, answer FROM unnest($1::bytea[], $2::jsonb[]) AS e(hash, answer) ORDER BY hash
    ON CONFLICT (key_hash) DO UPDATE SET answer = excluded.answer, created_at = excluded.created_at`,
};

/** How the erasure of a customer was answered; a decision on abuse finds only the same decision. $1 hash of the customer id, $2 why, with abuse */
export const FIND_ERASED: Statement = {
  name: 'find-erased',
  replan: true,
  text: `
    SELECT answer FROM idempotency_key
    WHERE key_hash = $1 AND ($2::text IS NULL OR EXISTS (SELECT FROM erasure_case WHERE id = (answer->'body'->>'caseId')::uuid AND reason_code = $2))`,
};

/** Who of them is held by law. $1 customer ids */
export const FIND_HELD: Statement = {
  name: 'find-held',
  replan: true,
  text: 'SELECT customer_id AS id FROM legal_hold WHERE customer_id = ANY($1::uuid[])',
};

/** Entries of the log that this database contradicts: who is there again, and cases that it has never heard of. $1 refs, $2 case ids in the same order */
export const FIND_UNDONE: Statement = {
  name: 'find-undone',
  replan: true,
  text: `
    SELECT e.ref, c.id AS customer_id
    FROM unnest($1::uuid[], $2::uuid[]) AS e(ref, case_id)
    LEFT JOIN customer c ON c.ref = e.ref LEFT JOIN erasure_case k ON k.id = e.case_id
    WHERE c.id IS NOT NULL OR k.id IS NULL`,
};

/** $1 refs: those that are still customers */
export const FIND_STILL_THERE: Statement = {
  name: 'find-still-there',
  replan: true,
  text: 'SELECT ref, id AS customer_id FROM customer WHERE ref = ANY($1::uuid[])',
};

/**
 * Cases of persons whom this database has never known, or knows no more: it is older than they, or it was restored to a time before
 * their erasure was recorded. Marketing is asked about them again. The version is above whatever marketing was told of them under an older epoch.
 * $1 JSON array of {ref, case_id, ground, requested_by, logged_at, reason_code}
 */
export const REOPEN_CASES: Statement = {
  name: 'reopen-cases',
  text: `
    INSERT INTO erasure_case (id, ref, epoch, version, ground, requested_by, requested_at, deleted_at, rows_deleted, reason_code)
    SELECT e.case_id, e.ref, l.epoch, 1000000, e.ground, e.requested_by, e.logged_at, e.logged_at, 0, e.reason_code
    FROM jsonb_to_recordset($1::jsonb) AS e(ref uuid, case_id uuid, ground text, requested_by text, logged_at timestamptz, reason_code text), link_state l
    ON CONFLICT DO NOTHING
    RETURNING ref, version`,
};

/** $1 older than so many seconds */
export const COUNT_UNANSWERED: Statement = {
  name: 'count-unanswered-erasures',
  text: `SELECT count(*)::integer AS count FROM erasure_case WHERE answered_at IS NULL AND requested_at < clock_timestamp() - $1 * interval '1 second'`,
};
