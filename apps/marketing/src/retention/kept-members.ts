import { type Bitmap, orInto } from '../audience-index/bitmap.js';

export interface MembersOfExport {
  readonly members: Bitmap;
  /** Members of exports that gave the same recipient the same columns later. */
  readonly later: readonly Bitmap[];
  /** Who must go from the recipient by this export, and the recipient has not said that she has. */
  readonly open: Bitmap;
  /** Who has gone from there. */
  readonly acknowledged: Bitmap;
}

/**
 * Whose membership of an old export is still needed, so that the recipient can be told when she leaves or is corrected (GDPR Art. 19): whoever it
 * may have by this export and by no later one. Who has gone from there is not; whoever it has by a later one is told of by that.
 */
export function keptMembers({ members, later, open, acknowledged }: MembersOfExport): Bitmap {
  const told = members.slice().fill(0);
  for (const each of later) orInto(told, each.subarray(0, told.length));
  return members.map((word, at) => word & ~(acknowledged[at] ?? 0) & (~(told[at] ?? 0) | (open[at] ?? 0)));
}
