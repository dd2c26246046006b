import type { Needles } from './needles.js';
import type { Finding, Unsearched } from './sought.js';
import type { Tally } from './tally.js';

/** Places of one case that are listed; more do not tell an operator more. */
const MOST_PLACES = 20;
/** Findings beyond the first of each case, and places that could not be searched. */
const MOST_OTHERS = 10_000;

/**
 * What one search has found, in memory that does not grow with people times places: of each case the first place is always listed, so that
 * nobody who was found is missed; of the others not all, but all are counted.
 */
export class Places {
  readonly found: Finding[] = [];
  readonly unsearched: Unsearched[] = [];
  /** How many more there are than are listed. */
  readonly more = { found: 0, unsearched: 0 };
  private readonly listed = new Map<string, number>();

  constructor(private readonly needles: Needles, private readonly store: string) {}

  add(tally: Tally, place: string): void {
    for (const finding of tally.findings(this.needles, this.store, place)) {
      const listed = this.listed.get(finding.caseId) ?? 0;
      const isOther = listed > 0;
      if (isOther && (listed >= MOST_PLACES || this.found.length - this.listed.size >= MOST_OTHERS)) { this.more.found += 1; continue; }
      this.listed.set(finding.caseId, listed + 1);
      this.found.push(finding);
    }
  }

  addUnsearched(place: string, reason: string): void {
    if (this.unsearched.length < MOST_OTHERS) this.unsearched.push({ store: this.store, place, reason });
    else this.more.unsearched += 1;
  }
}
