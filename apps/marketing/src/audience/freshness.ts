/** Whether lists may be shown now: silence, and doubt about who speaks, close them. */

/** The newest watermark heard, and who said it about whom. */
export interface HeardWatermark {
  /** Incarnation of the register that issued it. */
  readonly epoch: number;
  /** Incarnation of marketing it speaks of. */
  readonly marketingEpoch: string | null;
  /** W: everything committed in the register before it has been applied here. */
  readonly watermark: Date;
  /** The register's clock when it was issued. */
  readonly issuedAt: Date;
  /** Our own clock when it came. */
  readonly receivedAt: Date;
}

/** What is known of the link to the register. */
export interface Link {
  readonly marketingEpoch: string;
  /** The highest incarnation of the register heard of; null before the first word. */
  readonly registerEpoch: number | null;
  readonly heard: HeardWatermark | null;
  /** An epoch changed, and both sides have not been compared since. */
  readonly reconcileDue: boolean;
}

export const STALE_REASONS = ['no-watermark', 'not-heard-since', 'epoch-differs', 'reconcile-due', 'watermark-ahead', 'too-old'] as const;
export type StaleReason = (typeof STALE_REASONS)[number];

export type Freshness =
  | { readonly fresh: true; readonly asOf: Date; readonly ageMs: number }
  | { readonly fresh: false; readonly reason: StaleReason; readonly asOf: Date | null; readonly ageMs: number | null };

/** A watermark this far in the future is a clock gone wrong, not a promise. */
export const TOLERATED_LEAD_MS = 5_000;

/**
 * How old the lists are, in milliseconds. The greater of two measures: by both clocks (now − W), and by how long
 * ago the word came plus how far W lay behind it, which a register clock that runs ahead cannot shorten.
 */
export function ageMs(heard: HeardWatermark, now: Date): number {
  const byClocks = now.getTime() - heard.watermark.getTime();
  const bySilence = now.getTime() - heard.receivedAt.getTime() + heard.issuedAt.getTime() - heard.watermark.getTime();
  return Math.max(byClocks, bySilence);
}

/** Judges the link at `now`; `limitMs` is the greatest age at which lists are still shown. */
export function judgeFreshness(link: Link, now: Date, limitMs: number): Freshness {
  const { heard } = link;
  if (heard === null) return { fresh: false, reason: 'no-watermark', asOf: null, ageMs: null };
  const age = ageMs(heard, now);
  const stale = (reason: StaleReason): Freshness => ({ fresh: false, reason, asOf: heard.watermark, ageMs: age });
  if (heard.epoch !== link.registerEpoch || heard.marketingEpoch !== link.marketingEpoch) return stale('epoch-differs');
  if (link.reconcileDue) return stale('reconcile-due');
  if (heard.watermark.getTime() - now.getTime() > TOLERATED_LEAD_MS) return stale('watermark-ahead');
  if (age > limitMs) return stale('too-old');
  return { fresh: true, asOf: heard.watermark, ageMs: age };
}
