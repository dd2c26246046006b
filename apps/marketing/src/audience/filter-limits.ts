/** Filters may be nested this deep: the filter itself is at depth 1, what stands in its `all` at depth 2. */
export const MAX_FILTER_DEPTH = 8;
/** Conditions a filter may have, those of nested filters included. An empty filter or group counts as one. */
export const MAX_CONDITIONS = 200;
/** Snapshots a filter may name: the members of each are read for every answer, 125 kB for a million people. */
export const MAX_SNAPSHOTS = 10;

/** What nests filters in a filter. */
export const GROUPS = ['all', 'any', 'none'] as const;

/** Where and how a filter is too much. */
export interface Excess {
  readonly path: (string | number)[];
  readonly code: 'too-deep' | 'too-many-conditions' | 'too-many-snapshots';
  readonly message: string;
}

interface Place {
  readonly filter: unknown;
  readonly depth: number;
  readonly path: readonly (string | number)[];
}

/**
 * Looks at anything that claims to be a filter, before anything that calls itself does: walks with a list in place of the
 * stack, and stops at the first excess, so that no input costs more than the limits allow.
 */
export function excessOf(filter: unknown): Excess | undefined {
  const places: Place[] = [{ filter, depth: 1, path: [] }];
  let conditions = 0;
  let snapshots = 0;
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    if (place.depth > MAX_FILTER_DEPTH) {
      return { path: [...place.path], code: 'too-deep', message: `must not be nested deeper than ${MAX_FILTER_DEPTH} filters` };
    }
    const nested = nestedIn(place);
    conditions += Math.max(ownConditions(place.filter), nested.length === 0 ? 1 : 0);
    if (conditions + nested.length > MAX_CONDITIONS) {
      return { path: [], code: 'too-many-conditions', message: `must have at most ${MAX_CONDITIONS} conditions` };
    }
    if (typeof place.filter === 'object' && place.filter !== null && 'snapshot' in place.filter) snapshots += 1;
    if (snapshots > MAX_SNAPSHOTS) {
      return { path: [], code: 'too-many-snapshots', message: `must name at most ${MAX_SNAPSHOTS} snapshots` };
    }
    places.push(...nested);
  }
  return undefined;
}

function nestedIn({ filter, depth, path }: Place): Place[] {
  if (typeof filter !== 'object' || filter === null) return [];
  return GROUPS.flatMap((group) => {
    const members: unknown = (filter as Record<string, unknown>)[group];
    return Array.isArray(members) ? members.map((member, at) => ({ filter: member as unknown, depth: depth + 1, path: [...path, group, at] })) : [];
  });
}

function ownConditions(filter: unknown): number {
  if (typeof filter !== 'object' || filter === null) return 0;
  return Object.keys(filter).filter((name) => !(GROUPS as readonly string[]).includes(name)).length;
}
