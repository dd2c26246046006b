import type { Statement } from '#database/statement.js';

/** $1 customer id, $2 decision, $3 decided at, $4 verification, $5 to $8 wording, $9 source system, $10 actor */
export const RECORD_GUARDIAN: Statement = {
  name: 'record-guardian',
  text: `
    INSERT INTO guardian_consent (customer_id, decision, decided_at, verification, wording_id, wording_version, wording_language, wording_sha256,
      source_system, actor)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
};

/** The latest word of a guardian, and up to when every word is taken back; each null when there is none. $1 customer id */
export const LAST_WORDS: Statement = {
  name: 'last-guardian-words',
  text: "SELECT max(decided_at) AS told, max(decided_at) FILTER (WHERE decision = 'withdrawn') AS withdrawn FROM guardian_consent WHERE customer_id = $1",
};

/** $1 customer id, $2 since when a guardian agrees, $3 known to marketing */
export const SET_GUARDIAN: Statement = {
  name: 'set-guardian',
  text: 'UPDATE customer SET version = version + 1, updated_at = now(), guardian_at = $2, known_to_marketing = $3 WHERE id = $1 RETURNING version',
};

/** $1 customer id */
export const READ_GUARDIAN_RECORDS: Statement = {
  name: 'read-guardian-records',
  text: `
    SELECT decision, decided_at, recorded_at, verification, wording_id, wording_version, wording_language, wording_sha256, source_system, actor
    FROM guardian_consent WHERE customer_id = $1 ORDER BY id`,
};
