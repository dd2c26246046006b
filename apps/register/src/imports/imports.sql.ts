import type { Statement } from '#database/statement.js';
import { creation, DRAFT_COLUMNS } from '../customers/customers.sql.js';

/**
 * Drafts, and what keeps them from being taken in. `there`: a customer has the email; or the phone, and the same name or the row no
 * email. `kept-out`: an address, or the name with the postal address, is that of somebody who was erased or shown the door. Whoever has come back herself is `there`; that
 * somebody else with her phone has consented since says nothing of her. Looked up by LATERAL … LIMIT, as in CREATE_CUSTOMERS. An erasure is seen whole or not at all: either she is still there, or her addresses are closed.
 */
const ASKED = `
    asked AS MATERIALIZED (
      SELECT a.*, CASE WHEN by_email.there OR by_phone.there THEN 'there' WHEN closed.there THEN 'kept-out' END AS refusal
      FROM jsonb_to_recordset($1::jsonb) AS a(email_digest bytea, phone_digest bytea, post_digest bytea, ${DRAFT_COLUMNS})
      LEFT JOIN LATERAL (SELECT true AS there FROM customer c WHERE c.email_index = a.email_index LIMIT 1) AS by_email ON true
      LEFT JOIN LATERAL (
        SELECT true AS there FROM customer c
        WHERE c.phone_index = a.phone_index AND (a.email_index IS NULL
          OR (lower(c.first_name) IS NOT DISTINCT FROM lower(a.first_name) AND lower(c.last_name) IS NOT DISTINCT FROM lower(a.last_name)))
        LIMIT 1) AS by_phone ON true
      LEFT JOIN LATERAL (
        SELECT true AS there FROM suppression s
        WHERE s.digest = ANY(ARRAY[a.email_digest, a.phone_digest, a.post_digest]) AND s.reason IN ('erased', 'abuse')
        LIMIT 1) AS closed ON true
    )`;

/** Takes in whom nothing keeps out. Who was taken in by somebody else in this very moment is there. $1 JSON array of CustomerDraft */
export const IMPORT_CUSTOMERS: Statement = {
  name: 'import-customers',
  replan: true,
  text: `
    WITH ${ASKED}, ${creation('refusal IS NULL')}
    SELECT asked.id, coalesce(asked.refusal, CASE WHEN created.id IS NULL THEN 'there' ELSE 'taken-in' END) AS outcome, coalesce(created.known_to_marketing, false) AS for_marketing
    FROM asked LEFT JOIN created USING (id)`,
};

/** What IMPORT_CUSTOMERS would do. Changes nothing. $1 JSON array of CustomerDraft */
export const PREVIEW_IMPORT: Statement = {
  name: 'preview-import',
  replan: true,
  text: `WITH ${ASKED} SELECT id, coalesce(refusal, 'taken-in') AS outcome, false AS for_marketing FROM asked`,
};
