import type { Statement } from '../database/statement.js';

/** Everything of a customer but the blind indexes, with the consents in force as JSON. */
const CUSTOMER_COLUMNS = `
  c.id, c.ref, c.version, c.known_to_marketing, c.first_name, c.last_name, c.email, c.phone, c.street_address, c.postal_code,
  c.city, c.country, c.language, c.birth_year, c.occupation, c.interests, c.provenance, c.restricted_at, c.restriction_reason,
  c.objected_at, c.ended_at, c.end_reason, c.created_at, c.updated_at,
  coalesce((
    SELECT jsonb_agg(jsonb_build_object('purpose', k.purpose, 'channel', k.channel, 'decision', k.decision, 'decided_at', k.decided_at,
      'wording_id', k.wording_id, 'wording_version', k.wording_version, 'source_system', k.source_system) ORDER BY k.purpose, k.channel)
    FROM consent k WHERE k.customer_id = c.id), '[]') AS consents`;

const select = (name: string, tail: string): Statement => ({ name, text: `SELECT ${CUSTOMER_COLUMNS} FROM customer c ${tail}` });

export const READ_CUSTOMER = select('read-customer', 'WHERE c.id = $1');
export const LOCK_CUSTOMER = select('lock-customer', 'WHERE c.id = $1 FOR UPDATE OF c');
export const FIND_BY_EMAIL = select('find-by-email', 'WHERE c.email_index = $1');
export const FIND_BY_PHONE = select('find-by-phone', 'WHERE c.phone_index = $1 ORDER BY c.id LIMIT 50');
/** $1 the beginning of the last name in lower case, LIKE wildcards escaped */
export const FIND_BY_NAME = select('find-by-name', `WHERE lower(c.last_name) LIKE $1 || '%' ORDER BY lower(c.last_name), c.id LIMIT 50`);
/** $1 the last id of the page before, $2 most rows */
export const LIST_CUSTOMERS = select('list-customers', 'WHERE c.id > $1 ORDER BY c.id LIMIT $2');
export const READ_BY_REFS = select('read-by-refs', 'WHERE c.ref = ANY($1::uuid[])');
/** $1, $2 first and last reference of a bucket */
export const READ_BUCKET = select('read-bucket', 'WHERE c.known_to_marketing AND c.ref BETWEEN $1 AND $2');

/**
 * Creates a customer with consents, proofs, the mark for marketing and the idempotency entry in one statement:
 * one round trip and one commit. Nothing is created unless the advisory lock of the idempotency key is held, the
 * key is new and the email is free; the row returned tells which. A key committed between snapshot and lock
 * violates its primary key and undoes everything: the caller looks again.
 */
export const CREATE_CUSTOMER: Statement = {
  name: 'create-customer',
  text: `
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
    FROM held LEFT JOIN known ON true`,
};

/** Sets the fields of a locked customer and counts the version up. */
export const UPDATE_CUSTOMER: Statement = {
  name: 'update-customer',
  text: `
    UPDATE customer SET version = version + 1, updated_at = now(), known_to_marketing = $2, first_name = $3, last_name = $4,
      email = $5, email_index = $6, phone = $7, phone_index = $8, street_address = $9, postal_code = $10, city = $11, country = $12,
      language = $13, birth_year = $14, occupation = $15, interests = $16, provenance = $17::jsonb
    WHERE id = $1 RETURNING version`,
};

/** Whether another customer has this email. $1 email index, $2 own id */
export const EMAIL_TAKEN: Statement = {
  name: 'email-taken',
  text: 'SELECT EXISTS (SELECT FROM customer WHERE email_index = $1 AND id <> $2) AS taken',
};

/** Sets the states that take a person out of marketing. $2 known, $3 restricted_at, $4 reason, $5 objected_at, $6 ended_at, $7 reason */
export const UPDATE_STANDING: Statement = {
  name: 'update-standing',
  text: `
    UPDATE customer SET version = version + 1, updated_at = now(), known_to_marketing = $2, restricted_at = $3, restriction_reason = $4,
      objected_at = $5, ended_at = $6, end_reason = $7
    WHERE id = $1 RETURNING version`,
};
