/** The five numbers of two overlapping sets. */
export interface OverlapCounts {
  readonly a: number;
  readonly b: number;
  readonly both: number;
}

type Shown = Record<'a' | 'b' | 'both' | 'onlyA' | 'onlyB', number | null>;

/**
 * Hides small groups from callers who may not see lists. The three parts are hidden together as soon as one of them is small:
 * any one of them follows from the other two numbers of its side. A side is shown when it is not small itself.
 * @param threshold counts below it are hidden; 0 hides none
 */
export function shownOverlap({ a, b, both }: OverlapCounts, threshold: number, scopes: readonly string[]): Shown & { readonly below?: number } {
  const parts = { both, onlyA: a - both, onlyB: b - both };
  if (scopes.includes('audience:query') || Object.values(parts).every((part) => part >= threshold)) return { a, b, ...parts };
  const side = (count: number): number | null => (count >= threshold ? count : null);
  return { a: side(a), b: side(b), both: null, onlyA: null, onlyB: null, below: threshold };
}
