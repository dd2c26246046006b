import type { Statement } from '#database/statement.js';

/**
 * One notice for each disclosure of the person that held one of the fields; joins the one that is still open, whose due date stays.
 * $1 customer, $2 kind, $3 names of fields, or null for all that were disclosed
 */
export const OWE_NOTICES: Statement = {
  name: 'owe-notices',
  text: `
    INSERT INTO recipient_notice AS n (recipient, disclosure_id, kind, fields)
    SELECT d.recipient, d.id, $2, ARRAY(SELECT f FROM unnest(d.fields) AS f WHERE $3::text[] IS NULL OR f = ANY($3))
    FROM disclosure d WHERE d.customer_id = $1 AND ($3::text[] IS NULL OR d.fields && $3)
    ON CONFLICT (disclosure_id, kind) WHERE done_at IS NULL
    DO UPDATE SET fields = ARRAY(SELECT DISTINCT f FROM unnest(n.fields || excluded.fields) AS f ORDER BY f)`,
};

const COLUMNS = `
  n.id, n.recipient, n.disclosure_id, n.kind, n.fields, to_char(n.created_on, 'YYYY-MM-DD') AS created_on,
  to_char(n.due_on, 'YYYY-MM-DD') AS due_on, n.done_at`;

/** In the order of due dates. $1 open ones only, $2 recipient, $3 due before (each null: any), $4, $5 last due date and id, $6 most rows */
export const LIST_RECIPIENT_NOTICES: Statement = {
  name: 'list-recipient-notices',
  text: `
    SELECT ${COLUMNS} FROM recipient_notice n
    WHERE ($1::boolean IS NULL OR (n.done_at IS NULL) = $1) AND ($2::text IS NULL OR n.recipient = $2)
      AND ($3::date IS NULL OR (n.done_at IS NULL AND n.due_on < $3)) AND (n.due_on, n.id) > ($4::date, $5::uuid)
    ORDER BY n.due_on, n.id LIMIT $6`,
};

/** With the person while she is in the register. $1 id */
export const READ_RECIPIENT_NOTICE: Statement = {
  name: 'read-recipient-notice',
  text: `SELECT ${COLUMNS}, d.customer_id FROM recipient_notice n LEFT JOIN disclosure d ON d.id = n.disclosure_id WHERE n.id = $1`,
};

/** $1 id */
export const LOCK_RECIPIENT_NOTICE: Statement = {
  name: 'lock-recipient-notice',
  text: 'SELECT kind, done_at FROM recipient_notice WHERE id = $1 FOR UPDATE',
};

/** Once a recipient was told of an erasure, nobody has to know any more who was meant. $1 id, $2 done at, $3 done by, $4 told by */
export const CLOSE_RECIPIENT_NOTICE: Statement = {
  name: 'close-recipient-notice',
  text: `
    UPDATE recipient_notice SET done_at = $2, done_by = $3, told_by = $4, disclosure_id = CASE kind WHEN 'erasure' THEN NULL ELSE disclosure_id END
    WHERE id = $1`,
};
