import type { SoughtKind } from '../certificates/certificate.schemas.js';
import type { SearchValues } from '../erasure/sealed-values.js';

/** One value of a case, or a group of values, and where it stands: positions count the values, and then the groups. */
export interface Placed {
  readonly position: number;
  readonly kind: SoughtKind;
  readonly texts: readonly string[];
}

export function placed({ values, together }: SearchValues): Placed[] {
  return [...values.map(({ kind, text }) => ({ kind, texts: [text] })), ...together.map((texts) => ({ kind: 'name-and-street' as const, texts }))]
    .map((each, position) => ({ position, ...each }));
}

/** The values that are left to look for without those at some positions, which a living customer has as well. */
export function withoutPositions({ values, together }: SearchValues, without: readonly number[]): SearchValues {
  return { values: values.filter((_, i) => !without.includes(i)), together: together.filter((_, i) => !without.includes(values.length + i)) };
}

/** Which kinds there are. */
export function kindsOf({ values, together }: SearchValues): SoughtKind[] {
  return [...new Set<SoughtKind>([...values.map(({ kind }) => kind), ...(together.length > 0 ? ['name-and-street' as const] : [])])];
}
