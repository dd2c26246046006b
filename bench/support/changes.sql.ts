/**
 * Changes $1 people at most in one transaction, as the shop's requests would: of those who are opted in by email about a third withdraw and the others
 * change their interests; whoever has withdrawn comes back. They are picked among $2 people spread over all $3, so that some come back
 * every time. Like the register's own writes: the state, the version, and the mark for marketing that keeps the oldest `since`.
 */
export const CHANGE_SOME = `
  WITH picked AS (
    SELECT DISTINCT 1 + floor(random() * $2::int)::int * ($3::int / $2::int) AS n FROM generate_series(1, $1::int)
  ), person AS MATERIALIZED (
    SELECT c.id, c.ref, k.decision, random() AS luck
      FROM picked JOIN customer c ON c.id = (lpad(to_hex(1700000000000 + n), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid
      JOIN consent k ON k.customer_id = c.id AND k.purpose = 'marketing' AND k.channel = 'email' ORDER BY c.id FOR UPDATE OF c
  ), deed AS MATERIALIZED (
    SELECT id, ref, luck, CASE WHEN decision = 'withdrawn' THEN 'granted' WHEN luck < 0.3 THEN 'withdrawn' END AS decision FROM person
  ), decided AS (
    UPDATE consent k SET decision = deed.decision, decided_at = clock_timestamp() FROM deed
     WHERE k.customer_id = deed.id AND k.purpose = 'marketing' AND k.channel = 'email' AND deed.decision IS NOT NULL
  ), changed AS (
    UPDATE customer c SET version = c.version + 1, updated_at = now(),
           interests = CASE WHEN deed.decision IS NULL THEN ARRAY['birthday', CASE WHEN luck < 0.6 THEN 'christmas' ELSE 'vappu' END] ELSE interests END
      FROM deed WHERE c.id = deed.id RETURNING c.ref, c.version, deed.decision
  )
  INSERT INTO sync_pending AS p (ref, epoch, version, urgency, reason, since)
  SELECT changed.ref, l.epoch, changed.version, CASE WHEN changed.decision = 'withdrawn' THEN 1 ELSE 2 END, 'consent', clock_timestamp() FROM changed, link_state l ORDER BY ref
  ON CONFLICT (ref) DO UPDATE SET epoch = excluded.epoch, version = excluded.version, reason = excluded.reason, urgency = least(p.urgency, excluded.urgency),
    next_attempt_at = '-infinity', attempts = 0`;
