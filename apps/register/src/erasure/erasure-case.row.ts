import type { Day } from '../requests/finnish-holidays.js';
import type { AppealOutcome } from './appeal.schemas.js';
import { stateOf } from './case-state.js';
import type { ErasureCaseLine, ErasureCaseView } from './erasure-case.schemas.js';
import type { AbuseReason, ErasureGround } from './erasure.schemas.js';

/** A case with its appeal, as LIST_CASES selects it. */
export interface CaseLineRow {
  readonly id: string;
  readonly ground: ErasureGround;
  readonly requested_at: Date;
  /** With microseconds, which a Date has not: cases of one second differ by them. */
  readonly position: string;
  readonly answered_at: Date | null;
  readonly searched_at: Date | null;
  readonly findings: ErasureCaseView['findings'];
  readonly closed_at: Date | null;
  readonly appeal_received_at: Date | null;
  readonly appeal_due_on: Day | null;
  readonly appeal_outcome: AppealOutcome | null;
  readonly appeal_decided_at: Date | null;
  readonly appeal_decided_by: string | null;
}

/** As READ_CASE selects it. */
export interface CaseRow extends CaseLineRow {
  readonly rows_deleted: number;
  readonly statement: string | null;
  readonly requested_by: string;
  readonly reason_code: AbuseReason | null;
  readonly decided_at: Date | null;
  readonly has_certificate: boolean;
}

/** Who looks, and when. */
export interface Look {
  readonly now: Date;
  /** In Finland. */
  readonly today: Day;
  /** Names of colleagues are for staff. */
  readonly seesNames: boolean;
}

export function caseLine(row: CaseLineRow, look: Look): ErasureCaseLine {
  const { id, ground, requested_at: requestedAt, closed_at: closedAt } = row;
  return {
    caseId: id,
    ground,
    state: stateOf({ answered: row.answered_at !== null, hasFindings: row.findings !== null, closed: closedAt !== null }),
    requestedAt: requestedAt.toISOString(),
    openSeconds: Math.max(0, Math.floor(((closedAt ?? look.now).getTime() - requestedAt.getTime()) / 1_000)),
    searchedAt: row.searched_at?.toISOString() ?? null,
    closedAt: closedAt?.toISOString() ?? null,
    findings: row.findings,
    appeal: appealOf(row, look),
  };
}

export function caseView(row: CaseRow, look: Look): ErasureCaseView {
  const { id, answered_at: answeredAt } = row;
  return {
    ...caseLine(row, look),
    rowsDeleted: row.rows_deleted,
    marketing: answeredAt ? { answeredAt: answeredAt.toISOString(), statement: row.statement ?? '' } : null,
    abuse: row.ground !== 'abuse' ? null : {
      reasonCode: row.reason_code, decidedAt: (row.decided_at ?? row.requested_at).toISOString(), decidedBy: look.seesNames ? row.requested_by : null,
    },
    certificate: row.has_certificate ? `/v1/erasures/${id}/certificate` : null,
  };
}

function appealOf(row: CaseLineRow, { today, seesNames }: Look): ErasureCaseLine['appeal'] {
  const { appeal_received_at: receivedAt, appeal_due_on: dueOn, appeal_decided_at: decidedAt } = row;
  if (!receivedAt || dueOn === null) return null;
  return {
    receivedAt: receivedAt.toISOString(), dueOn, late: decidedAt === null && dueOn < today,
    outcome: row.appeal_outcome, decidedAt: decidedAt?.toISOString() ?? null, decidedBy: seesNames ? row.appeal_decided_by : null,
  };
}
