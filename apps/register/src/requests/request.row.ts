import type { OwnRequestView, RequestKind, RequestState, RequestView, ReceivedBy } from './requests.schemas.js';
import type { Day } from './finnish-holidays.js';

/** In place of a user name: whoever the configuration names as the data-protection contact (R2). */
export const CONTACT = 'contact:data-protection';

/** A request as REQUEST_COLUMNS selects it. */
export interface RequestRow {
  readonly id: string;
  readonly customer_id: string | null;
  readonly kind: RequestKind;
  readonly received_at: Date;
  readonly received_by: ReceivedBy;
  readonly due_on: Day;
  readonly assignee: string;
  readonly state: RequestState;
  readonly extension_reason: 'complexity' | 'number-of-requests' | null;
  readonly extension_told_at: Date | null;
  readonly outcome: RequestView['outcome'];
  readonly closed_at: Date | null;
  readonly created_by: string | null;
}

/** As TAKEN_IN selects it. */
export interface TakenInRow extends RequestRow {
  readonly actor: string;
  readonly actor_kind: string;
  readonly note: string | null;
}

export interface StepRow {
  readonly at: Date;
  readonly actor: string;
  readonly step: string;
  readonly assignee: string | null;
  readonly reason: string | null;
  readonly told_at: Date | null;
  readonly told_by: string | null;
  readonly note: string | null;
}

/** As the person sees it: not who handles it, which is a colleague's data (see access-log/reader-shown.ts). @param today in Finland */
export function ownViewOf(row: RequestRow, today: Day): OwnRequestView {
  return {
    id: row.id, kind: row.kind, receivedAt: row.received_at.toISOString(), receivedBy: row.received_by, dueOn: row.due_on,
    late: row.closed_at === null && row.due_on < today,
    state: row.state,
    extension: row.extension_reason && row.extension_told_at ? { reason: row.extension_reason, toldAt: row.extension_told_at.toISOString() } : null,
    outcome: row.outcome,
    closedAt: row.closed_at?.toISOString() ?? null,
  };
}

/** @param contactName of the configured data-protection contact */
export function requestViewOf(row: RequestRow, today: Day, contactName: string): RequestView {
  const username = row.assignee === CONTACT ? null : row.assignee;
  return { ...ownViewOf(row, today), customerId: row.customer_id, assignee: { username, name: username ?? contactName } };
}
