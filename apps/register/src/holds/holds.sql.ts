import type { Statement } from '#database/statement.js';
import type { AbuseReason } from '../erasure/erasure.schemas.js';

export interface HoldRow {
  readonly customer_id: string;
  readonly reason: string;
  readonly owner: string;
  readonly review_at: Date;
  readonly placed_at: Date;
  readonly queued_ground: 'request' | 'relationship-ended' | 'abuse' | null;
  readonly queued_by: string | null;
  readonly queued_at: Date | null;
  /** Why, when abuse was decided on. */
  readonly queued_reason: AbuseReason | null;
}

const COLUMNS = 'customer_id, reason, owner, review_at, placed_at, queued_ground, queued_by, queued_at, queued_reason';

/** $1 customer id */
export const FIND_HOLD: Statement = { name: 'find-hold', text: `SELECT ${COLUMNS} FROM legal_hold WHERE customer_id = $1` };

/** A hold that stands is prolonged or handed over; what is queued stays. $1 customer id, $2 reason, $3 owner, $4 review at, $5 by */
export const PLACE_HOLD: Statement = {
  name: 'place-hold',
  text: `
    INSERT INTO legal_hold (customer_id, reason, owner, review_at, placed_by) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (customer_id) DO UPDATE SET reason = excluded.reason, owner = excluded.owner, review_at = excluded.review_at`,
};

/** $1 customer id, $2 ground, $3 asked by, $4 asked at, $5 why, with abuse */
export const QUEUE_ERASURE: Statement = {
  name: 'queue-erasure',
  text: 'UPDATE legal_hold SET queued_ground = $2, queued_by = $3, queued_at = $4, queued_reason = $5 WHERE customer_id = $1',
};

/** $1 customer id */
export const READ_STANDING_ENTRIES: Statement = {
  name: 'read-standing-entries',
  text: 'SELECT kind, reason, effective_at AS at FROM standing_record WHERE customer_id = $1 ORDER BY id',
};

/** When a request of hers for erasure was last refused. $1 customer id */
export const LAST_REFUSED_ERASURE: Statement = {
  name: 'last-refused-erasure',
  text: "SELECT max(closed_at) AS at FROM data_request WHERE customer_id = $1 AND kind = 'erasure' AND state = 'refused'",
};

/** $1 customer id */
export const END_HOLD: Statement = { name: 'end-hold', text: `DELETE FROM legal_hold WHERE customer_id = $1 RETURNING ${COLUMNS}` };

/** $1 customer ids */
export const END_HOLDS: Statement = { name: 'end-holds', replan: true, text: 'DELETE FROM legal_hold WHERE customer_id = ANY($1::uuid[])' };

/** Those to be looked at first, page by page. $1 not later than, $2 and $3 review and customer of the last row before, $4 most rows */
export const HOLDS_TO_REVIEW: Statement = {
  name: 'holds-to-review',
  text: `
    SELECT ${COLUMNS} FROM legal_hold WHERE review_at <= $1 AND (review_at, customer_id) > ($2, $3)
    ORDER BY review_at, customer_id LIMIT $4`,
};
