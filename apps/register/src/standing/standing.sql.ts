import type { Statement } from '#database/statement.js';

/** $1 customer id, $2 kind, $3 reason, $4 when it counts from, $5 actor */
export const RECORD_STANDING: Statement = {
  name: 'record-standing',
  text: 'INSERT INTO standing_record (customer_id, kind, reason, effective_at, actor) VALUES ($1, $2, $3, $4, $5)',
};

/**
 * When the register was first told of the end that stands: told the same date again it knows nothing new, told another one or that the relationship
 * goes on it does. Null when there is none, or no record of it. An expression over a customer `c`.
 */
export const END_TOLD_AT = `
  (SELECT min(s.recorded_at) FROM standing_record s WHERE s.customer_id = c.id AND s.kind = 'ended' AND s.effective_at = c.ended_at AND NOT EXISTS (
    SELECT FROM standing_record r WHERE r.customer_id = c.id AND r.id > s.id AND (r.kind = 'resumed' OR (r.kind = 'ended' AND r.effective_at <> c.ended_at))))`;

/** The last act by which she was restricted, or restricted once more on another ground. $1 customer id */
export const LAST_RESTRICTION: Statement = {
  name: 'last-restriction',
  text: `
    SELECT id::text, effective_at AS at FROM standing_record WHERE customer_id = $1 AND kind IN ('restricted', 'erasure-queued')
    ORDER BY standing_record.id DESC LIMIT 1`,
};

/** When the person was told that the restriction in force will be lifted. $1 customer id, $2 restricted since, $3 the record that restricted her */
export const FIND_NOTICE: Statement = {
  name: 'find-notice',
  text: `
    SELECT max(effective_at) AS sent_at FROM standing_record
    WHERE customer_id = $1 AND kind = 'notice-sent' AND effective_at >= $2 AND id > $3`,
};
