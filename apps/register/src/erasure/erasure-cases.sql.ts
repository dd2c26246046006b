import type { Statement } from '#database/statement.js';

const LINE = `
  k.id, k.ground, k.requested_at, to_char(k.requested_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position,
  k.answered_at, k.searched_at, k.findings, k.closed_at,
  a.received_at AS appeal_received_at, to_char(a.due_on, 'YYYY-MM-DD') AS appeal_due_on, a.outcome AS appeal_outcome,
  a.decided_at AS appeal_decided_at, a.decided_by AS appeal_decided_by`;

/** $1 case id */
export const READ_CASE: Statement = {
  name: 'read-erasure-case',
  text: `
    SELECT ${LINE}, k.rows_deleted, k.statement, k.requested_by, k.reason_code, k.decided_at, k.certificate IS NOT NULL AS has_certificate
    FROM erasure_case k LEFT JOIN erasure_appeal a ON a.case_id = k.id WHERE k.id = $1`,
};

/**
 * The longest open first. $1 state or null for any, $2 an appeal is open, $3 an appeal is open and was due before this day (null: any),
 * $4, $5 position and id of the last row of the page before, $6 most rows. Planned anew: of a million cases next to none are open.
 */
export const LIST_CASES: Statement = {
  name: 'list-erasure-cases',
  replan: true,
  text: `
    SELECT ${LINE} FROM erasure_case k LEFT JOIN erasure_appeal a ON a.case_id = k.id
    WHERE ($1::text IS NULL OR CASE $1::text
        WHEN 'open' THEN k.closed_at IS NULL
        WHEN 'closed' THEN k.closed_at IS NOT NULL
        WHEN 'waiting-for-marketing' THEN k.closed_at IS NULL AND k.answered_at IS NULL
        WHEN 'found' THEN k.closed_at IS NULL AND k.answered_at IS NOT NULL AND k.findings IS NOT NULL
        WHEN 'searching' THEN k.closed_at IS NULL AND k.answered_at IS NOT NULL AND k.findings IS NULL END)
      AND (NOT $2::boolean OR (a.case_id IS NOT NULL AND a.decided_at IS NULL))
      AND ($3::date IS NULL OR a.due_on < $3)
      AND (k.requested_at, k.id) > ($4::timestamptz, $5::uuid)
    ORDER BY k.requested_at, k.id LIMIT $6`,
};

/** $1 case id */
export const LOCK_CASE: Statement = {
  name: 'lock-erasure-case',
  text: 'SELECT id, ground, requested_by FROM erasure_case WHERE id = $1 FOR UPDATE',
};

/** $1 case id, $2 received at, $3 received by, $4 recorded by, $5 due on, $6 who had decided. Answers nothing when there was one. */
export const RECORD_APPEAL: Statement = {
  name: 'record-appeal',
  text: `
    INSERT INTO erasure_appeal (case_id, received_at, received_by, recorded_by, due_on, contested) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (case_id) DO NOTHING RETURNING case_id`,
};

/** $1 case id */
export const LOCK_APPEAL: Statement = {
  name: 'lock-appeal',
  text: 'SELECT contested, decided_at FROM erasure_appeal WHERE case_id = $1 FOR UPDATE',
};

/** $1 case id, $2 outcome, $3 decided by, $4 now */
export const DECIDE_APPEAL: Statement = {
  name: 'decide-appeal',
  text: 'UPDATE erasure_appeal SET outcome = $2, decided_by = $3, decided_at = $4 WHERE case_id = $1',
};

/** $1 today in Finland */
export const COUNT_LATE_APPEALS: Statement = {
  name: 'count-late-appeals',
  text: 'SELECT count(*)::int AS late FROM erasure_appeal WHERE decided_at IS NULL AND due_on < $1',
};
