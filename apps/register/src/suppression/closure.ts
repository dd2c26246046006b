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
  /** Of the name together with the postal address, for a record that came in after the closing: who was there before is somebody else. */
  readonly post: Closure | null;
}

export const NOTHING_CLOSED: Closures = { email: null, phone: null, post: null };

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

/** The address by which a channel is judged. For paper the email stands for the person, or else the phone, or else her name and postal address. */
export function addressOf(channel: Channel, known: { readonly email: string | null; readonly phone: string | null }): keyof Closures {
  switch (channel) {
    case 'email': return 'email';
    case 'sms':
    case 'phone': return 'phone';
    case 'post': return known.email !== null ? 'email' : known.phone !== null ? 'phone' : 'post';
    default: return channel satisfies never;
  }
}

/**
 * Everything that is closed on the way of a grant of the channel. Paper to the name and address of somebody who was erased or objects: what
 * was decided before is too old, whichever email or phone the record has beside it.
 */
export function closuresFor(channel: Channel, known: { readonly email: string | null; readonly phone: string | null }, closures: Closures): Closure[] {
  const address = addressOf(channel, known);
  const before = channel === 'post' && address !== 'post' && closures.post ? { since: closures.post.since, reopened: [channel] } : null;
  return [closures[address], before].filter((closure) => closure !== null);
}

/**
 * Whether a consent in force may not be used, because its address is closed: the second look, after the door. Who was registered while
 * she was being erased has passed the door before it was shut, so an email, which is nobody else's, is asked for paper too.
 * A name with an address, and a phone, may be another's: what was given after their closing was judged at the door.
 */
export function isClosed(channel: Channel, decidedAt: Date, closures: Closures): boolean {
  if (channel === 'post' && closures.post && decidedAt <= closures.post.since) return true;
  const closure = channel === 'email' || channel === 'post' ? closures.email : closures.phone;
  return closure !== null && (decidedAt <= closure.since || !closure.reopened.includes(channel));
}
