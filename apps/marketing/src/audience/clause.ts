import type { Channel } from '#contracts/channel.js';
import type { Condition, Leaf } from './condition.js';

/** A condition with its values apart: `$1` is the first value. */
export interface Clause {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** When a channel's consent was given; null while it is not granted. Constants: no caller's text becomes SQL. */
export const SINCE: Record<Channel, string> = {
  email: 'email_since',
  sms: 'sms_since',
  phone: 'phone_since',
  post: 'post_since',
};

/** By ICU, as JavaScript does it: the locales of servers disagree about anything beyond ASCII. */
export const CITY_IN_LOWER_CASE = 'lower(city COLLATE "und-x-icu")';

type Place = (value: unknown) => string;

/**
 * Translates a condition to one on the table `contact`. That the channel is granted is always part of it and first:
 * it is not in the condition, so nobody can leave it out.
 */
export function clauseOf(channel: Channel, condition: Condition): Clause {
  const values: unknown[] = [];
  const text = `${SINCE[channel]} IS NOT NULL AND ${conditionText(condition, (value) => `$${values.push(value)}`)}`;
  return { text, values };
}

/** The condition without the consent, for a person who is looked at alone. Never for a list. */
export function conditionText(condition: Condition, place: Place): string {
  switch (condition.kind) {
    case 'all':
      return joined(condition.of, place, 'AND', 'true');
    case 'any':
      return joined(condition.of, place, 'OR', 'false');
    case 'none':
      return `(${joined(condition.of, place, 'OR', 'false')}) IS NOT TRUE`;
    default:
      return leafText(condition, place);
  }
}

function joined(conditions: readonly Condition[], place: Place, operator: string, empty: string): string {
  if (conditions.length === 0) return empty;
  return `(${conditions.map((each) => conditionText(each, place)).join(` ${operator} `)})`;
}

function leafText(leaf: Leaf, place: Place): string {
  switch (leaf.kind) {
    case 'interests':
      return `interests ${leaf.match === 'any' ? '&&' : '@>'} ${place(leaf.codes)}::text[]`;
    case 'birthYear':
      return between('birth_year', leaf.from, leaf.to, (value) => `${place(value)}::integer`, '<=');
    case 'city':
      return `${CITY_IN_LOWER_CASE} = ANY (${place(leaf.oneOf)}::text[])`;
    case 'occupation':
    case 'country':
    case 'language':
      return `${leaf.kind} = ANY (${place(leaf.oneOf)}::text[])`;
    case 'postalCodePrefix':
      return `starts_with(postal_code, ${place(leaf.prefix)}::text)`;
    case 'postalCodeRange':
      return between('postal_code COLLATE "C"', leaf.from, leaf.to, (value) => `${place(value)}::text`, '<=');
    case 'granted':
      return between(SINCE[leaf.channel], leaf.from, leaf.before, (value) => `to_timestamp(${place(value)}::double precision)`, '<');
    case 'wording':
      return leaf.version === undefined
        ? `${leaf.channel}_wording_id = ${place(leaf.id)}::text`
        : `(${leaf.channel}_wording_id = ${place(leaf.id)}::text AND ${leaf.channel}_wording_version = ${place(leaf.version)}::integer)`;
    case 'source':
      return `${leaf.channel}_source = ANY (${place(leaf.oneOf)}::text[])`;
    case 'snapshot':
      return `(${SINCE[leaf.channel]} <= to_timestamp(${place(leaf.takenAt)}::double precision) AND EXISTS (
        SELECT 1 FROM snapshot_members AS m WHERE m.snapshot_id = ${place(leaf.id)}::uuid
           AND m.block = slot >> 16 AND get_bit(m.members, slot & 65535) = 1))`;
    default:
      return leaf satisfies never;
  }
}

function between<T>(column: string, from: T | undefined, to: T | undefined, place: (value: T) => string, toOperator: string): string {
  const ends = [
    ...(from === undefined ? [] : [`${column} >= ${place(from)}`]),
    ...(to === undefined ? [] : [`${column} ${toOperator} ${place(to)}`]),
  ];
  return `(${ends.join(' AND ')})`;
}
