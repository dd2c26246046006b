import type { Statement } from '#database/statement.js';
import { END_TOLD_AT } from '../standing/standing.sql.js';

/** json and not jsonb: built as text, which takes a quarter off reading 500 customers. */
const CONSENTS = `
  coalesce((
    SELECT json_agg(json_build_object('purpose', k.purpose, 'channel', k.channel, 'decision', k.decision, 'decided_at', k.decided_at,
      'wording_id', k.wording_id, 'wording_version', k.wording_version, 'source_system', k.source_system) ORDER BY k.purpose, k.channel)
    FROM consent k WHERE k.customer_id = c.id), '[]') AS consents`;

/** Everything of a customer but the blind indexes, with the consents in force as JSON. */
const CUSTOMER_COLUMNS = `
  c.id, c.ref, c.version, c.known_to_marketing, c.first_name, c.last_name, c.email, c.phone, c.street_address, c.postal_code,
  c.city, c.country, c.language, c.birth_year, c.occupation, c.interests, c.provenance, c.restricted_at, c.restriction_reason,
  c.objected_at, c.ended_at, c.end_reason, c.guardian_at, c.active_at, c.created_at, c.updated_at,${CONSENTS}`;

const select = (name: string, tail: string): Statement => ({ name, text: `SELECT ${CUSTOMER_COLUMNS} FROM customer c ${tail}` });

/**
 * Rows shown to somebody stay until the transaction with their entry in the read log has ended: an erasure waits for it,
 * and takes the entry along.
 */
const SHOWN = 'FOR KEY SHARE OF c';

/** Keeps customers as SHOWN does, where the rows shown are those of another table. $1 ids */
export const KEEP_CUSTOMERS: Statement = { name: 'keep-customers', text: 'SELECT id FROM customer WHERE id = ANY($1::uuid[]) ORDER BY id FOR KEY SHARE' };

export const READ_CUSTOMER = select('read-customer', `WHERE c.id = $1 ${SHOWN}`);
/** Locks only. A statement that had to wait for the lock sees the new row, but other tables as they were before it waited. */
export const LOCK_CUSTOMER: Statement = { name: 'lock-customer', text: 'SELECT 1 FROM customer WHERE id = $1 FOR UPDATE' };
export const FIND_BY_EMAIL = select('find-by-email', `WHERE c.email_index = $1 ${SHOWN}`);
export const FIND_BY_PHONE = select('find-by-phone', `WHERE c.phone_index = $1 ORDER BY c.id LIMIT 50 ${SHOWN}`);
/** $1 the beginning of the last name in lower case, LIKE wildcards escaped */
export const FIND_BY_NAME = select('find-by-name', `WHERE lower(c.last_name) LIKE $1 || '%' ORDER BY lower(c.last_name), c.id LIMIT 50 ${SHOWN}`);
/** $1 the last id of the page before, $2 most rows */
export const LIST_CUSTOMERS = select('list-customers', `WHERE c.id > $1 ORDER BY c.id LIMIT $2 ${SHOWN}`);
/** What an erasure of many has to know. $1 ids */
export const READ_TO_ERASE: Statement = {
  name: 'read-to-erase',
  replan: true,
  text: `
    SELECT c.id, c.ref, c.first_name, c.last_name, c.email, c.phone, c.street_address, c.postal_code, c.restricted_at, c.restriction_reason, c.ended_at,
      CASE WHEN c.ended_at IS NOT NULL THEN ${END_TOLD_AT} END AS end_told_at
    FROM customer c WHERE c.id = ANY($1::uuid[]) ORDER BY c.id`,
};
export const READ_BY_REFS: Statement = { ...select('read-by-refs', 'WHERE c.ref = ANY($1::uuid[])'), replan: true };
/** What decides the channels of a customer, and no more: the relay reads it for every change. $1 refs */
export const READ_STANDING_BY_REFS: Statement = {
  name: 'read-standing-by-refs',
  replan: true,
  text: `
    SELECT c.ref, c.version, c.created_at, c.birth_year, c.guardian_at, c.first_name, c.last_name, c.email, c.phone, c.street_address, c.postal_code, c.city, c.restricted_at, c.objected_at,
      c.ended_at, ${CONSENTS}
    FROM customer c WHERE c.ref = ANY($1::uuid[])`,
};
/** $1, $2 first and last reference of a bucket */
export const READ_BUCKET: Statement = { ...select('read-bucket', 'WHERE c.known_to_marketing AND c.ref BETWEEN $1 AND $2'), replan: true };

