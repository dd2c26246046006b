/**
 * What marketing should hold, told a second time: in SQL alone, sharing nothing with the code under test. Both statements
 * give the same columns for one range of references, so that their rows can be compared field by field.
 */

const CHANNELS = ['email', 'sms', 'phone', 'post'] as const;
const RANGE = 'ref >= $1::uuid AND ref <= $2::uuid';

const PERSON = ['first_name', 'last_name', 'language', 'birth_year', 'occupation', 'interests'];
const REACH = ['email', 'phone', 'street_address', 'postal_code', 'city', 'country'];

/** The fields that are compared, by name. */
export const FIELDS: readonly string[] = [
  'version', ...PERSON, ...REACH,
  ...CHANNELS.flatMap((channel) => [`${channel}_since`, `${channel}_wording_id`, `${channel}_wording_version`, `${channel}_source`]),
];

/**
 * Consents in force: granted for marketing by somebody who was surely of age then (13, by the year alone) or had a guardian's word, who is neither
 * restricted, nor objecting, nor a former customer, and who can be reached that way.
 */
const IN_FORCE = `
  SELECT c.ref, k.channel, k.decided_at, k.wording_id, k.wording_version, k.source_system
    FROM customer AS c JOIN consent AS k ON k.customer_id = c.id
   WHERE ${RANGE} AND k.purpose = 'marketing' AND k.decision = 'granted'
     AND num_nonnulls(c.restricted_at, c.objected_at, c.ended_at) = 0
     AND (coalesce(extract(year FROM k.decided_at AT TIME ZONE 'UTC') - c.birth_year > 13, true) OR c.guardian_at <= k.decided_at)
     AND ((k.channel = 'email' AND c.email IS NOT NULL)
       OR (k.channel IN ('sms', 'phone') AND c.phone IS NOT NULL)
       OR (k.channel = 'post' AND num_nulls(c.street_address, c.postal_code, c.city) = 0))`;

const ofChannel = (channel: string): string => [
  ['decided_at', 'since'], ['wording_id', 'wording_id'], ['wording_version', 'wording_version'], ['source_system', 'source'],
].map(([from, to]) => `(array_agg(f.${from} ORDER BY f.channel) FILTER (WHERE f.channel = '${channel}'))[1] AS ${channel}_${to}`).join(', ');

const only = (column: string, ...channels: string[]): string =>
  `CASE WHEN bool_or(f.channel IN (${channels.map((channel) => `'${channel}'`).join(', ')})) THEN c.${column} END AS ${column}`;

/** From the register's database: one row for each opted-in customer. $1, $2 first and last reference */
export const OPTED_IN = `
  WITH f AS (${IN_FORCE})
  SELECT c.ref, c.version::int AS version, c.first_name, c.last_name, c.language, c.birth_year, c.occupation,
         ARRAY(SELECT i FROM unnest(c.interests) AS i ORDER BY i COLLATE "C") AS interests,
         ${only('email', 'email')}, ${only('phone', 'sms', 'phone')},
         ${['street_address', 'postal_code', 'city', 'country'].map((column) => only(column, 'post')).join(', ')},
         ${CHANNELS.map(ofChannel).join(', ')}
    FROM f JOIN customer AS c ON c.ref = f.ref
   GROUP BY c.id ORDER BY c.ref`;

/** From marketing's database: one row for each contact, whatever is remembered of it. $1, $2 first and last reference */
export const HELD = `
  SELECT ref, ${FIELDS.map((field) => (field === 'version' ? 's.version::int AS version' : `c.${field}`)).join(', ')}
    FROM contact AS c LEFT JOIN ref_state AS s USING (ref)
   WHERE ${RANGE} ORDER BY ref`;

/** From marketing's database: rows that hold data of somebody who is out, or of whom nothing is remembered. */
export const TOMBSTONES_WITH_DATA = `
  SELECT (SELECT count(*) FROM contact AS c LEFT JOIN ref_state AS s USING (ref) WHERE s.ref IS NULL OR s.erased)::int
       + (SELECT count(*) FROM parked AS p JOIN ref_state AS s USING (ref) WHERE s.erased)::int AS count`;

/** From the register's database: references of closed erasure cases in a range. $1, $2 first and last reference */
export const ERASED = `SELECT ref FROM erasure_case WHERE ${RANGE} AND answered_at IS NOT NULL ORDER BY ref`;

/** From marketing's database: references remembered as erased in a range. $1, $2 first and last reference */
export const REMEMBERED_ERASED = `SELECT ref FROM ref_state WHERE ${RANGE} AND erased ORDER BY ref`;
