/** A count as a caller may see it. */
export type ShownCount = { readonly count: number } | { readonly count: null; readonly below: number };

/**
 * Hides how small a small group is from callers who may not see lists anyway: a count of three, with a filter that names a
 * village and a birth year, tells about three people. Zero is hidden like three, or the difference would tell.
 * It does not hold against somebody who subtracts one large count from another; docs/audience-language.md says what does.
 * @param threshold counts below it are hidden; 0 hides none
 */
export function shownCount(count: number, threshold: number, scopes: readonly string[]): ShownCount {
  return scopes.includes('audience:query') || count >= threshold ? { count } : { count: null, below: threshold };
}
