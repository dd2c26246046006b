import type { Channel } from '#contracts/channel.js';

/** Marketing to an address is closed: nothing decided up to `since` counts any more, and after it only what the person opened anew. */
export interface Closure {
  readonly since: Date;
  readonly reopened: readonly Channel[];
}

/** What is closed of the addresses of one record; null: nothing. */
export interface Closures {
  readonly email: Closure | null;
  readonly phone: Closure | null;
}

export const NOTHING_CLOSED: Closures = { email: null, phone: null };

/**
 * What a grant meets at the door. `reopens`: her own fresh consent, the lawful way back. `too-old`: given before the address
 * was closed, so it is proof only. `closed`: newer, but not shown to be hers.
 */
export type Passage = 'open' | 'reopens' | 'too-old' | 'closed';

/** How a grant of the channel, decided at that time, passes everything that is closed on its way. */
export function passageOf(channel: Channel, decidedAt: Date, closures: readonly Closure[], isProven: boolean): Passage {
  if (closures.some(({ since }) => decidedAt <= since)) return 'too-old';
  if (closures.every(({ reopened }) => reopened.includes(channel))) return 'open';
  return isProven ? 'reopens' : 'closed';
}

/** The address by which a channel is judged. Paper has no address of its own here: the email stands for the person, or else the phone. */
export function addressOf(channel: Channel, known: { readonly email: string | null; readonly phone: string | null }): 'email' | 'phone' | null {
  switch (channel) {
    case 'email': return 'email';
    case 'sms':
    case 'phone': return 'phone';
    case 'post': return known.email !== null ? 'email' : known.phone !== null ? 'phone' : null;
    default: return channel satisfies never;
  }
}

/**
 * Whether a consent in force may not be used, because its address is closed: the second look, after the door. A consent to
 * paper mail given after the closing has passed the door; which addresses stand in the record later does not matter to it.
 */
export function isClosed(channel: Channel, decidedAt: Date, closures: Closures): boolean {
  const closure = channel === 'email' || channel === 'post' ? closures.email : closures.phone;
  if (!closure) return false;
  return decidedAt <= closure.since || (channel !== 'post' && !closure.reopened.includes(channel));
}
