import type { Channel } from '#contracts/channel.js';

/**
 * What a filter comes down to: nothing in it depends on the clock or on the channel of the list any more. Both readers of
 * it, the translation to SQL and the index in memory, mean the same: a condition on something unknown does not hold,
 * and `none` holds for whoever meets none of its conditions, be it because they are unknown.
 */
export type Condition =
  | { readonly kind: 'all' | 'any' | 'none'; readonly of: readonly Condition[] }
  | Leaf;

/** A condition on one field. Every list has at least one member; every range at least one end. */
export type Leaf =
  | { readonly kind: 'interests'; readonly match: 'any' | 'all'; readonly codes: readonly string[] }
  /** Both ends included. */
  | { readonly kind: 'birthYear'; readonly from?: number; readonly to?: number }
  /** Letter case counts, except for the city: its names are given in lower case here. */
  | { readonly kind: 'occupation' | 'city' | 'country' | 'language'; readonly oneOf: readonly string[] }
  | { readonly kind: 'postalCodePrefix'; readonly prefix: string }
  /** Both ends included, compared byte by byte. */
  | { readonly kind: 'postalCodeRange'; readonly from: string; readonly to: string }
  /** Given at `from` or later and before `before`; whole seconds since 1970. */
  | { readonly kind: 'granted'; readonly channel: Channel; readonly from?: number; readonly before?: number }
  | { readonly kind: 'wording'; readonly channel: Channel; readonly id: string; readonly version?: number }
  | { readonly kind: 'source'; readonly channel: Channel; readonly oneOf: readonly string[] }
  /** On a snapshot, and under the same consent as then: granted no later than it was taken (seconds since 1970). */
  | { readonly kind: 'snapshot'; readonly channel: Channel; readonly id: string; readonly takenAt: number };

/** Everybody. */
export const EVERYBODY: Condition = { kind: 'all', of: [] };
