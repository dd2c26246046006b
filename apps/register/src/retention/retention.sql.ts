import type { Statement } from '#database/statement.js';
import { grantedDisclosuresOf } from '../disclosures/disclosures.sql.js';
import { END_TOLD_AT } from '../standing/standing.sql.js';
import type { Rule } from './retention-rules.js';

/** Nobody is erased on a timer who is restricted (GDPR Art. 18(2)) or held by law (Art. 17(3)). */
const FREE = 'c.restricted_at IS NULL AND NOT EXISTS (SELECT FROM legal_hold h WHERE h.customer_id = c.id)';
/** Nor before the end has been known for a while. An end that came without a record, in a database from before, is as old as it says. */
const isKnown = (parameter: number): string => `coalesce(${END_TOLD_AT} <= $${parameter}, true)`;
const ENDED = 'c.ended_at <= $1';
/** Reads of those who are restricted or held stay: they may be what is needed for a claim. */
const READ_OF_FREE = `NOT EXISTS (SELECT FROM customer c WHERE c.id = l.customer_id AND NOT (${FREE}))`;
/**
 * Of whom a consent has lapsed, for marketing, another purpose or a disclosure: `lapse.ts` tells the same of one. Whether marketing knows her is all the
 * same. Of the shortest period $1, of each purpose those of the parameters: purposes, and their cutoffs in the same order.
 */
const inactive = (purposes: number, cutoffs: number): string => {
  const period = `unnest($${purposes}::text[], $${cutoffs}::timestamptz[]) AS l(purpose, cutoff)`;
  return `
  c.active_at <= $1 AND (
    EXISTS (SELECT FROM consent k JOIN ${period} USING (purpose)
      WHERE k.customer_id = c.id AND k.decision = 'granted' AND greatest(c.active_at, k.decided_at) <= l.cutoff)
    OR EXISTS (SELECT FROM ${grantedDisclosuresOf('c.id')} AS s JOIN ${period} USING (purpose) WHERE greatest(c.active_at, s.decided_at) <= l.cutoff))`;
};
/** Storage only means that nothing lapses: the signs of life of the restricted are refused (GDPR Art. 18(2)). */
const UNRESTRICTED = 'c.restricted_at IS NULL';

/**
 * The longest overdue first, in the order of their ids. From the position of the run on: whose consents have lapsed keep their date, and
 * looking at all of them again for every chunk would never end. $1 cutoff, $2 most rows, $3 from; of ended relationships
 * $4 told by; of consents $4 purposes, $5 their cutoffs
 */
export const DUE: Readonly<Record<Rule, Statement>> = {
  'relationship-ended': {
    name: 'due-relationship-ended',
    text: `
      SELECT id, at::text FROM (
        SELECT c.id, c.ended_at AS at FROM customer c WHERE ${ENDED} AND ${FREE} AND c.ended_at >= $3::timestamptz AND ${isKnown(4)} ORDER BY c.ended_at LIMIT $2
      ) AS due ORDER BY id`,
  },
  'consent-inactive': {
    name: 'due-consent-inactive',
    text: `
      SELECT id, at::text FROM (
        SELECT c.id, c.active_at AS at FROM customer c WHERE ${inactive(4, 5)} AND ${UNRESTRICTED} AND c.active_at >= $3::timestamptz ORDER BY c.active_at LIMIT $2
      ) AS due ORDER BY id`,
  },
  // In no order: what was found is gone before the next look, and to sort what is due anew for each chunk would take as long as all of it.
  'read-log': {
    name: 'due-read-log',
    text: `SELECT l.id::text, l.at::text FROM access_log l WHERE l.at <= $1 AND $3::timestamptz IS NOT NULL AND ${READ_OF_FREE} LIMIT $2`,
  },
};

/** The trigger of the log lets go what the transaction names. $1 ids of reads */
export const NAME_READS: Statement = {
  name: 'name-reads',
  text: `SELECT set_config('lupa.erasing', coalesce(string_agg(DISTINCT customer_id::text, ','), ''), true) FROM access_log WHERE id = ANY($1::bigint[])`,
};

/** $1 ids */
export const FORGET_READS: Statement = { name: 'forget-reads', text: 'DELETE FROM access_log WHERE id = ANY($1::bigint[]) RETURNING 1' };

/** How many are due, how many of them are spared for now, and the oldest date. $1 cutoff; of ended relationships $2 told by; of consents $2 purposes, $3 their cutoffs */
export const PREVIEW: Readonly<Record<Rule, string>> = {
  'relationship-ended': `
    SELECT count(*) FILTER (WHERE free)::int AS due, count(*) FILTER (WHERE NOT free)::int AS spared, min(ended_at) FILTER (WHERE free) AS oldest
    FROM (SELECT c.ended_at, ${FREE} AND ${isKnown(2)} AS free FROM customer c WHERE ${ENDED}) AS ended`,
  'consent-inactive': `
    SELECT count(*) FILTER (WHERE free)::int AS due, count(*) FILTER (WHERE NOT free)::int AS spared, min(active_at) FILTER (WHERE free) AS oldest
    FROM (SELECT c.active_at, ${UNRESTRICTED} AS free FROM customer c WHERE ${inactive(2, 3)}) AS lapsed`,
  'read-log': `
    SELECT count(*) FILTER (WHERE free)::int AS due, count(*) FILTER (WHERE NOT free)::int AS spared, min(at) FILTER (WHERE free) AS oldest
    FROM (SELECT l.at, ${READ_OF_FREE} AS free FROM access_log l WHERE l.at <= $1) AS reads`,
};

/** One instance at a time, until the transaction ends. $1 lock */
export const CLAIM: Statement = { name: 'claim-retention', text: 'SELECT pg_try_advisory_xact_lock($1::bigint) AS held' };

/** The run of the day, begun if it was not. $1 day, $2 rule */
export const BEGIN_RUN: Statement = {
  name: 'begin-retention-run',
  text: `
    INSERT INTO retention_run AS r (day, rule) VALUES ($1, $2)
    ON CONFLICT (day, rule) DO UPDATE SET started_at = r.started_at RETURNING r.finished_at, r.position::text`,
};

/** $1 day, $2 rule, $3 how many were done, $4 whether nothing is left, $5 date of the last */
export const COUNT_RUN: Statement = {
  name: 'count-retention-run',
  text: `
    UPDATE retention_run SET done = done + $3, finished_at = CASE WHEN $4 THEN clock_timestamp() END, position = $5
    WHERE day = $1 AND rule = $2`,
};
