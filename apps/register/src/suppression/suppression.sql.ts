import type { Statement } from '#database/statement.js';
import { followersOf } from './former-values.sql.js';

/** $1 digests */
export const FIND_CLOSURES: Statement = {
  name: 'find-closures',
  text: 'SELECT digest, since, reopened FROM suppression WHERE digest = ANY($1::bytea[])',
};

/** Of two reasons the one that keeps more out: of a household one may object where another was erased, or shown the door. */
const graver = (one: string, other: string): string => `CASE WHEN 'abuse' IN (${one}, ${other}) THEN 'abuse' WHEN 'erased' IN (${one}, ${other}) THEN 'erased' ELSE 'objected' END`;

/**
 * Closes addresses; what was opened anew is closed again.
 * In the order of the digests, so that two of these never wait for each other in a circle. The insert joins what was known, so that
 * this is read before it is changed.
 * Answers, for each digest, whether a channel of it was open to anybody until now.
 * $1 kinds, in the same order $2 digests, each once, and $3 since when; $4 reason
 */
export const SUPPRESS: Statement = {
  name: 'suppress',
  text: `
    WITH asked AS (
      SELECT a.kind, a.digest, a.since FROM unnest($1::text[], $2::bytea[], $3::timestamptz[]) AS a(kind, digest, since)
    ), known AS MATERIALIZED (
      SELECT s.digest, s.reopened FROM suppression s JOIN asked USING (digest) ORDER BY s.digest FOR UPDATE OF s
    ), closed AS (
      INSERT INTO suppression AS s (digest, kind, reason, since)
      SELECT digest, asked.kind, $4, asked.since FROM asked LEFT JOIN known USING (digest) ORDER BY digest
      ON CONFLICT (digest) DO UPDATE SET
        reason = ${graver('s.reason', 'excluded.reason')}, since = greatest(s.since, excluded.since),
        reopened = '{}', lifted_at = NULL, lifted_by = NULL
      RETURNING s.digest
    )
    SELECT asked.digest, coalesce(known.reopened <> '{}', true) AS was_open
    FROM asked JOIN closed USING (digest) LEFT JOIN known USING (digest)`,
};

/** Consents told by clocks that run ahead. $1 customer ids */
export const CONSENTS_AHEAD: Statement = {
  name: 'consents-ahead',
  replan: true,
  text: 'SELECT customer_id AS id, max(decided_at) AS until FROM consent WHERE customer_id = ANY($1::uuid[]) AND decided_at > now() GROUP BY customer_id',
};

/** $1 digests */
export const FORGIVE: Statement = {
  name: 'forgive',
  text: "UPDATE suppression SET reason = 'erased' WHERE digest = ANY($1::bytea[]) AND reason = 'abuse'",
};

/** The person has consented anew. $1 digest, $2 channels, $3 by whom */
export const REOPEN: Statement = {
  name: 'reopen',
  text: `
    UPDATE suppression SET reopened = ARRAY(SELECT DISTINCT unnest(reopened || $2::text[]) ORDER BY 1), lifted_at = now(), lifted_by = $3
    WHERE digest = $1`,
};

/** Her phone, whether others in marketing have the same, and whether others have what was hers before. $1 customer id */
export const LOOK_AT_HOUSEHOLD: Statement = {
  name: 'look-at-household',
  text: `
    SELECT c.phone, EXISTS (
      SELECT FROM customer n WHERE n.phone_index = c.phone_index AND n.id <> c.id AND n.known_to_marketing) AS is_shared,
      EXISTS (${followersOf('ARRAY[$1::uuid]')}) AS has_followers
    FROM customer c WHERE c.id = $1`,
};

/** Locks her, those with the same phone, and those who have what was hers before, always in the order of ids. $1 customer id */
export const LOCK_HOUSEHOLD: Statement = {
  name: 'lock-household',
  text: `
    SELECT 1 FROM customer WHERE id IN (
      SELECT $1::uuid
      UNION SELECT n.id FROM customer c JOIN customer n ON n.phone_index = c.phone_index AND n.known_to_marketing WHERE c.id = $1
      UNION ${followersOf('ARRAY[$1::uuid]')})
    ORDER BY id FOR UPDATE`,
};

/** As LOCK_HOUSEHOLD, for many at once. $1 customer ids */
export const LOCK_HOUSEHOLDS: Statement = {
  name: 'lock-households',
  replan: true,
  text: `
    SELECT 1 FROM customer WHERE id IN (
      SELECT unnest($1::uuid[])
      UNION SELECT n.id FROM customer c JOIN customer n ON n.phone_index = c.phone_index AND n.known_to_marketing WHERE c.id = ANY($1::uuid[])
      UNION ${followersOf('$1::uuid[]')})
    ORDER BY id FOR UPDATE`,
};

/** Counts the versions of the others up: what marketing may hold of them has changed. $1 customer ids */
export const TOUCH_HOUSEHOLD: Statement = {
  name: 'touch-household',
  text: `
    UPDATE customer n SET version = n.version + 1, updated_at = now()
    FROM (SELECT DISTINCT phone_index FROM customer WHERE id = ANY($1::uuid[])) c
    WHERE n.phone_index = c.phone_index AND NOT n.id = ANY($1::uuid[]) AND n.known_to_marketing
    RETURNING n.ref, n.version`,
};

const UTC = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** $1 the digest of the line before in hexadecimal, $2 most rows */
export const EXPORT_SUPPRESSIONS: Statement = {
  name: 'export-suppressions',
  text: `
    SELECT jsonb_build_object('digest', encode(digest, 'hex'), 'kind', kind, 'reason', reason, 'since', ${UTC('since')},
      'reopened', reopened, 'liftedAt', ${UTC('lifted_at')}, 'liftedBy', lifted_by) AS line
    FROM suppression WHERE digest > decode($1, 'hex') ORDER BY digest LIMIT $2`,
};

/** Lines as the list is kept outside. Of two entries the later closing wins, with what was opened since, and the graver reason; of one closing everything that was opened. $1 JSON array of lines, each digest once */
export const IMPORT_SUPPRESSIONS: Statement = {
  name: 'import-suppressions',
  text: `
    INSERT INTO suppression AS s (digest, kind, reason, since, reopened, lifted_at, lifted_by)
    SELECT DISTINCT ON (digest) decode(digest, 'hex'), kind, reason, since, reopened, "liftedAt", "liftedBy"
    FROM jsonb_to_recordset($1::jsonb) AS l(digest text, kind text, reason text, since timestamptz, reopened text[], "liftedAt" timestamptz, "liftedBy" text)
    ORDER BY digest, since DESC
    ON CONFLICT (digest) DO UPDATE SET
      reason = ${graver('s.reason', 'excluded.reason')},
      since = greatest(s.since, excluded.since),
      reopened = CASE WHEN excluded.since > s.since THEN excluded.reopened WHEN excluded.since < s.since THEN s.reopened
        ELSE ARRAY(SELECT DISTINCT unnest(s.reopened || excluded.reopened) ORDER BY 1) END,
      lifted_at = CASE WHEN excluded.since > s.since THEN excluded.lifted_at WHEN excluded.since < s.since THEN s.lifted_at
        ELSE greatest(s.lifted_at, excluded.lifted_at) END,
      lifted_by = CASE WHEN excluded.since > s.since THEN excluded.lifted_by WHEN excluded.since < s.since THEN s.lifted_by
        ELSE coalesce(s.lifted_by, excluded.lifted_by) END`,
};
