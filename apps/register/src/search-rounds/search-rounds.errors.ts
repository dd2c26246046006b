import { UNKNOWN_ROUND } from '#contracts/search.v1.js';

/** Somebody asks what to look for in a round that is over. */
export class UnknownRound extends Error {
  override readonly name = 'UnknownRound';
  readonly code = UNKNOWN_ROUND;
}
