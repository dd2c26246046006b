import type { DisclosureView, Ledger, RecipientNoticeView, RecipientView } from './disclosures.schemas.js';

export interface DisclosureRow {
  readonly id: string;
  readonly customer_id: string;
  readonly recipient: string;
  readonly purpose: string;
  readonly fields: string[];
  readonly legal_basis: string;
  readonly released_at: Date;
}

export function ledgerEntry(row: DisclosureRow, recipient: RecipientView): DisclosureView {
  return {
    disclosureId: row.id, recipient, purpose: row.purpose, fields: row.fields, legalBasis: row.legal_basis, releasedAt: row.released_at.toISOString(),
  };
}

export interface DisclosureConsentRow {
  readonly recipient: string;
  readonly purpose: string;
  readonly decision: 'granted' | 'withdrawn';
  readonly decided_at: Date;
  readonly recorded_at: Date;
  readonly in_effect: boolean;
  readonly wording_id: string | null;
  readonly wording_version: number | null;
  readonly wording_language: string | null;
  readonly wording_sha256: string | null;
  readonly method: string;
  readonly form: string | null;
  readonly source_system: string;
}

export function consentRecordView(row: DisclosureConsentRow, recipient: RecipientView): Ledger['consents'][number] {
  const { wording_id: id, wording_version: version, wording_language: language, wording_sha256: sha256 } = row;
  return {
    recipient, purpose: row.purpose, decision: row.decision, decidedAt: row.decided_at.toISOString(), recordedAt: row.recorded_at.toISOString(),
    inEffect: row.in_effect,
    wording: id !== null && version !== null && language !== null && sha256 !== null ? { id, version, language, sha256 } : null,
    method: row.method, form: row.form, sourceSystem: row.source_system,
  };
}

export interface NoticeSentRow {
  readonly recipient: string;
  readonly purpose: string;
  readonly sent_at: Date;
  readonly sent_by: string;
}

export interface RecipientNoticeRow {
  readonly id: string;
  readonly recipient: string;
  readonly disclosure_id: string | null;
  readonly kind: RecipientNoticeView['kind'];
  readonly fields: string[];
  readonly created_on: string;
  readonly due_on: string;
  readonly done_at: Date | null;
}

/** @param today in Finland */
export function recipientNoticeView(row: RecipientNoticeRow, recipient: RecipientView, today: string): RecipientNoticeView {
  return {
    id: row.id, recipient, disclosureId: row.disclosure_id, kind: row.kind, fields: row.fields, createdOn: row.created_on, dueOn: row.due_on,
    late: row.done_at === null && row.due_on < today, doneAt: row.done_at?.toISOString() ?? null,
  };
}
