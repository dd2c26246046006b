/**
 * What the register's CREATE_CUSTOMERS does for one customer, written by hand for exactly one: the same rows in the same
 * tables, one round trip and one commit, plain parameters in place of JSON. Prepared, this is the least work that one
 * customer in a transaction of her own can be.
 */
export const CREATE_ONE_CUSTOMER = `
    WITH held AS MATERIALIZED (SELECT pg_try_advisory_xact_lock($1::bigint) AS ok),
    known AS (SELECT fingerprint, answer FROM idempotency_key WHERE key_hash = $2),
    created AS (
      INSERT INTO customer (id, ref, known_to_marketing, first_name, last_name, email, email_index, phone, phone_index,
        street_address, postal_code, city, country, language, birth_year, occupation, interests, provenance)
      SELECT $5::uuid, $6::uuid, $7::boolean, $8, $9, $10, $11::bytea, $12, $13::bytea, $14, $15, $16, $17, $18, $19::smallint, $20, $21::text[], $22::jsonb
      FROM held WHERE ok AND NOT EXISTS (SELECT FROM known)
      ON CONFLICT (email_index) DO NOTHING
      RETURNING id, ref
    ), remembered AS (
      INSERT INTO idempotency_key (key_hash, fingerprint, customer_id, answer)
      SELECT $2, $3::bytea, id, $4::jsonb FROM created
    ), decision AS (
      SELECT created.id AS customer_id, d.* FROM created, jsonb_to_recordset($23::jsonb) AS d(
        purpose text, channel text, decision text, decided_at timestamptz, wording_id text, wording_version integer,
        wording_language text, wording_sha256 text, method text, form text, source_system text, actor text)
    ), recorded AS (
      INSERT INTO consent_record (customer_id, purpose, channel, decision, decided_at, in_effect, wording_id, wording_version,
        wording_language, wording_sha256, method, form, source_system, actor)
      SELECT customer_id, purpose, channel, decision, decided_at, true, wording_id, wording_version,
        wording_language, wording_sha256, method, form, source_system, actor FROM decision
    ), in_force AS (
      INSERT INTO consent (customer_id, purpose, channel, decision, decided_at, wording_id, wording_version, source_system)
      SELECT customer_id, purpose, channel, decision, decided_at, wording_id, wording_version, source_system FROM decision
    ), pending AS (
      INSERT INTO sync_pending (ref, epoch, version, urgency, reason, since)
      SELECT created.ref, l.epoch, 1, 2, 'consent', clock_timestamp() FROM created, link_state l WHERE $7::boolean
    )
    SELECT held.ok AS held, EXISTS (SELECT FROM created) AS created, known.fingerprint, known.answer
    FROM held LEFT JOIN known ON true`;
