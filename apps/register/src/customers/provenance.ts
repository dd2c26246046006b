/** Where a value came from (seed of the register statement: customer, staff, or a publication with its citation). */
export interface Source {
  readonly kind: 'customer' | 'staff' | 'public';
  /** Required for `public`: what publication, precise enough to find it again. */
  readonly citation?: string | undefined;
}

/** Whose word it is when the caller does not say: that of staff who write themselves, and otherwise the customer's, for whom programs write. */
export function sourceOf(stated: Source | undefined, caller: { readonly kind: 'program' | 'staff' | 'customer' }): Source {
  return stated ?? { kind: caller.kind === 'staff' ? 'staff' : 'customer' };
}

/** What is kept beside every field: source, who wrote it, when (ISO 8601 UTC). */
export interface FieldOrigin {
  readonly source: Source['kind'];
  readonly citation?: string;
  readonly actor: string;
  readonly at: string;
}

/** Field name, as in the API with dots (`contact.email`), to its origin. */
export type Provenance = Readonly<Record<string, FieldOrigin>>;

export function originOf(source: Source, actor: string, at: Date): FieldOrigin {
  return { source: source.kind, ...(source.citation ? { citation: source.citation } : {}), actor, at: at.toISOString() };
}

/**
 * The fields that `source` may not overwrite. Public sources never replace what the customer said:
 * her word is newer knowledge than any publication that could be read before it (GDPR Art. 5(1)(d)).
 */
export function protectedFields(provenance: Provenance, fields: readonly string[], source: Source): string[] {
  return source.kind === 'public' ? fields.filter((field) => provenance[field]?.source === 'customer') : [];
}

/** Provenance after `changed` were set and `removed` cleared. */
export function withOrigins(provenance: Provenance, changed: readonly string[], removed: readonly string[], origin: FieldOrigin): Provenance {
  const kept = Object.entries(provenance).filter(([field]) => !removed.includes(field));
  return Object.fromEntries([...kept, ...changed.map((field) => [field, origin] as const)]);
}
