import type { BucketEntry } from '#contracts/reconcile.v1.js';
import { compareOrder, type Order } from '#contracts/order.js';

/** What marketing holds or remembers of one reference. */
export interface LocalEntry extends BucketEntry {
  /** `held`: listed, with this order and content. `awaiting`: the pull is under way. `out`: tombstone. `erased`: for ever. */
  readonly state: 'held' | 'awaiting' | 'out' | 'erased';
}

export type RefOrder = Order & { readonly ref: string };

/** What has to be done so that both sides agree again. */
export interface Repairs {
  /** The register is newer: a change is on its way, or was lost. Pull, under the register's order. */
  readonly pull: readonly RefOrder[];
  /** The same order with other content: must never be. Pull again. */
  readonly differing: readonly RefOrder[];
  /** The register does not list them: out at once. Mostly a withdrawal on its way; else an alarm. */
  readonly unlisted: readonly RefOrder[];
  /** Marketing knows more than the register: out at once. */
  readonly ahead: readonly RefOrder[];
  /** The register lists somebody whom it once told us to erase. Stays out. */
  readonly erased: readonly RefOrder[];
}

/**
 * Compares one bucket. `local` was read before the register was asked, so a change made in between can only
 * make the register look newer, never marketing.
 */
export function compareBucket(local: readonly LocalEntry[], register: readonly BucketEntry[]): Repairs {
  const repairs = { pull: [] as RefOrder[], differing: [] as RefOrder[], unlisted: [] as RefOrder[], ahead: [] as RefOrder[], erased: [] as RefOrder[] };
  const here = new Map(local.map((entry) => [entry.ref, entry]));
  const listed = new Set(register.map(({ ref }) => ref));
  for (const theirs of register) {
    const ours = here.get(theirs.ref);
    if (ours === undefined) repairs.pull.push(orderOf(theirs));
    else compareEntry(ours, theirs, repairs);
  }
  for (const ours of local) {
    if (ours.state === 'held' && !listed.has(ours.ref)) repairs.unlisted.push(orderOf(ours));
  }
  return repairs;
}

function compareEntry(ours: LocalEntry, theirs: BucketEntry, repairs: Record<keyof Repairs, RefOrder[]>): void {
  const news = compareOrder(theirs, ours);
  switch (ours.state) {
    case 'erased':
      repairs.erased.push(orderOf(ours));
      return;
    case 'awaiting':
      if (news > 0) repairs.pull.push(orderOf(theirs));
      return;
    case 'out':
      // The register lists her at an order at which we are sure that she is out.
      if (news > 0) repairs.pull.push(orderOf(theirs));
      else if (news === 0) repairs.differing.push(orderOf(theirs));
      return;
    case 'held':
      if (news > 0) repairs.pull.push(orderOf(theirs));
      else if (news < 0) repairs.ahead.push(orderOf(ours));
      else if (theirs.digest !== ours.digest) repairs.differing.push(orderOf(theirs));
      return;
    default:
      ours.state satisfies never;
  }
}

function orderOf({ ref, epoch, version }: RefOrder): RefOrder {
  return { ref, epoch, version };
}
