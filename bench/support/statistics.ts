/** The value below which `share` (0…1) of the samples lie; NaN without samples. Sorts nothing in place. */
export function percentile(samples: readonly number[] | Float64Array, share: number): number {
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

/** Three significant digits: more would pretend a precision that a shared machine does not have. */
export function significant(value: number): number {
  return Number(value.toPrecision(3));
}
