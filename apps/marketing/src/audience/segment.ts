import type { Channel } from '#contracts/channel.js';
import type { Filter } from './audience.schemas.js';

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

/**
 * Translates a filter to a condition on the table `contact`. That the channel is granted is always part of it
 * and first: it is not in the filter, so nobody can leave it out.
 */
export function segment(channel: Channel, filter: Filter): Clause {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const conditions = [`${SINCE[channel]} IS NOT NULL`];
  const { interests, birthYear, city, postalCode, language, grantedSince } = filter;
  if (interests?.any) conditions.push(`interests && ${value(interests.any)}::text[]`);
  if (interests?.all) conditions.push(`interests @> ${value(interests.all)}::text[]`);
  if (birthYear?.from !== undefined) conditions.push(`birth_year >= ${value(birthYear.from)}`);
  if (birthYear?.to !== undefined) conditions.push(`birth_year <= ${value(birthYear.to)}`);
  if (city !== undefined) conditions.push(`lower(city) = lower(${value(city)})`);
  if (postalCode !== undefined) conditions.push(`starts_with(postal_code, ${value(postalCode)})`);
  if (language !== undefined) conditions.push(`language = ${value(language)}`);
  if (grantedSince !== undefined) conditions.push(`${SINCE[channel]} >= ${value(grantedSince)}::timestamptz`);
  return { text: conditions.join(' AND '), values };
}
