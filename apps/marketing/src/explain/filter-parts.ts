import type { Filter } from '../audience/filter.schemas.js';
import { GROUPS } from '../audience/filter-limits.js';

/** A part of a filter that can be asked alone, and where it stands in the filter (RFC 6901, such as `/any/0/city/is`). */
export interface FilterPart {
  readonly pointer: string;
  readonly filter: Filter;
}

/** What does not ask anything, but says of what the others in the field ask. */
const NOT_ASKING: ReadonlySet<string> = new Set(['channel', 'id', 'version']);

/**
 * The parts of a filter: each operator of each field, and each group before what stands in it.
 * Every part is a filter itself, so that it means exactly what it means in the whole.
 */
export function partsOf(filter: Filter, at = ''): FilterPart[] {
  return Object.entries(filter).flatMap(([name, given]: [string, unknown]): FilterPart[] => {
    if (given === undefined) return [];
    const pointer = `${at}/${name}`;
    const group = GROUPS.find((each) => each === name);
    if (group === undefined) return operatorsOf(name, given as Operators, pointer);
    const nested = filter[group] ?? [];
    return [{ pointer, filter: { [group]: nested } }, ...nested.flatMap((each, nth) => partsOf(each, `${pointer}/${nth}`))];
  });
}

type Operators = Readonly<Record<string, unknown>>;

function operatorsOf(field: string, given: Operators, pointer: string): FilterPart[] {
  const names = Object.keys(given).filter((name) => given[name] !== undefined);
  const asking = names.filter((name) => !NOT_ASKING.has(name));
  const rest = Object.fromEntries(names.filter((name) => NOT_ASKING.has(name)).map((name) => [name, given[name]]));
  // A wording, a snapshot, a channel alone: the field is the condition.
  if (asking.length === 0) return [{ pointer, filter: { [field]: given } }];
  return asking.map((name) => ({ pointer: `${pointer}/${name}`, filter: { [field]: { ...rest, [name]: given[name] } } }));
}
