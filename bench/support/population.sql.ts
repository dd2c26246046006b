/** Where the vocabulary's lists stand among the parameters of INSERT_PEOPLE, behind the first and the last number. */
export const LISTS = ['cities', 'postalCodes', 'languages', 'interests', 'firstNames', 'lastNames', 'occupations', 'streets', 'sources'] as const;

/** One of a list, evenly. */
const pick = (list: (typeof LISTS)[number]): string => {
  const place = `$${LISTS.indexOf(list) + 3}::text[]`;
  return `(${place})[1 + floor(random() * cardinality(${place}))::int]`;
};
const at = (list: (typeof LISTS)[number], index: string): string => `($${LISTS.indexOf(list) + 3}::text[])[${index}]`;

/**
 * Customers number $1 to $2, each opted in by one to four channels, with the proofs. Nobody is marked for marketing: that is the resync's work.
 * An adult of every year between 1943 and 2006, most of them in the middle; up to six interests; a decision on some day of the last year and a half. Ids
 * ascend as the register's do (UUID version 7), references are random as hers are.
 */
export const INSERT_PEOPLE = `
  WITH drawn AS MATERIALIZED (
    SELECT n, (lpad(to_hex(1700000000000 + n), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid AS id,
           ${pick('firstNames')} AS first_name, ${pick('lastNames')} AS last_name, 1 + floor(random() * cardinality($3::text[]))::int AS home,
           ${pick('streets')} || ' ' || (1 + floor(random() * 74))::text AS street,
           CASE WHEN random() < 0.8 THEN least(2006, 1979 + round((random() + random() + random() - 1.5) * 24)::int) END AS birth_year,
           CASE WHEN random() < 0.4 THEN ${pick('occupations')} END AS occupation,
           '+35840' || lpad(floor(random() * 10000000)::int::text, 7, '0') AS phone, floor(power(random(), 1.4) * 7)::int AS likes,
           random() < 0.88 AS email, random() < 0.42 AS sms, random() < 0.1 AS phoned, random() < 0.3 AS post,
           date_trunc('second', now() - random() * interval '515 days') AS decided_at, ${pick('sources')} AS source
      FROM generate_series($1::int, $2::int) AS n
  ), customers AS (
    INSERT INTO customer (id, ref, known_to_marketing, first_name, last_name, email, email_index, phone, phone_index, street_address, postal_code, city, country,
      language, birth_year, occupation, interests, provenance)
    SELECT id, gen_random_uuid(), true, first_name, last_name, 'asiakas.' || n || '@example.fi', sha256(('asiakas' || n)::bytea), phone, sha256(phone::bytea),
           street, ${at('postalCodes', 'home')}, ${at('cities', 'home')}, 'FI', ${at('languages', 'home')}, birth_year, occupation,
           ARRAY(SELECT DISTINCT ${pick('interests')} FROM generate_series(1, likes) ORDER BY 1),
           '{"contact.email": {"source": "customer", "actor": "bench", "at": "2026-01-15T10:00:00.000Z"}}'
      FROM drawn
  ), decided AS MATERIALIZED (
    SELECT id, channel, decided_at, source, wording, CASE WHEN channel = 'email' AND decided_at > now() - interval '240 days' THEN 2 ELSE 1 END AS version
      FROM drawn, LATERAL (VALUES ('email', email OR NOT (sms OR phoned OR post), 'newsletter'), ('sms', sms, 'text-messages'),
                                  ('phone', phoned, 'phone-calls'), ('post', post, 'catalogue-by-post')) AS given (channel, yes, wording)
     WHERE yes
  ), proofs AS (
    INSERT INTO consent_record (customer_id, purpose, channel, decision, decided_at, in_effect, wording_id, wording_version, wording_language, wording_sha256,
      method, form, source_system, actor)
    SELECT id, 'marketing', channel, 'granted', decided_at, true, wording, version, 'fi', repeat('0', 64), 'web-form', '/newsletter', source, 'bench' FROM decided
  )
  INSERT INTO consent (customer_id, purpose, channel, decision, decided_at, wording_id, wording_version, source_system)
  SELECT id, 'marketing', channel, 'granted', decided_at, wording, version, source FROM decided`;

/** How many people may be written to by each channel, at the register and in marketing: compared after loading. */
export const COUNT_AT_REGISTER = `
  SELECT (SELECT count(*) FROM customer)::int AS people, count(*) FILTER (WHERE channel = 'email')::int AS email, count(*) FILTER (WHERE channel = 'sms')::int AS sms,
         count(*) FILTER (WHERE channel = 'phone')::int AS phone, count(*) FILTER (WHERE channel = 'post')::int AS post FROM consent WHERE decision = 'granted'`;
export const COUNT_IN_MARKETING = `
  SELECT count(*)::int AS people, count(email_since)::int AS email, count(sms_since)::int AS sms, count(phone_since)::int AS phone, count(post_since)::int AS post FROM contact`;
