import type { SoughtKind } from '../certificates/certificate.schemas.js';
import type { SearchValues } from '../erasure/sealed-values.js';

/** The values that are left to look for when some kinds are not. @param without kinds that a living customer has as well, or that a store holds by design */
export function withoutKinds({ values, together }: SearchValues, without: readonly SoughtKind[]): SearchValues {
  return { values: values.filter(({ kind }) => !without.includes(kind)), together: without.includes('name-and-street') ? [] : together };
}

/** Which kinds there are. */
export function kindsOf({ values, together }: SearchValues): SoughtKind[] {
  return [...new Set<SoughtKind>([...values.map(({ kind }) => kind), ...(together.length > 0 ? ['name-and-street' as const] : [])])];
}