/** CustomerDraft, as the statements that create read it from JSON. */
export const DRAFT_COLUMNS = `
  id uuid, ref uuid, active_at timestamptz, first_name text, last_name text, email text, email_index bytea, phone text, phone_index bytea,
  street_address text, postal_code text, city text, country text, language text, birth_year smallint, occupation text,
  interests text[], provenance jsonb, decisions jsonb`;

/**
 * What follows a CTE `asked` of drafts and creates those that are wanted: customers, each with consents, proofs and the mark for
 * marketing. Who has an email that is taken is not created.
 *
 * Emails are inserted in the order of their index, so that two of these never wait for each other in a circle. The suppression of the
 * address that a grant is judged by is looked up by LATERAL … LIMIT, which stays an index lookup also in a plan that was made when the
 * table was empty; so is that of the name with the postal address. What they do to the grant is passageOf of closuresFor (suppression/closure.ts) again, but that a grant not shown to be hers is
 * kept as proof instead of being refused: the answer is the same for every address. What was decided while another customer had the
 * address (`former_value`) is hers, whose own record tells what has become of it: here it is proof only.
 * @param isWanted a condition on the columns of `asked`
 */
export const creation = (isWanted: string): string => `
    decision AS MATERIALIZED (
      SELECT asked.id AS customer_id, d.*, NOT d.is_proof_only AND d.decided_at > coalesce(greatest(person.since, former.since), '-infinity') AND (closure.since IS NULL OR (d.decided_at > closure.since AND (d.channel = ANY(closure.reopened) OR d.is_proven))) AS in_effect,
        closure.since IS NOT NULL AND d.decided_at > greatest(closure.since, person.since, former.since) AND NOT d.channel = ANY(closure.reopened) AND d.is_proven AS lifts_suppression
      FROM asked, jsonb_to_recordset(asked.decisions) AS d(
        purpose text, channel text, decision text, decided_at timestamptz, wording_id text, wording_version integer,
        wording_language text, wording_sha256 text, method text, form text, source_system text, actor text,
        is_usable boolean, is_proven boolean, is_proof_only boolean, closure_digest bytea, person_digest bytea)
      LEFT JOIN LATERAL (SELECT s.since, s.reopened FROM suppression s WHERE s.digest = d.closure_digest LIMIT 1) AS closure ON true
      LEFT JOIN LATERAL (SELECT s.since FROM suppression s WHERE s.digest = d.person_digest LIMIT 1) AS person ON true
      LEFT JOIN LATERAL (SELECT max(f.replaced_at) AS since FROM former_value f WHERE f.value_index = coalesce(asked.email_index, asked.phone_index)) AS former ON true
    ), known AS (
      SELECT customer_id FROM decision WHERE is_usable AND in_effect GROUP BY customer_id
    ), created AS (
      INSERT INTO customer (id, ref, known_to_marketing, active_at, first_name, last_name, email, email_index, phone, phone_index,
        street_address, postal_code, city, country, language, birth_year, occupation, interests, provenance)
      SELECT id, ref, known.customer_id IS NOT NULL, coalesce(active_at, now()), first_name, last_name, email, email_index, phone, phone_index,
        street_address, postal_code, city, country, language, birth_year, occupation, interests, provenance
      FROM asked LEFT JOIN known ON known.customer_id = asked.id WHERE ${isWanted} ORDER BY email_index
      ON CONFLICT (email_index) DO NOTHING
      RETURNING id, ref, known_to_marketing
    ), recorded AS (
      INSERT INTO consent_record (customer_id, purpose, channel, decision, decided_at, in_effect, wording_id, wording_version,
        wording_language, wording_sha256, method, form, source_system, actor, lifts_suppression)
      SELECT customer_id, purpose, channel, decision, decided_at, in_effect, wording_id, wording_version,
        wording_language, wording_sha256, method, form, source_system, actor, lifts_suppression
      FROM decision JOIN created ON created.id = decision.customer_id
    ), in_force AS (
      INSERT INTO consent (customer_id, purpose, channel, decision, decided_at, wording_id, wording_version, source_system)
      SELECT customer_id, purpose, channel, decision, decided_at, wording_id, wording_version, source_system
      FROM decision JOIN created ON created.id = decision.customer_id WHERE in_effect
    ), reopened AS (
      UPDATE suppression s SET reopened = ARRAY(SELECT DISTINCT unnest(s.reopened || opened.channels) ORDER BY 1), lifted_at = now(), lifted_by = opened.actor
      FROM (
        SELECT d.closure_digest, array_agg(d.channel) AS channels, min(d.actor) AS actor
        FROM decision d JOIN created ON created.id = d.customer_id WHERE d.lifts_suppression GROUP BY d.closure_digest
      ) AS opened WHERE s.digest = opened.closure_digest
    ), pending AS (
      INSERT INTO sync_pending (ref, epoch, version, urgency, reason, since)
      SELECT created.ref, l.epoch, 1, 2, 'consent', clock_timestamp() FROM created, link_state l WHERE created.known_to_marketing
    )`;

