import { caseDigest, type SearchStatement } from '#contracts/search.v1.js';

/** Where something was found, and how often; never what. */
export interface Leftover {
  readonly store: string;
  readonly place: string;
  readonly count: number;
}

/** A place that could not be searched: nobody can say that nothing is there. */
export interface NotSearched {
  readonly store: string;
  readonly place: string;
  readonly reason: string;
}

/** Why a case stays open: kept with it, and shown. */
export interface Findings {
  readonly found: readonly Leftover[];
  readonly unsearched: readonly NotSearched[];
}

/** What the register's own search has come to. */
export interface OwnResult {
  readonly found: readonly (Leftover & { readonly caseId: string })[];
  readonly unsearched: readonly NotSearched[];
}

/** Kept with each case; more places than these do not tell an operator more. */
const MOST_SHOWN = 20;
/** A statement becomes a part of each certificate of its round. */
const MOST_STATEMENT_LENGTH = 32_768;
const [FIRST_MS, LAST_MS] = [1_000, 15 * 60_000];
/** Searching takes a quarter of the time. It has a thread of its own, with less priority than the service: ADR 0018. */
const PAUSES_A_SEARCH = 3;

/** Of each case what keeps it open; null: nothing was found anywhere, and everything was searched. */
export function verdictsOf(caseIds: readonly string[], own: OwnResult, statement: SearchStatement): ReadonlyMap<string, Findings | null> {
  const unsearched = [...own.unsearched, ...statement.unsearched];
  const ownFound = groupedBy(own.found, ({ caseId }) => caseId);
  const theirs = groupedBy(statement.found, (each) => each.case);
  return new Map(caseIds.map((caseId) => {
    const found = [...(ownFound.get(caseId) ?? []), ...(theirs.get(caseDigest(caseId)) ?? [])];
    if (found.length === 0 && unsearched.length === 0) return [caseId, null];
    return [caseId, {
      found: found.slice(0, MOST_SHOWN).map(({ store, place, count }) => ({ store, place, count })),
      unsearched: unsearched.slice(0, MOST_SHOWN).map(({ store, place, reason }) => ({ store, place, reason })),
    }];
  }));
}

/** A long one tells of many that were found. The others get their certificates out of the next round, in which those are not looked for. */
export function fitsCertificates(statement: string): boolean {
  return statement.length <= MOST_STATEMENT_LENGTH;
}

/** Searching takes a quarter of the time; half of it while more people wait than a round takes. @param tookMs the round before, @param fixedMs as configured */
export function pauseAfter(tookMs: number, fixedMs: number | undefined, wasFull = false): number {
  return fixedMs ?? Math.min(LAST_MS, Math.max(FIRST_MS, (wasFull ? 1 : PAUSES_A_SEARCH) * tookMs));
}

/** When somebody who was found is looked for again: later each time, as somebody has to do something first. @param searches how often she was found */
export function againAfter(searches: number, pauseMs: number): number {
  return Math.min(LAST_MS, Math.max(1, pauseMs) * 2 ** Math.min(searches, 20));
}

function groupedBy<T>(all: readonly T[], keyOf: (each: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const group = groups.get(keyOf(each));
    if (group) group.push(each);
    else groups.set(keyOf(each), [each]);
  }
  return groups;
}
