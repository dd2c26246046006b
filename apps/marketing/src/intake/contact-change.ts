import { type Channel } from '#contracts/channel.js';
import type { ConsentChanged } from '#contracts/consent-changed.v1.js';
import { compareOrder, type Order } from '#contracts/order.js';

/** What is remembered of a reference: the newest order seen, for ever. */
export interface Stored extends Order {
  /** Channels remain, and the data of this order has not come from the register yet. */
  readonly awaitingData: boolean;
  readonly erased: boolean;
}

/** What a message does to a reference. */
export type ContactChange =
  /** Older than or equal to what is stored: changes nothing. */
  | { readonly kind: 'ignore' }
  /** The person is out: the contact goes, the tombstone stays. */
  | { readonly kind: 'drop'; readonly order: Order }
  /** As drop, and for ever. */
  | { readonly kind: 'erase'; readonly order: Order }
  /** The reference was erased before; only the order is noted. A person who comes back gets a new reference. */
  | { readonly kind: 'stay-erased'; readonly order: Order }
  /** Channels remain: every other one is nulled at once, and the data is asked for. */
  | { readonly kind: 'pull'; readonly order: Order; readonly keep: readonly Channel[] };

/**
 * Decides what a message does. The outcome of a history is the same for every order of arrival and every
 * duplication. An erasure counts whatever its order, so that not even a register that was restored to
 * an earlier day, and therefore speaks with a higher epoch, brings an erased reference back.
 */
export function decideChange(stored: Stored | undefined, message: ConsentChanged): ContactChange {
  const order = stored === undefined ? orderOf(message) : newest(stored, message);
  const isNews = stored === undefined || compareOrder(message, stored) > 0;
  if (stored?.erased) return isNews ? { kind: 'stay-erased', order } : { kind: 'ignore' };
  if (message.erased) return { kind: 'erase', order };
  if (!isNews) return { kind: 'ignore' };
  if (message.channels.length === 0) return { kind: 'drop', order };
  return { kind: 'pull', order, keep: message.channels };
}

/** What is remembered after the change. */
export function rememberedAfter(stored: Stored | undefined, change: ContactChange): Stored | undefined {
  switch (change.kind) {
    case 'ignore':
      return stored;
    case 'drop':
      return { ...change.order, awaitingData: false, erased: false };
    case 'erase':
    case 'stay-erased':
      return { ...change.order, awaitingData: false, erased: true };
    case 'pull':
      return { ...change.order, awaitingData: true, erased: false };
    default:
      return change satisfies never;
  }
}

/** The one message that does what all messages about one reference do together. */
export function collapse(messages: readonly [ConsentChanged, ...ConsentChanged[]]): ConsentChanged {
  return messages.reduce((kept, next) => {
    const newer = compareOrder(next, kept) > 0 ? next : kept;
    const erasure = kept.erased ? kept : next.erased ? next : undefined;
    return erasure === undefined ? newer : { ...erasure, ...orderOf(newer) };
  });
}

/** One message per reference, sorted by reference: the order in which rows are locked. */
export function collapseByRef(messages: readonly ConsentChanged[]): ConsentChanged[] {
  const byRef = new Map<string, ConsentChanged>();
  for (const message of messages) {
    const kept = byRef.get(message.ref);
    byRef.set(message.ref, kept === undefined ? message : collapse([kept, message]));
  }
  return [...byRef.values()].sort((a, b) => (a.ref < b.ref ? -1 : 1));
}

function newest(a: Order, b: Order): Order {
  return orderOf(compareOrder(a, b) >= 0 ? a : b);
}

function orderOf({ epoch, version }: Order): Order {
  return { epoch, version };
}
