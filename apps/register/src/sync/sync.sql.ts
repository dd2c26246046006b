import { MAX_PULSES } from '#contracts/pulse.js';
import type { Statement } from '#database/statement.js';

/**
 * Marks one customer as not yet answered by marketing. `since` of an unanswered older change stays:
 * moving it forward would let the watermark pass a change that marketing never saw.
 * $1 ref, $2 version, $3 erased, $4 urgency, $5 reason
 */
export const MARK_PENDING: Statement = {
  name: 'mark-pending',
  text: `
    INSERT INTO sync_pending AS p (ref, epoch, version, erased, urgency, reason, since)
    SELECT $1, epoch, $2, $3, $4, $5, clock_timestamp() FROM link_state
    ON CONFLICT (ref) DO UPDATE SET
      epoch = excluded.epoch, version = excluded.version, erased = excluded.erased, reason = excluded.reason,
      urgency = least(p.urgency, excluded.urgency), next_attempt_at = '-infinity', attempts = 0`,
};

/** Marks erased customers; a change of theirs that marketing has not answered becomes the erasure. $1 refs, $2 versions in the same order */
export const MARK_ERASED: Statement = {
  name: 'mark-erased',
  replan: true,
  text: `
    INSERT INTO sync_pending AS p (ref, epoch, version, erased, urgency, reason, since)
    SELECT e.ref, l.epoch, e.version, true, 0, 'erasure', clock_timestamp()
    FROM unnest($1::uuid[], $2::integer[]) AS e(ref, version), link_state l ORDER BY e.ref
    ON CONFLICT (ref) DO UPDATE SET
      epoch = excluded.epoch, version = excluded.version, erased = true, reason = 'erasure', urgency = 0, next_attempt_at = '-infinity', attempts = 0`,
};

/**
 * Takes the next due rows, most urgent first, and puts off their next attempt: 30 s, doubled up to 8 min. While little
 * waits, an answer comes in milliseconds, so one that is missing means that a message was lost (a queue deleted or
 * unbound): then the first attempts follow each other in 4 s. A large import is not sent again so eagerly.
 * One index range per urgency, with a clock that stands still: else every look would walk through all rows that are not due.
 * Locked rows belong to another relay or to a change being written; both will come back as due.
 * $1 most rows
 */
export const CLAIM_DUE: Statement = {
  name: 'claim-due',
  replan: true,
  text: `
    WITH due AS (
      SELECT d.ref FROM unnest(ARRAY[0, 1, 2]::smallint[]) AS u(urgency), LATERAL (
        SELECT p.ref FROM sync_pending p WHERE p.urgency = u.urgency AND p.next_attempt_at <= statement_timestamp()
        ORDER BY p.next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED
      ) AS d LIMIT $1
    )
    UPDATE sync_pending p
    SET attempts = p.attempts + 1,
        next_attempt_at = clock_timestamp() + CASE
          WHEN p.attempts < 8 AND (SELECT count(*) FROM (SELECT 1 FROM sync_pending LIMIT 1000) AS counted) < 1000 THEN interval '4 seconds'
          ELSE interval '30 seconds' * power(2, least(p.attempts, 4)) END,
        last_sent_at = clock_timestamp()
    FROM due WHERE p.ref = due.ref
    RETURNING p.ref, p.epoch::float8 AS epoch, p.version, p.erased, p.urgency, p.reason`,
};

/**
 * What was claimed last may never have been sent, when whoever claimed it died: due again at once, at the price of a few
 * duplicates. Sending a batch takes 5 s at most, so 10 s before the last claim reach everything in doubt.
 */
export const RECLAIM: Statement = {
  name: 'reclaim',
  replan: true,
  text: `
    UPDATE sync_pending SET next_attempt_at = '-infinity'
    WHERE next_attempt_at > clock_timestamp() AND last_sent_at > (SELECT max(last_sent_at) FROM sync_pending) - interval '10 seconds'`,
};

