/**
 * Registers $1 people who have granted email, and marks them for marketing, in one transaction: what an import would leave.
 * The changes are made by SQL so that the link to marketing is measured and not the REST door before it.
 */
export const OPT_EVERYBODY_IN = `
  WITH person AS (
    INSERT INTO customer (id, ref, known_to_marketing, first_name, last_name, email, email_index, country, language, birth_year, interests, provenance)
    SELECT gen_random_uuid(), gen_random_uuid(), true, 'Aino', 'Virtanen', 'massa.' || n || '@example.fi', sha256(('massa' || n)::bytea), 'FI', 'fi', 1987,
           '{balloons,birthday}', '{"contact.email": {"source": "customer", "actor": "bench", "at": "2026-01-15T10:00:00.000Z"}}'
      FROM generate_series(1, $1::int) AS n RETURNING id, ref
  ), granted AS (
    INSERT INTO consent (customer_id, purpose, channel, decision, decided_at, wording_id, wording_version, source_system)
    SELECT id, 'marketing', 'email', 'granted', now(), 'newsletter', 1, 'web-shop' FROM person
  )
  INSERT INTO sync_pending (ref, epoch, version, urgency, reason, since)
  SELECT person.ref, l.epoch, 1, 2, 'consent', clock_timestamp() FROM person, link_state l`;

/** Withdraws every consent, in one transaction. */
export const OPT_EVERYBODY_OUT = `
  WITH withdrawn AS (
    UPDATE consent SET decision = 'withdrawn', decided_at = now() WHERE decision = 'granted' RETURNING customer_id
  ), changed AS (
    UPDATE customer SET version = version + 1, updated_at = now() FROM withdrawn WHERE id = customer_id RETURNING ref, version
  )
  INSERT INTO sync_pending (ref, epoch, version, urgency, reason, since)
  SELECT changed.ref, l.epoch, changed.version, 1, 'consent', clock_timestamp() FROM changed, link_state l`;

/** The first $1 customers, in the order of their ids. */
const SOME = 'SELECT id FROM customer ORDER BY id LIMIT $1::int';

const decideForSome = (decision: 'granted' | 'withdrawn', urgency: number): string => `
  WITH some_people AS (${SOME}), decided AS (
    UPDATE consent k SET decision = '${decision}', decided_at = now() FROM some_people p WHERE k.customer_id = p.id
  ), changed AS (
    UPDATE customer c SET version = c.version + 1, updated_at = now() FROM some_people p WHERE c.id = p.id RETURNING c.ref, c.version
  )
  INSERT INTO sync_pending (ref, epoch, version, urgency, reason, since)
  SELECT changed.ref, l.epoch, changed.version, ${urgency}, 'consent', clock_timestamp() FROM changed, link_state l`;

/** Withdraws every consent of $1 people, and grants them again, each in one transaction. */
export const OPT_SOME_OUT = decideForSome('withdrawn', 1);
export const OPT_SOME_IN = decideForSome('granted', 2);
