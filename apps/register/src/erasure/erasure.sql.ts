import type { Statement } from '#database/statement.js';

/** Lets the append-only triggers delete rows of this customer until the transaction ends. $1 customer id as text */
export const ALLOW_ERASING: Statement = { name: 'allow-erasing', text: `SELECT set_config('lupa.erasing', $1, true)` };

/**
 * Deletes every row of the customer and opens the case, in one statement. Remembered answers lose their content
 * but keep their keyed hash for their day: a repeated request must not create the person again. Of her requests stay kind, days,
 * outcome; with a new id and without the times of day they can be tied to nobody, and still show that answers were in time.
 * Who got her is owed a notice that names her by the id that was handed out with the data (GDPR Art. 19).
 * $1 customer id, $2 case id, $3 ground, $4 requested by
 */
export const ERASE_CUSTOMER: Statement = {
  name: 'erase-customer',
  text: `
    WITH records AS (DELETE FROM consent_record WHERE customer_id = $1 RETURNING 1),
    reads AS (DELETE FROM access_log WHERE customer_id = $1 RETURNING 1),
    consents AS (DELETE FROM consent WHERE customer_id = $1 RETURNING 1),
    standing AS (DELETE FROM standing_record WHERE customer_id = $1 RETURNING 1),
    guardians AS (DELETE FROM guardian_consent WHERE customer_id = $1 RETURNING 1),
    steps AS (DELETE FROM data_request_step WHERE customer_id = $1 RETURNING 1),
    requests AS (
      UPDATE data_request SET customer_id = NULL, id = gen_random_uuid(), received_at = date_trunc('day', received_at),
        extension_told_at = date_trunc('day', extension_told_at), closed_at = date_trunc('day', coalesce(closed_at, now())),
        assignee = 'contact:data-protection', created_by = NULL,
        state = CASE WHEN closed_at IS NULL THEN 'done' ELSE state END, outcome = coalesce(outcome, 'closed-by-erasure')
      WHERE customer_id = $1 RETURNING 1
    ),
    told AS (UPDATE recipient_notice SET disclosure_id = NULL WHERE done_at IS NOT NULL AND disclosure_id IN (SELECT id FROM disclosure WHERE customer_id = $1)),
    superseded AS (DELETE FROM recipient_notice WHERE done_at IS NULL AND disclosure_id IN (SELECT id FROM disclosure WHERE customer_id = $1)),
    disclosures AS (DELETE FROM disclosure WHERE customer_id = $1 RETURNING id, recipient, fields),
    owed AS (INSERT INTO recipient_notice (recipient, disclosure_id, kind, fields) SELECT recipient, id, 'erasure', fields FROM disclosures),
    disclosure_consents AS (DELETE FROM disclosure_consent_record WHERE customer_id = $1 RETURNING 1),
    disclosure_notices AS (DELETE FROM disclosure_notice WHERE customer_id = $1 RETURNING 1),
    answers AS (UPDATE idempotency_key SET answer = NULL, customer_id = NULL WHERE customer_id = $1 RETURNING 1),
    person AS (DELETE FROM customer WHERE id = $1 RETURNING ref, version)
    INSERT INTO erasure_case (id, ref, epoch, version, ground, requested_by, rows_deleted)
    SELECT $2, person.ref, l.epoch, person.version + 1, $3, $4,
      1 + (SELECT count(*) FROM records) + (SELECT count(*) FROM reads) + (SELECT count(*) FROM consents) + (SELECT count(*) FROM steps)
        + (SELECT count(*) FROM standing) + (SELECT count(*) FROM guardians)
        + (SELECT count(*) FROM disclosures) + (SELECT count(*) FROM disclosure_consents) + (SELECT count(*) FROM disclosure_notices)
    FROM person, link_state l
    RETURNING ref, version`,
};
