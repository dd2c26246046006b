import type { Statement } from '#database/statement.js';

/** $1 customer id, $2 kind, $3 reason, $4 when it counts from, $5 actor */
export const RECORD_STANDING: Statement = {
  name: 'record-standing',
  text: 'INSERT INTO standing_record (customer_id, kind, reason, effective_at, actor) VALUES ($1, $2, $3, $4, $5)',
};

/** When the person was told that the restriction in force will be lifted. $1 customer id, $2 restricted since */
export const FIND_NOTICE: Statement = {
  name: 'find-notice',
  text: `SELECT max(effective_at) AS sent_at FROM standing_record WHERE customer_id = $1 AND kind = 'notice-sent' AND effective_at >= $2`,
};
