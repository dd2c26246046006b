import type { Statement } from '#database/statement.js';
import { MOST_FORMER } from './former-value.js';

/**
 * Remembers what is overwritten, and forgets what she has again and what is too many.
 * $1 customer id, $2 kinds, in the same order $3 keyed hashes and $4 sealed values, $5 keyed hashes of what she has now
 */
export const REMEMBER_FORMER: Statement = {
  name: 'remember-former-values',
  text: `
    WITH had_again AS (
      DELETE FROM former_value WHERE customer_id = $1 AND value_index = ANY($5::bytea[])
    ), ranked AS (
      SELECT value_index, row_number() OVER (PARTITION BY kind ORDER BY replaced_at DESC) AS rank
      FROM former_value WHERE customer_id = $1 AND kind = ANY($2::text[]) AND NOT value_index = ANY($3::bytea[] || $5::bytea[])
    ), surplus AS (
      DELETE FROM former_value f USING ranked r WHERE f.customer_id = $1 AND f.value_index = r.value_index AND r.rank >= ${MOST_FORMER}
    )
    INSERT INTO former_value (customer_id, kind, value_index, sealed)
    SELECT $1, kind, value_index, sealed FROM unnest($2::text[], $3::bytea[], $4::bytea[]) AS f(kind, value_index, sealed)
    ON CONFLICT (customer_id, value_index) DO UPDATE SET sealed = excluded.sealed, replaced_at = excluded.replaced_at`,
};

/** Former values, and whether each is a customer's own now who is none of these. $1 customer ids */
export const READ_FORMER: Statement = {
  name: 'read-former-values',
  replan: true,
  text: `
    SELECT f.customer_id AS id, f.kind, f.sealed, f.replaced_at, CASE f.kind
      WHEN 'email' THEN EXISTS (SELECT FROM customer c WHERE c.email_index = f.value_index AND NOT c.id = ANY($1::uuid[]))
      WHEN 'phone' THEN EXISTS (SELECT FROM customer c WHERE c.phone_index = f.value_index AND NOT c.id = ANY($1::uuid[]))
      ELSE false END AS is_handed_on
    FROM former_value f WHERE f.customer_id = ANY($1::uuid[]) ORDER BY f.customer_id, f.replaced_at DESC, f.value_index`,
};

/** Whoever in marketing has now what these had before. $1 customer ids, as an SQL expression of an array */
export const followersOf = (ids: string): string => `
      SELECT n.id FROM former_value f JOIN customer n ON n.email_index = f.value_index WHERE f.kind = 'email' AND n.known_to_marketing AND f.customer_id = ANY(${ids})
      UNION SELECT n.id FROM former_value f JOIN customer n ON n.phone_index = f.value_index WHERE f.kind = 'phone' AND n.known_to_marketing AND f.customer_id = ANY(${ids})`;

/** Counts their versions up: what marketing may hold of them may have changed. $1 customer ids */
export const TOUCH_FOLLOWERS: Statement = {
  name: 'touch-followers',
  replan: true,
  text: `
    UPDATE customer SET version = version + 1, updated_at = now()
    WHERE NOT id = ANY($1::uuid[]) AND id IN (${followersOf('$1::uuid[]')}) RETURNING ref, version`,
};
