import type { Channel } from '#contracts/channel.js';
import type { Condition, Leaf } from './condition.js';
import { EARLIEST_CONSENT, type Filter } from './filter.schemas.js';
import { GROUPS } from './filter-limits.js';

/** What a filter leaves open. */
export interface FilterContext {
  /** The channel of the list. */
  readonly channel: Channel;
  /** The moment that ages and days are counted from. */
  readonly now: Date;
  /** Snapshots by id: when each was taken, in whole seconds since 1970. */
  readonly snapshots?: ReadonlyMap<string, number>;
}

const DAY_SECONDS = 86_400;
const NOBODY: Condition = { kind: 'any', of: [] };

/**
 * Settles what a filter leaves open (the default channel, the clock, the moments of snapshots) and comes down to conditions.
 * @throws Error when the context does not know a snapshot of the filter: find them with `snapshotsIn` first
 */
export function resolveFilter(filter: Filter, context: FilterContext): Condition {
  return every([
    ...GROUPS.flatMap((kind): Condition[] => {
      const nested = filter[kind];
      return nested === undefined ? [] : [{ kind, of: nested.map((each) => resolveFilter(each, context)) }];
    }),
    ...interests(filter.interests),
    ...years(filter.birthYear),
    ...years(bornAt(filter.age, context.now)),
    ...named('occupation', filter.occupation, standard),
    ...named('city', filter.city, (name) => standard(name).toLowerCase()),
    ...postalCode(filter.postalCode),
    ...named('country', filter.country, same),
    ...named('language', filter.language, same),
    ...granted(filter.granted, context),
    ...wording(filter.wording, context),
    ...source(filter.source, context),
    ...snapshot(filter.snapshot, context),
  ]);
}

/** The snapshots that a filter names, each with its place in the filter. */
export function snapshotsIn(filter: Filter): { readonly id: string; readonly path: readonly (string | number)[] }[] {
  const own = filter.snapshot === undefined ? [] : [{ id: filter.snapshot.id, path: ['snapshot', 'id'] }];
  const nested = GROUPS.flatMap((group) => (filter[group] ?? []).flatMap((each, at) =>
    snapshotsIn(each).map(({ id, path }) => ({ id, path: [group, at, ...path] }))));
  return [...own, ...nested];
}

function every(conditions: readonly Condition[]): Condition {
  const [only] = conditions;
  return conditions.length === 1 && only !== undefined ? only : { kind: 'all', of: conditions };
}

const not = (condition: Condition): Condition => ({ kind: 'none', of: [condition] });
const same = (text: string): string => text;
/** As the register writes what people have written. */
const standard = (text: string): string => text.normalize('NFC').trim();

function interests(given: Filter['interests']): Condition[] {
  return [
    ...(given?.any ? [{ kind: 'interests', match: 'any', codes: given.any } as const] : []),
    ...(given?.all ? [{ kind: 'interests', match: 'all', codes: given.all } as const] : []),
    ...(given?.none ? [not({ kind: 'interests', match: 'any', codes: given.none })] : []),
  ];
}

/** A range of whole numbers, both ends included; nobody when it is empty. */
function years(given: Filter['birthYear']): Condition[] {
  if (given === undefined) return [];
  const { between, before, after } = given;
  const from = Math.max(between?.[0] ?? -Infinity, after === undefined ? -Infinity : after + 1);
  const to = Math.min(between?.[1] ?? Infinity, before === undefined ? Infinity : before - 1);
  if (from > to) return [NOBODY];
  return [{ kind: 'birthYear', ...(from === -Infinity ? {} : { from }), ...(to === Infinity ? {} : { to }) }];
}

/** Ages as birth years: the greater the age, the earlier the year. */
function bornAt(age: Filter['age'], now: Date): Filter['birthYear'] {
  if (age === undefined) return undefined;
  const born = (years: number): number => now.getUTCFullYear() - 1 - years;
  const { between, before, after } = age;
  return {
    ...(between === undefined ? {} : { between: [born(between[1]), born(between[0])] }),
    ...(before === undefined ? {} : { after: born(before) }),
    ...(after === undefined ? {} : { before: born(after) }),
  };
}

function named(
  kind: Extract<Leaf, { oneOf: unknown }>['kind'] & ('occupation' | 'city' | 'country' | 'language'),
  given: Filter['city'], written: (text: string) => string,
): Condition[] {
  const leaf = (texts: readonly string[]): Leaf => ({ kind, oneOf: texts.map(written) });
  return [
    ...(given?.is === undefined ? [] : [leaf([given.is])]),
    ...(given?.oneOf ? [leaf(given.oneOf)] : []),
    ...(given?.isNot === undefined ? [] : [not(leaf([given.isNot]))]),
    ...(given?.noneOf ? [not(leaf(given.noneOf))] : []),
  ];
}

function postalCode(given: Filter['postalCode']): Condition[] {
  return [
    ...(given?.prefix === undefined ? [] : [{ kind: 'postalCodePrefix', prefix: given.prefix } as const]),
    ...(given?.between ? [{ kind: 'postalCodeRange', from: given.between[0], to: given.between[1] } as const] : []),
  ];
}

const seconds = (moment: string): number => Math.floor(Date.parse(moment) / 1_000);

function granted(given: Filter['granted'], { channel, now }: FilterContext): Condition[] {
  if (given === undefined) return [];
  const { since, before, lastDays } = given;
  const today = Math.floor(now.getTime() / 1_000 / DAY_SECONDS) * DAY_SECONDS;
  const from = Math.max(
    since === undefined ? EARLIEST_CONSENT / 1_000 : seconds(since),
    lastDays === undefined ? -Infinity : today - lastDays * DAY_SECONDS,
  );
  const end = before === undefined ? undefined : seconds(before);
  if (end !== undefined && from >= end) return [NOBODY];
  return [{ kind: 'granted', channel: given.channel ?? channel, from, ...(end === undefined ? {} : { before: end }) }];
}

function wording(given: Filter['wording'], { channel }: FilterContext): Condition[] {
  if (given === undefined) return [];
  const { id, version } = given;
  return [{ kind: 'wording', channel: given.channel ?? channel, id, ...(version === undefined ? {} : { version }) }];
}

function source(given: Filter['source'], { channel }: FilterContext): Condition[] {
  const leaf = (oneOf: readonly string[]): Leaf => ({ kind: 'source', channel: given?.channel ?? channel, oneOf });
  return [...(given?.is === undefined ? [] : [leaf([given.is])]), ...(given?.oneOf ? [leaf(given.oneOf)] : [])];
}

function snapshot(given: Filter['snapshot'], { channel, snapshots }: FilterContext): Condition[] {
  if (given === undefined) return [];
  const takenAt = snapshots?.get(given.id);
  if (takenAt === undefined) throw new Error('a filter names a snapshot that its context does not know');
  return [{ kind: 'snapshot', channel, id: given.id, takenAt }];
}
