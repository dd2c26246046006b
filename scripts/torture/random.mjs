// A small seeded generator (mulberry32): the same seed gives the same people, changes and faults.

/** Returns { next(): 0…1, int(below), chance(probability), pick(list), fork(name) }. */
export function seeded(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (below) => Math.floor(next() * below);
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (list) => list[int(list.length)],
    /** A generator of its own for one thing, so that one more draw elsewhere does not change it. */
    fork: (name) => seeded([...String(name)].reduce((hash, character) => Math.imul(hash ^ character.codePointAt(0), 16_777_619), seed ^ 0x811c9dc5)),
  };
}
