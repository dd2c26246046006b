import type { Statement } from '#database/statement.js';

/**
 * Reads by programs and staff. A case is a request of that person that the actor had at the time: by the steps that assigned it, the
 * last one before the read; what the data-protection contact has is the case of everybody in that role.
 * $1, $2 first and last day in Finland, $3 days that are no working days besides Saturdays and Sundays, $4 first working hour,
 * $5 first hour after work, $6 order by reads outside cases, $7 most actors
 */
export const REPORT_READS: Statement = {
  name: 'report-reads',
  text: `
    WITH logged AS (
      SELECT l.actor, l.actor_kind, l.purpose, l.customer_id, l.at, l.at AT TIME ZONE 'Europe/Helsinki' AS local,
        EXISTS (SELECT FROM staff m WHERE m.username = l.actor AND 'data-protection' = ANY(m.roles)) AS is_contact
      FROM access_log l
      WHERE l.at >= $1::date::timestamp AT TIME ZONE 'Europe/Helsinki' AND l.at < ($2::date + 1)::timestamp AT TIME ZONE 'Europe/Helsinki'
        AND l.actor_kind IN ('program', 'staff')
    ), judged AS MATERIALIZED (
      SELECT l.actor, l.actor_kind, l.purpose, l.customer_id,
        extract(isodow FROM l.local) > 5 OR l.local::date = ANY($3::date[])
          OR extract(hour FROM l.local) < $4::int OR extract(hour FROM l.local) >= $5::int AS outside_hours,
        NOT EXISTS (
          SELECT FROM data_request r
          WHERE r.customer_id = l.customer_id AND (r.closed_at IS NULL OR r.closed_at >= l.at) AND (
            SELECT s.assignee FROM data_request_step s WHERE s.request_id = r.id AND s.assignee IS NOT NULL AND s.at <= l.at ORDER BY s.id DESC LIMIT 1
          ) = ANY(CASE WHEN l.is_contact THEN ARRAY[l.actor, 'contact:data-protection'] ELSE ARRAY[l.actor] END)
        ) AS outside_cases
      FROM logged l
    ), purposes AS (
      SELECT actor, actor_kind, jsonb_agg(jsonb_build_object('purpose', purpose, 'reads', reads) ORDER BY reads DESC, purpose) AS purposes
      FROM (SELECT actor, actor_kind, purpose, count(*)::int AS reads FROM judged GROUP BY actor, actor_kind, purpose) AS p
      GROUP BY actor, actor_kind
    ), totals AS (
      SELECT actor, actor_kind, count(*)::int AS reads, count(DISTINCT customer_id)::int AS people,
        (count(*) FILTER (WHERE outside_cases))::int AS reads_outside, (count(DISTINCT customer_id) FILTER (WHERE outside_cases))::int AS people_outside,
        (count(*) FILTER (WHERE outside_hours))::int AS outside_hours
      FROM judged GROUP BY actor, actor_kind
    )
    SELECT t.actor, t.actor_kind, t.reads, t.people, p.purposes, t.reads_outside, t.people_outside, t.outside_hours
    FROM totals t JOIN purposes p USING (actor, actor_kind)
    ORDER BY CASE WHEN NOT $6::boolean THEN t.reads WHEN t.actor_kind = 'staff' THEN t.reads_outside ELSE -1 END DESC, t.actor, t.actor_kind LIMIT $7`,
};

/** The newest first. $1 customer, $2 before this entry, or null, $3 most rows */
export const READS_OF_CUSTOMER: Statement = {
  name: 'reads-of-customer',
  text: `
    SELECT l.id::text, l.at, l.purpose, l.fields, l.actor, l.actor_kind, coalesce(m.roles, '{}') AS roles
    FROM access_log l LEFT JOIN staff m ON l.actor_kind = 'staff' AND m.username = l.actor
    WHERE l.customer_id = $1 AND ($2::bigint IS NULL OR l.id < $2) ORDER BY l.id DESC LIMIT $3`,
};
