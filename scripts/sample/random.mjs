// Numbers that look random and are the same every time for the same seed and index.

/** A generator for one item of one seed (splitmix32 over a hash of both). next() is in [0, 1). */
export function randomFor(seed, index) {
  let state = scramble(scramble(seed >>> 0) ^ Math.imul(index + 1, 0x9e37_79b1));
  const next = () => {
    state = (state + 0x9e37_79b9) >>> 0;
    return scramble(state) / 4_294_967_296;
  };
  const below = (limit) => Math.floor(next() * limit);
  return {
    next,
    /** True with this probability. */
    chance: (probability) => next() < probability,
    /** An integer from `low` to `high`, both included. */
    between: (low, high) => low + below(high - low + 1),
    pick: (list) => list[below(list.length)],
    /** One of [value, weight] pairs, as often as its weight says. */
    weighted(pairs) {
      let rest = next() * pairs.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [value, weight] of pairs) if ((rest -= weight) < 0) return value;
      return pairs.at(-1)[0];
    },
  };
}

function scramble(number) {
  let x = number >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85eb_ca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2_ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
