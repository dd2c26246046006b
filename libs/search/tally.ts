import type { Needles } from './needles.js';
import type { Finding } from './sought.js';

/** Counts the rows or lines of one place in which each case was found: each once, however often it stands there. */
export class Tally {
  private readonly counts = new Map<number, { count: number; unit: number }>();

  /** @param unit number of the row or line, never smaller than before for the same case */
  note(found: number, unit: number): void {
    const seen = this.counts.get(found);
    if (seen === undefined) this.counts.set(found, { count: 1, unit });
    else if (seen.unit !== unit) Object.assign(seen, { count: seen.count + 1, unit });
  }

  get isEmpty(): boolean {
    return this.counts.size === 0;
  }

  findings(needles: Needles, store: string, place: string): Finding[] {
    return [...this.counts].map(([found, { count }]) => ({ caseId: needles.caseId(found), store, place, count }));
  }
}
