import { after, before } from './duration.js';

/** As whom retention acts, in records and in the log of erasures. */
export const RETENTION = 'retention';

/**
 * What retention does (GDPR Art. 5(1)(e)): erase those whose relationship ended, let consents lapse that nobody lives by any more, and forget who
 * read whom long ago.
 */
export const RULES = ['relationship-ended', 'consent-inactive', 'read-log'] as const;
export type Rule = (typeof RULES)[number];

/** What the log of reads is kept for; its annotation says the same to the person. */
export const READ_LOG_PURPOSE = 'rights-and-obligations';

export interface RetainedPurpose {
  readonly code: string;
  /** ISO 8601 duration. */
  readonly retention: string;
}

/**
 * The moment at or before which a rule takes hold: of an ended relationship when the period of every purpose is over, because
 * until then one of them still needs the data; of marketing consents when the period of marketing has gone by without a sign; of reads when
 * the period of their purpose is over, or that of every purpose if the profile does not name it.
 */
export function cutoff(rule: Rule, purposes: readonly RetainedPurpose[], now: Date): Date {
  switch (rule) {
    case 'relationship-ended': return oldest(purposes, now);
    case 'consent-inactive': return before(now, marketingPeriod(purposes));
    case 'read-log': {
      const own = purposes.filter(({ code }) => code === READ_LOG_PURPOSE);
      return oldest(own.length > 0 ? own : purposes, now);
    }
    default: return rule satisfies never;
  }
}

/** Days for which the end of a relationship has to be known before anybody is erased for it: a wrong date can be seen, and taken back. */
export const DAYS_KNOWN = 30;

/** The moment up to which the register must have been told of an end that it erases for now. */
export function toldBy(now: Date): Date {
  return before(now, `P${DAYS_KNOWN}D`);
}

/** When the consents of somebody last active then have lapsed. A decision of hers after that moment is newer than the lapse. */
export function lapsedAt(activeAt: Date, purposes: readonly RetainedPurpose[], now: Date): Date {
  const end = after(activeAt, marketingPeriod(purposes));
  return end < now ? end : now;
}

function oldest(purposes: readonly RetainedPurpose[], now: Date): Date {
  return new Date(Math.min(...purposes.map(({ retention }) => before(now, retention).getTime())));
}

function marketingPeriod(purposes: readonly RetainedPurpose[]): string {
  const marketing = purposes.find(({ code }) => code === 'marketing');
  if (!marketing) throw new RangeError('the profile has no purpose of marketing');
  return marketing.retention;
}
