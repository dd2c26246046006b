const WEIGHTS = [7, 9, 10, 5, 8, 4, 2] as const;

/**
 * Whether `value` is a Finnish business identity code (y-tunnus), `NNNNNNN-C`.
 * Check digit: weighted sum mod 11; remainder 0 → 0, 1 → never issued, else 11 − remainder.
 */
export function isBusinessId(value: string): boolean {
  const match = /^(\d{7})-(\d)$/.exec(value);
  if (!match?.[1] || !match[2]) return false;
  const digits = match[1];
  const remainder = WEIGHTS.reduce((sum, weight, i) => sum + weight * Number(digits[i]), 0) % 11;
  if (remainder === 1) return false;
  return Number(match[2]) === (remainder === 0 ? 0 : 11 - remainder);
}
