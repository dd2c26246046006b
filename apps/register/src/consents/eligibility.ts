import type { Channel } from '#contracts/channel.js';
import { type Closures, isClosed } from '../suppression/closure.js';
import { type Decision, isValidForAge } from './consent.js';

/** What decides whether marketing may hold a person; dates null when the state does not apply. */
export interface Person {
  readonly birthYear: number | null;
  /** Since when a guardian agrees. */
  readonly guardianAt: Date | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly streetAddress: string | null;
  readonly postalCode: string | null;
  readonly city: string | null;
  readonly restrictedAt: Date | null;
  readonly objectedAt: Date | null;
  readonly endedAt: Date | null;
  /** Suppression of her addresses. */
  readonly closures: Closures;
}

export interface MarketingConsent {
  readonly channel: Channel;
  readonly decision: Decision;
  readonly decidedAt: Date;
}

/**
 * The marketing consents that may be used now: granted, reachable, and of a person who is not restricted
 * (GDPR Art. 18), has not objected (Art. 21(2)), is still a customer, and was of age when she gave them, or had a
 * guardian's agreement (Tietosuojalaki 5 §), to an address that is not suppressed. Empty: marketing must not hold the person at all.
 */
export function usableConsents<C extends MarketingConsent>(person: Person, consents: readonly C[]): C[] {
  if (person.restrictedAt || person.objectedAt || person.endedAt) return [];
  return consents
    .filter((c) => c.decision === 'granted' && isReachable(person, c.channel) && isValidForAge(person, c.decidedAt)
      && !isClosed(c.channel, c.decidedAt, person.closures))
    .sort((a, b) => (a.channel < b.channel ? -1 : 1));
}

function isReachable(person: Person, channel: Channel): boolean {
  switch (channel) {
    case 'email': return person.email !== null;
    case 'sms':
    case 'phone': return person.phone !== null;
    case 'post': return person.streetAddress !== null && person.postalCode !== null && person.city !== null;
    default: return channel satisfies never;
  }
}
