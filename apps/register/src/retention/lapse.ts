import { after, before } from './duration.js';

export interface RetainedPurpose {
  readonly code: string;
  /** GDPR Art. 6(1); of those on `consent` a consent lapses. */
  readonly legalBasis: string;
  /** ISO 8601 duration. */
  readonly retention: string;
}

/** Since when somebody must have been heard of for her consents for a purpose to hold. */
export interface Lapse {
  readonly purpose: string;
  readonly cutoff: Date;
}

/** The purposes that rest on consent, each with its own period. */
export function lapses(purposes: readonly RetainedPurpose[], now: Date): Lapse[] {
  return purposes.filter(({ legalBasis }) => legalBasis === 'consent').map(({ code, retention }) => ({ purpose: code, cutoff: before(now, retention) }));
}

/** When she was last heard of, for a consent: when she gave it, or later. */
export function lastSign(activeAt: Date, decidedAt: Date): Date {
  return activeAt > decidedAt ? activeAt : decidedAt;
}

/** Whether a consent for that purpose has lapsed, of somebody last heard of at `sign`. Nothing lapses for a purpose that the profile does not name. */
export function hasLapsed(purposes: readonly RetainedPurpose[], purpose: string, sign: Date, now: Date): boolean {
  return lapses(purposes, now).some((lapse) => lapse.purpose === purpose && sign <= lapse.cutoff);
}

/** When a consent for that purpose has lapsed, never later than now: a decision of hers after that moment is newer than the lapse. */
export function lapsedAt(purposes: readonly RetainedPurpose[], purpose: string, sign: Date, now: Date): Date {
  const found = purposes.find(({ code }) => code === purpose);
  if (!found) throw new RangeError('the profile does not name the purpose');
  const end = after(sign, found.retention);
  return end < now ? end : now;
}
