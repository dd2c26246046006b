import type { AbuseReason, ErasureGround } from './erasure.schemas.js';

/** Who decided that somebody abused the shop, when, and why. */
export interface AbuseDecision {
  /** Null when only the log of erasures knows of it, and was written before reasons were. */
  readonly reasonCode: AbuseReason | null;
  /** A user name of staff. */
  readonly decidedBy: string;
  readonly decidedAt: Date;
}

/** The decision that an entry of the log of erasures tells of; null when it is about something else. */
export function decisionOf(entry: { readonly ground: string; readonly requested_by: string; readonly logged_at: Date; readonly reason_code: string | null }): AbuseDecision | null {
  return entry.ground === 'abuse' ? { reasonCode: entry.reason_code as AbuseReason | null, decidedBy: entry.requested_by, decidedAt: entry.logged_at } : null;
}

/** As what the addresses of somebody erased on that ground are closed. */
export function suppressionReasonOf(ground: string): 'abuse' | 'erased' {
  return (ground as ErasureGround) === 'abuse' ? 'abuse' : 'erased';
}