/** What could not be sent is due again after $2 milliseconds, unless it has changed since. $1 refs */
export const PUT_BACK: Statement = {
  name: 'put-back',
  replan: true,
  text: `
    UPDATE sync_pending SET next_attempt_at = clock_timestamp() + $2::int * interval '1 millisecond', attempts = greatest(attempts - 1, 0)
    WHERE ref = ANY($1::uuid[]) AND next_attempt_at > clock_timestamp()`,
};

/**
 * What is pending of somebody who is no longer there is her erasure. Only a resync that overlapped the erasure and its answer
 * leaves such a row; nobody else would ever clear it. $1 refs without a customer
 */
export const TURN_INTO_ERASURE: Statement = {
  name: 'turn-into-erasure',
  replan: true,
  text: `
    UPDATE sync_pending p
    SET erased = true, urgency = 0, reason = 'erasure', version = greatest(p.version, e.version), next_attempt_at = '-infinity'
    FROM erasure_case e WHERE e.ref = p.ref AND p.ref = ANY($1::uuid[]) AND NOT p.erased`,
};

/**
 * Clears what marketing has answered: nothing else clears. An erasure is cleared by the answer to an erasure only.
 * $1 JSON array of {ref, epoch, version, erased, statement}
 */
export const CLEAR_ANSWERED: Statement = {
  name: 'clear-answered',
  replan: true,
  text: `
    WITH answer AS (
      SELECT * FROM jsonb_to_recordset($1::jsonb) AS a(ref uuid, epoch bigint, version integer, erased boolean, statement text)
    ), cleared AS (
      DELETE FROM sync_pending p USING answer a
      WHERE p.ref = a.ref AND (p.epoch, p.version) <= (a.epoch, a.version) AND (a.erased OR NOT p.erased)
      RETURNING p.ref
    ), closed AS (
      UPDATE erasure_case e SET answered_at = clock_timestamp(), statement = a.statement
      FROM answer a
      WHERE a.erased AND e.ref = a.ref AND (e.epoch, e.version) <= (a.epoch, a.version) AND e.answered_at IS NULL
      RETURNING e.id
    )
    SELECT (SELECT count(*) FROM cleared)::int AS cleared, (SELECT count(*) FROM closed)::int AS closed`,
};

/**
 * Everything committed before W is answered. transaction_timestamp() is taken when the transaction of this one statement
 * begins, which is before its snapshot: a change this snapshot cannot see commits after W. statement_timestamp() would not do:
 * under the extended protocol the snapshot is taken with Bind, and that clock is read again with Execute. Not for use in a
 * transaction of several statements. While a resync still marks people, they are not among the pending ones: W stands at 1970.
 * `pulses` is what marketing has said of itself with its answers, and so is never less than what they cleared is worth.
 * `pending` is exact below 10,000; above, what the planner estimates: counting a million rows takes a tenth of a second, every time.
 */
export const READ_WATERMARK: Statement = {
  name: 'read-watermark',
  replan: true,
  text: `
    SELECT l.epoch::float8 AS epoch, l.marketing_epoch,
           transaction_timestamp() AS issued_at,
           CASE WHEN l.resync_after IS NULL THEN least(transaction_timestamp(), (SELECT min(since) FROM sync_pending))
                ELSE timestamptz '1970-01-01Z' END AS watermark,
           CASE WHEN counted.exactly < 10000 THEN counted.exactly ELSE greatest(10000, counted.about) END AS pending,
           (SELECT coalesce(json_agg(json_build_object('instance', p.instance, 'count', p.count)), '[]')
            FROM (SELECT instance, count FROM marketing_pulse WHERE marketing_epoch = l.marketing_epoch ORDER BY heard_at DESC LIMIT ${MAX_PULSES}) AS p) AS pulses
    FROM link_state l, LATERAL (
      SELECT (SELECT count(*) FROM (SELECT 1 FROM sync_pending LIMIT 10000) AS first_of_them)::int AS exactly,
             (SELECT reltuples FROM pg_class WHERE oid = 'sync_pending'::regclass)::int AS about) AS counted`,
};

export const READ_EPOCH: Statement = { name: 'read-epoch', text: 'SELECT epoch::float8 AS epoch FROM link_state' };