/**
 * Creates customers, with the idempotency entry: one round trip and one commit for all of them. None is created unless the advisory
 * lock of its idempotency key is held, the key is new and the email is free; its row of the answer tells which. A key committed
 * between snapshot and lock violates its primary key and undoes everything: the caller looks again. Of two with one key the second
 * is not held: a session gets its own lock again. The key is looked up as the suppression is.
 * $1 JSON array of NewCustomer
 */
export const CREATE_CUSTOMERS: Statement = {
  name: 'create-customers',
  text: `
    WITH asked AS MATERIALIZED (
      SELECT a.*, row_number() OVER (PARTITION BY a.key_hash) = 1 AND pg_try_advisory_xact_lock(a.lock) AS held,
        known.fingerprint AS known_fingerprint, known.answer AS known_answer
      FROM jsonb_to_recordset($1::jsonb) AS a(lock bigint, key_hash bytea, fingerprint bytea, answer jsonb, ${DRAFT_COLUMNS})
      LEFT JOIN LATERAL (SELECT k.fingerprint, k.answer FROM idempotency_key k WHERE k.key_hash = a.key_hash LIMIT 1) AS known ON true
    ), ${creation('held AND known_fingerprint IS NULL')}, remembered AS (
      INSERT INTO idempotency_key (key_hash, fingerprint, customer_id, answer)
      SELECT key_hash, fingerprint, id, answer FROM asked JOIN created USING (id)
    )
    SELECT asked.id, asked.held, created.id IS NOT NULL AS created, asked.known_fingerprint AS fingerprint, asked.known_answer AS answer
    FROM asked LEFT JOIN created USING (id)`,
};

/** Sets the fields of a locked customer and counts the version up. $18: when she was active, null when this was not her doing */
export const UPDATE_CUSTOMER: Statement = {
  name: 'update-customer',
  text: `
    UPDATE customer SET version = version + 1, updated_at = now(), known_to_marketing = $2, first_name = $3, last_name = $4,
      email = $5, email_index = $6, phone = $7, phone_index = $8, street_address = $9, postal_code = $10, city = $11, country = $12,
      language = $13, birth_year = $14, occupation = $15, interests = $16, provenance = $17::jsonb, active_at = greatest(active_at, $18)
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
