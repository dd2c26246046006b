import { hasLapsed, lastSign, type RetainedPurpose } from '../retention/lapse.js';
import { mayBeUnderAge, WITHDRAWAL_TOLERANCE_MS } from '../consents/consent.js';

/** One record of a consent for a recipient and purpose that took effect, in the order of recording. */
export interface DisclosureDecision {
  readonly id: string;
  readonly decision: 'granted' | 'withdrawn';
  readonly decidedAt: Date;
}

export interface SentNotice {
  readonly id: string;
  readonly sentAt: Date;
}

export interface Person {
  readonly birthYear: number | null;
  readonly restrictedAt: Date | null;
  readonly endedAt: Date | null;
  /** When she was last heard of. */
  readonly activeAt: Date;
}

/** For what, and the purposes of the profile with their periods. */
export interface ReleasePurpose {
  readonly purpose: string;
  readonly purposes: readonly RetainedPurpose[];
}

export type ReleaseOutcome =
  | { readonly kind: 'may-leave'; readonly consentId: string; readonly noticeId: string }
  | { readonly kind: 'refused'; readonly reason: 'restricted' | 'ended' | 'under-age' | 'no-consent' | 'no-notice' };

/**
 * Whether data of a person may leave the company (R5): only on a consent in force for this recipient and purpose, and after she
 * was notified of it apart from that consent. A notice from before her last withdrawal says nothing of what she agreed to since.
 * A consent that has lapsed is none, whether retention has been by yet or not. Someone who may have been under 13 when she consented is not disclosed at all.
 */
export function decideRelease(
  person: Person, decisions: readonly DisclosureDecision[], notices: readonly SentNotice[], { purpose, purposes }: ReleasePurpose, now: Date,
): ReleaseOutcome {
  const refused = (reason: Extract<ReleaseOutcome, { kind: 'refused' }>['reason']): ReleaseOutcome => ({ kind: 'refused', reason });
  if (person.restrictedAt) return refused('restricted');
  if (person.endedAt) return refused('ended');
  const last = decisions.at(-1);
  if (last?.decision !== 'granted') return refused('no-consent');
  if (hasLapsed(purposes, purpose, lastSign(person.activeAt, last.decidedAt), now)) return refused('no-consent');
  if (mayBeUnderAge(person.birthYear, last.decidedAt)) return refused('under-age');
  const withdrawnAt = decisions.findLast(({ decision }) => decision === 'withdrawn')?.decidedAt ?? new Date(0);
  const notice = notices.findLast(({ sentAt }) => sentAt > withdrawnAt && sentAt <= now);
  return notice ? { kind: 'may-leave', consentId: last.id, noticeId: notice.id } : refused('no-notice');
}

/**
 * Whether a decision takes effect beside those that did: the person's order counts, not that of arrival, and of two at the same
 * time the withdrawal.
 */
export function takesEffect(decisions: readonly DisclosureDecision[], command: Pick<DisclosureDecision, 'decision' | 'decidedAt'>): boolean {
  const newest = Math.max(...decisions.map(({ decidedAt }) => decidedAt.getTime()), Number.NEGATIVE_INFINITY);
  const lead = command.decidedAt.getTime() - newest;
  return command.decision === 'withdrawn' ? lead >= -WITHDRAWAL_TOLERANCE_MS : lead > 0;
}
