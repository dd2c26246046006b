import type { ErasureGround } from '../erasure/erasure.schemas.js';

/** One record of a person's standing; they are judged in the order of recording. */
export interface StandingEntry {
  readonly kind: string;
  readonly reason: string | null;
  readonly at: Date;
}

export interface Waiting {
  /** On what she would be erased if the hold ended now: the first of these. None: nothing waits that still stands. */
  readonly grounds: readonly ErasureGround[];
  /** Why she is restricted apart from what waits; null: because of that alone. */
  readonly wish: string | null;
}

/**
 * Judges what waits for the end of a legal hold by what has happened since it was asked for. What she did not ask for herself stops before her
 * wish to be restricted (GDPR Art. 18(2)); the end of a relationship that was resumed is none; a demand whose request was refused since is answered.
 * @param queued what waits first, in the hold itself @param refusedAt when a request of hers for erasure was last refused
 */
export function judgeWaiting(queued: ErasureGround | null, entries: readonly StandingEntry[], refusedAt: Date | null): Waiting {
  const wish = wishOf(entries);
  const underHold = entries.slice(entries.findLastIndex(({ kind }) => kind === 'hold-ended') + 1);
  const askedAs = (ground: ErasureGround): number => underHold.findLastIndex(({ kind, reason }) => kind === 'erasure-queued' && reason === ground);
  const stands = (ground: ErasureGround): boolean => {
    const asked = askedAs(ground);
    const demand = underHold[asked];
    if (!demand) return false;
    switch (ground) {
      case 'request': return !refusedAt || refusedAt < demand.at;
      case 'relationship-ended': return wish === null && !underHold.slice(asked).some(({ kind }) => kind === 'resumed');
      // Who decided, and why, is in the hold.
      case 'abuse': return wish === null && queued === 'abuse';
      default: return ground satisfies never;
    }
  };
  const inOrder = new Set<ErasureGround>([...(queued ? [queued] : []), 'request', 'relationship-ended']);
  return { grounds: [...inOrder].filter(stands), wish };
}

function wishOf(entries: readonly StandingEntry[]): string | null {
  const last = entries.findLast(({ kind }) => kind === 'restricted' || kind === 'restriction-lifted');
  return last?.kind === 'restricted' ? last.reason : null;
}
