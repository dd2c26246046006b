import type { Statement } from '#database/statement.js';
import { rolesWith } from '../access/roles.js';
import { CONTACT } from './request.row.js';

/** Of `staff m`: can log in, read requests and move them on. */
const MAY_HANDLE = `m.disabled_at IS NULL AND m.roles && '{${rolesWith('requests:read', 'requests:write').join()}}'::text[]`;

/** What somebody has who cannot handle it any more, the data-protection contact has again: nobody would look at it otherwise (R2). */
const REQUEST_COLUMNS = `
  r.id, r.customer_id, r.kind, r.received_at, r.received_by, to_char(r.due_on, 'YYYY-MM-DD') AS due_on,
  CASE WHEN EXISTS (SELECT FROM staff m WHERE m.username = r.assignee AND ${MAY_HANDLE}) THEN r.assignee ELSE '${CONTACT}' END AS assignee, r.state,
  r.extension_reason, r.extension_told_at, r.outcome, r.closed_at, r.created_by`;

/**
 * $1 id, $2 customer, $3 kind, $4 received at, $5 received by, $6 due on, $7 assignee, $8 created by, $9 actor, $10 actor kind,
 * $11 note, $12 not if one of the kind is open already
 */
export const OPEN_REQUEST: Statement = {
  name: 'open-request',
  text: `
    WITH made AS (
      INSERT INTO data_request (id, customer_id, kind, received_at, received_by, due_on, assignee, state, created_by)
      SELECT $1, $2, $3, $4, $5, $6, $7, 'open', $8
      WHERE NOT ($12 AND EXISTS (SELECT FROM data_request o WHERE o.customer_id = $2 AND o.kind = $3 AND o.closed_at IS NULL))
      RETURNING id, customer_id, assignee
    )
    INSERT INTO data_request_step (request_id, customer_id, actor, actor_kind, step, assignee, note)
    SELECT id, customer_id, $9, $10, 'received', assignee, $11 FROM made`,
};

/** Every time that an open request of hers was taken in, in the order of receipt. $1 customer, $2 kind */
export const TAKEN_IN: Statement = {
  name: 'requests-taken-in',
  text: `
    SELECT ${REQUEST_COLUMNS}, s.actor, s.actor_kind, s.note FROM data_request r JOIN data_request_step s ON s.request_id = r.id AND s.step = 'received'
    WHERE r.customer_id = $1 AND r.kind = $2 AND r.closed_at IS NULL ORDER BY r.received_at, r.id, s.id`,
};

/**
 * Of each customer closes the open requests of one kind, since what they ask for is being done; records one, closed, when there is none.
 * $1 ids for those that are recorded, $2 customers in the same order, $3 kind, $4 now, $5 received by, $6 due on, $7 assignee, $8 created by, $9 actor,
 * $10 actor kind
 */
export const RECORD_ACTS: Statement = {
  name: 'record-acts',
  replan: true,
  text: `
    WITH closed AS (
      UPDATE data_request SET state = 'done', outcome = 'carried-out', closed_at = $4
      WHERE customer_id = ANY($2::uuid[]) AND kind = $3 AND closed_at IS NULL RETURNING id, customer_id
    ), made AS (
      INSERT INTO data_request (id, customer_id, kind, received_at, received_by, due_on, assignee, state, outcome, closed_at, created_by)
      SELECT a.id, a.customer_id, $3, $4, $5, $6, $7, 'done', 'carried-out', $4, $8 FROM unnest($1::uuid[], $2::uuid[]) AS a(id, customer_id)
      WHERE NOT EXISTS (SELECT FROM closed c WHERE c.customer_id = a.customer_id) RETURNING id, customer_id
    )
    INSERT INTO data_request_step (request_id, customer_id, actor, actor_kind, step, assignee)
    SELECT id, customer_id, $9, $10, 'received', $7 FROM made
    UNION ALL SELECT id, customer_id, $9, $10, 'done', NULL FROM (SELECT id, customer_id FROM made UNION ALL SELECT id, customer_id FROM closed) AS acted`,
};

/** Whose request it is: read before her lock is taken. $1 id */
export const REQUEST_OWNER: Statement = { name: 'request-owner', text: 'SELECT customer_id FROM data_request WHERE id = $1' };

/** One that was joined is recorded by each who took it in. */
const OWN = (parameter: number): string => `($${parameter}::text IS NULL OR r.created_by = $${parameter} OR EXISTS (
  SELECT FROM data_request_step s WHERE s.request_id = r.id AND s.step = 'received' AND s.actor_kind || ':' || s.actor = $${parameter}))`;

/** $1 id, $2 kind and name of a caller who may see only those recorded by it, or null */
export const READ_REQUEST: Statement = {
  name: 'read-request',
  text: `SELECT ${REQUEST_COLUMNS} FROM data_request r WHERE r.id = $1 AND ${OWN(2)}`,
};

/** $1 id */
export const LOCK_REQUEST: Statement = { name: 'lock-request', text: `SELECT ${REQUEST_COLUMNS} FROM data_request r WHERE r.id = $1 FOR UPDATE` };

/** $1 customer, $2 as in READ_REQUEST */
export const REQUESTS_OF_CUSTOMER: Statement = {
  name: 'requests-of-customer',
  text: `SELECT ${REQUEST_COLUMNS} FROM data_request r WHERE r.customer_id = $1 AND ${OWN(2)} ORDER BY r.received_at, r.id`,
};

/**
 * In the order of due dates. $1 as $2 in READ_REQUEST, $2 state, $3 kind, $4 open ones due on or before this day (each null: any),
 * $5, $6 due date and id of the last row of the page before, $7 most rows
 */
export const LIST_REQUESTS: Statement = {
  name: 'list-requests',
  text: `
    SELECT ${REQUEST_COLUMNS} FROM data_request r
    WHERE ${OWN(1)} AND ($2::text IS NULL OR r.state = $2) AND ($3::text IS NULL OR r.kind = $3)
      AND ($4::date IS NULL OR (r.closed_at IS NULL AND r.due_on <= $4))
      AND (r.due_on, r.id) > ($5::date, $6::uuid)
    ORDER BY r.due_on, r.id LIMIT $7`,
};

export const READ_STEPS: Statement = {
  name: 'read-steps',
  text: 'SELECT at, actor, step, assignee, reason, told_at, told_by, note FROM data_request_step WHERE request_id = $1 ORDER BY id',
};

/** $1 id, $2 state, $3 due on, $4 assignee, $5 extension reason, $6 told at, $7 outcome, $8 closed at */
export const MOVE_REQUEST: Statement = {
  name: 'move-request',
  text: `
    UPDATE data_request SET state = $2, due_on = $3, assignee = $4, extension_reason = $5, extension_told_at = $6, outcome = $7, closed_at = $8
    WHERE id = $1`,
};

/** $1 request, $2 customer, $3 actor, $4 actor kind, $5 step, $6 assignee, $7 reason, $8 told at, $9 told by, $10 note */
export const RECORD_STEP: Statement = {
  name: 'record-step',
  text: `
    INSERT INTO data_request_step (request_id, customer_id, actor, actor_kind, step, assignee, reason, told_at, told_by, note)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
};

/** $1 user name */
export const FIND_HANDLER: Statement = { name: 'find-handler', text: `SELECT 1 FROM staff m WHERE m.username = $1 AND ${MAY_HANDLE}` };

/** $1 today in Finland */
export const COUNT_LATE: Statement = {
  name: 'count-late-requests',
  text: 'SELECT count(*)::int AS late FROM data_request WHERE closed_at IS NULL AND due_on < $1',
};
