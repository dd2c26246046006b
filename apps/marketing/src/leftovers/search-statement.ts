import { caseDigest, MAX_LISTED, type SearchStatement } from '#contracts/search.v1.js';

/** The stores that marketing has of its own; directories of the operator have other names. */
export const OWN_STORES = { database: 'marketing', exports: 'marketing-exports' } as const;
const LONGEST_PLACE = 300;

/** How one store was searched, and what came of it. */
export interface StoreSearched {
  readonly store: string;
  readonly what: 'tables' | 'files';
  readonly number: number;
  readonly bytes: number;
  readonly found: readonly { readonly caseId: string; readonly store: string; readonly place: string; readonly count: number }[];
  readonly unsearched: readonly { readonly store: string; readonly place: string; readonly reason: string }[];
  /** How many more there are than the search has listed. */
  readonly more?: { readonly found: number; readonly unsearched: number };
}

/** What is said of a round. However much was found, every case that was found is named; the rest may only be counted. */
export function searchStatement(round: Pick<SearchStatement, 'roundId' | 'searchedAt' | 'cases'>, searched: readonly StoreSearched[]): SearchStatement {
  const found = searched.flatMap((store) => store.found);
  const first = new Map(found.toReversed().map((finding) => [finding.caseId, finding]));
  const others = found.filter((finding) => first.get(finding.caseId) !== finding);
  const unsearched = searched.flatMap((store) => store.unsearched);
  return {
    ...round,
    stores: searched.map(({ store, what, number, bytes }) => ({ store, what, number, bytes })),
    found: [...first.values(), ...others.slice(0, MAX_LISTED)]
      .map(({ caseId, store, place, count }) => ({ case: caseDigest(caseId), store, place: shortened(place), count })),
    unsearched: unsearched.slice(0, MAX_LISTED).map(({ store, place, reason }) => ({ store, place: shortened(place), reason })),
    more: {
      found: Math.max(0, others.length - MAX_LISTED) + sum(searched, 'found'),
      unsearched: Math.max(0, unsearched.length - MAX_LISTED) + sum(searched, 'unsearched'),
    },
  };
}

function sum(searched: readonly StoreSearched[], which: 'found' | 'unsearched'): number {
  return searched.reduce((all, { more }) => all + (more?.[which] ?? 0), 0);
}

/** The end of a path tells more than its beginning. */
function shortened(place: string): string {
  return place.length <= LONGEST_PLACE ? place : `…${place.slice(1 - LONGEST_PLACE)}`;
}
