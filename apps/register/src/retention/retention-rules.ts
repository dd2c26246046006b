import { before } from './duration.js';
import { lapses, type RetainedPurpose } from './lapse.js';

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

/**
 * The moment at or before which a rule takes hold: of an ended relationship when the period of every purpose is over, because
 * until then one of them still needs the data; of consents when the shortest period of a purpose that rests on them has gone by without a sign
 * (which of hers have lapsed, `hasLapsed` tells); of reads when the period of their purpose is over, or that of every purpose if the profile does not name it.
 */
export function cutoff(rule: Rule, purposes: readonly RetainedPurpose[], now: Date): Date {
  switch (rule) {
    case 'relationship-ended': return oldest(purposes, now);
    case 'consent-inactive': return new Date(Math.max(...lapses(purposes, now).map((lapse) => lapse.cutoff.getTime())));
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

function oldest(purposes: readonly RetainedPurpose[], now: Date): Date {
  return new Date(Math.min(...purposes.map(({ retention }) => before(now, retention).getTime())));
}
