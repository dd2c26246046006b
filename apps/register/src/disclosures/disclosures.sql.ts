import type { Statement } from '#database/statement.js';

/** Those in effect, in the order of recording. $1 customer, $2 recipient, $3 purpose */
export const DECISIONS_IN_EFFECT: Statement = {
  name: 'disclosure-decisions',
  text: `
    SELECT id::text, decision, decided_at AS "decidedAt" FROM disclosure_consent_record
    WHERE customer_id = $1 AND recipient = $2 AND purpose = $3 AND in_effect ORDER BY disclosure_consent_record.id`,
};

/** In the order of sending. $1 customer, $2 recipient, $3 purpose */
export const NOTICES_SENT: Statement = {
  name: 'disclosure-notices',
  text: `
    SELECT id::text, sent_at AS "sentAt" FROM disclosure_notice
    WHERE customer_id = $1 AND recipient = $2 AND purpose = $3 ORDER BY sent_at, disclosure_notice.id`,
};

/**
 * $1 customer, $2 recipient, $3 purpose, $4 decision, $5 decided at, $6 in effect, $7…$10 wording id, version, language, hash,
 * $11 method, $12 form, $13 source system, $14 actor
 */
export const RECORD_DISCLOSURE_CONSENT: Statement = {
  name: 'record-disclosure-consent',
  text: `
    INSERT INTO disclosure_consent_record (customer_id, recipient, purpose, decision, decided_at, in_effect, wording_id, wording_version,
      wording_language, wording_sha256, method, form, source_system, actor)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
};

/** Consents to disclosures in force, as a table expression. @param customer an expression for her id */
export const grantedDisclosuresOf = (customer: string): string => `
    (SELECT g.recipient, g.purpose, g.decided_at FROM (
      SELECT DISTINCT ON (recipient, purpose) recipient, purpose, decision, decided_at FROM disclosure_consent_record
      WHERE customer_id = ${customer} AND in_effect ORDER BY recipient, purpose, id DESC) AS g WHERE g.decision = 'granted')`;

/** $1 customer */
export const GRANTED_DISCLOSURES: Statement = {
  name: 'granted-disclosures',
  text: `SELECT s.recipient, s.purpose, s.decided_at AS "decidedAt" FROM ${grantedDisclosuresOf('$1')} AS s`,
};

/** Withdraws whatever is granted. $1 customer, $2 decided at, $3 method, $4 form, $5 source system, $6 actor, $7 given before */
export const WITHDRAW_DISCLOSURES: Statement = {
  name: 'withdraw-disclosures',
  text: `
    INSERT INTO disclosure_consent_record (customer_id, recipient, purpose, decision, decided_at, in_effect, method, form, source_system, actor)
    SELECT $1, s.recipient, s.purpose, 'withdrawn', greatest(s.decided_at, $2::timestamptz), true, $3, $4, $5, $6
    FROM ${grantedDisclosuresOf('$1')} AS s WHERE s.decided_at < $7::timestamptz`,
};

/** $1 customer, $2 recipient, $3 purpose, $4 sent at, $5 sent by, $6 actor */
export const RECORD_NOTICE: Statement = {
  name: 'record-disclosure-notice',
  text: `
    INSERT INTO disclosure_notice (customer_id, recipient, purpose, sent_at, sent_by, actor) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id::int`,
};

/** $1 id, $2 customer, $3 recipient, $4 purpose, $5 fields, $6 legal basis, $7 consent, $8 notice, $9 actor, $10 actor kind */
export const RECORD_DISCLOSURE: Statement = {
  name: 'record-disclosure',
  text: `
    INSERT INTO disclosure (id, customer_id, recipient, purpose, fields, legal_basis, consent_id, notice_id, actor, actor_kind)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING released_at`,
};

/** $1 id */
export const READ_DISCLOSURE: Statement = {
  name: 'read-disclosure',
  text: 'SELECT id, customer_id, recipient, purpose, fields, legal_basis, released_at FROM disclosure WHERE id = $1',
};

/** $1 customer */
export const DISCLOSURES_OF_CUSTOMER: Statement = {
  name: 'disclosures-of-customer',
  text: `
    SELECT id, customer_id, recipient, purpose, fields, legal_basis, released_at FROM disclosure
    WHERE customer_id = $1 ORDER BY released_at, id`,
};

/** All records, in effect or not. $1 customer */
export const DISCLOSURE_CONSENTS_OF_CUSTOMER: Statement = {
  name: 'disclosure-consents-of-customer',
  text: `
    SELECT recipient, purpose, decision, decided_at, recorded_at, in_effect, wording_id, wording_version, wording_language, wording_sha256,
      method, form, source_system
    FROM disclosure_consent_record WHERE customer_id = $1 ORDER BY id`,
};

/** $1 customer */
export const NOTICES_OF_CUSTOMER: Statement = {
  name: 'disclosure-notices-of-customer',
  text: 'SELECT recipient, purpose, sent_at, sent_by FROM disclosure_notice WHERE customer_id = $1 ORDER BY sent_at, id',
};
