import type { Statement } from '#database/statement.js';

/** No reference comes before this one: references are random. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

export const BEGIN_RESYNC: Statement = { name: 'begin-resync', text: `UPDATE link_state SET resync_after = '${BEFORE_ALL}'` };

export const LOCK_RESYNC: Statement = { name: 'lock-resync', text: 'SELECT resync_after FROM link_state FOR UPDATE' };

/** $1 the last reference that is marked now; null when all are */
export const MOVE_RESYNC: Statement = { name: 'move-resync', text: 'UPDATE link_state SET resync_after = $1' };

/**
 * Marks the next references, of everyone marketing may know and of everyone erased, as not answered since 1970: the watermark
 * stands still until all of it is through. Always safe, because marketing's version guard decides. Whoever comes into being behind the part
 * is marked by the change itself. Walks over all customers, so that every part is the same work however few of them marketing knows.
 * `last` is null when there was nobody left. $1 the reference before the part, $2 its size
 */
export const MARK_PART: Statement = {
  name: 'mark-part',
  replan: true,
  text: `
    WITH part AS MATERIALIZED (
      SELECT ref, version, erased, known FROM (
        (SELECT ref, version, false AS erased, known_to_marketing AS known FROM customer WHERE ref > $1 ORDER BY ref LIMIT $2)
        UNION ALL
        (SELECT ref, version, true, true FROM erasure_case WHERE ref > $1 ORDER BY ref LIMIT $2)
      ) AS both_of_them ORDER BY ref LIMIT $2
    ), marked AS (
      INSERT INTO sync_pending AS p (ref, epoch, version, erased, urgency, reason, since)
      SELECT part.ref, l.epoch, part.version, part.erased, CASE WHEN part.erased THEN 0 ELSE 2 END,
             CASE WHEN part.erased THEN 'erasure' ELSE 'resync' END, timestamptz '1970-01-01Z'
        FROM part, link_state AS l WHERE part.known ORDER BY part.ref
      ON CONFLICT (ref) DO UPDATE SET
        epoch = excluded.epoch, version = greatest(p.version, excluded.version), since = excluded.since,
        urgency = least(p.urgency, excluded.urgency), next_attempt_at = '-infinity', attempts = 0
    )
    SELECT (SELECT ref FROM part ORDER BY ref DESC LIMIT 1) AS last`,
};
