import type { ConsentJson } from '../customers/customer.row.js';
import type { Statement } from '#database/statement.js';

/** One proof as the statements take it in JSON. */
export interface ConsentRecordRow extends ConsentJson {
  readonly wording_language: string | null;
  readonly wording_sha256: string | null;
  readonly method: string;
  readonly form: string | null;
  readonly actor: string;
}

/** A proof together with what it did. */
export interface JudgedRecord extends ConsentRecordRow {
  readonly in_effect: boolean;
  readonly lifts_suppression: boolean;
}

/**
 * Appends proofs, puts those in effect in force, and counts the customer's version up when any is
 * or the objection changes.
 * $1 customer id, $2 JSON array of JudgedRecord, $3 known to marketing, $4 objected_at, $5 when she was active; null: this was not her doing
 */
export const RECORD_DECISIONS: Statement = {
  name: 'record-decisions',
  text: `
    WITH decision AS (
      SELECT * FROM jsonb_to_recordset($2::jsonb) AS d(
        purpose text, channel text, decision text, decided_at timestamptz, wording_id text, wording_version integer,
        wording_language text, wording_sha256 text, method text, form text, source_system text, actor text, in_effect boolean,
        lifts_suppression boolean)
    ), recorded AS (
      INSERT INTO consent_record (customer_id, purpose, channel, decision, decided_at, in_effect, wording_id, wording_version,
        wording_language, wording_sha256, method, form, source_system, actor, lifts_suppression)
      SELECT $1::uuid, purpose, channel, decision, decided_at, in_effect, wording_id, wording_version,
        wording_language, wording_sha256, method, form, source_system, actor, lifts_suppression FROM decision
    ), in_force AS (
      INSERT INTO consent AS c (customer_id, purpose, channel, decision, decided_at, wording_id, wording_version, source_system)
      SELECT $1::uuid, purpose, channel, decision, decided_at, wording_id, wording_version, source_system FROM decision WHERE in_effect
      ON CONFLICT (customer_id, purpose, channel) DO UPDATE SET
        decision = excluded.decision, decided_at = greatest(c.decided_at, excluded.decided_at), wording_id = excluded.wording_id,
        wording_version = excluded.wording_version, source_system = excluded.source_system
      RETURNING 1
    )
    UPDATE customer SET version = version + 1, updated_at = now(), known_to_marketing = $3, objected_at = $4, active_at = greatest(active_at, $5)
    WHERE id = $1 AND (objected_at IS DISTINCT FROM $4 OR EXISTS (SELECT FROM in_force)) RETURNING version`,
};

export const READ_HISTORY: Statement = {
  name: 'read-history',
  text: `
    SELECT purpose, channel, decision, decided_at, recorded_at, in_effect, wording_id, wording_version, wording_language,
      wording_sha256, method, form, source_system, actor, lifts_suppression
    FROM consent_record WHERE customer_id = $1 ORDER BY id`,
};
