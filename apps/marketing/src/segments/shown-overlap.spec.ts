import { shownOverlap } from './shown-overlap.js';

const MAY_COUNT = ['audience:count'];
const HIDDEN = { both: null, onlyA: null, onlyB: null };

describe('shownOverlap', () => {
  it('shows everything to who may see lists', () => {
    expect(shownOverlap({ a: 3, b: 2, both: 1 }, 10, ['audience:query'])).toEqual({ a: 3, b: 2, both: 1, onlyA: 2, onlyB: 1 });
  });

  it('shows everything when no part is small', () => {
    expect(shownOverlap({ a: 20, b: 30, both: 10 }, 10, MAY_COUNT)).toEqual({ a: 20, b: 30, both: 10, onlyA: 10, onlyB: 20 });
  });

  it.each([
    [{ a: 100, b: 100, both: 9 }, { a: 100, b: 100 }],
    [{ a: 100, b: 100, both: 95 }, { a: 100, b: 100 }],
    [{ a: 100, b: 50, both: 50 }, { a: 100, b: 50 }],
    [{ a: 100, b: 5, both: 5 }, { a: 100, b: null }],
    [{ a: 0, b: 0, both: 0 }, { a: null, b: null }],
  ])('hides every part of %j, or the small one would follow from the others', (counts, sides) => {
    expect(shownOverlap(counts, 10, MAY_COUNT)).toEqual({ ...sides, ...HIDDEN, below: 10 });
  });

  it('hides nothing when the threshold is 0', () => {
    expect(shownOverlap({ a: 1, b: 1, both: 0 }, 0, MAY_COUNT)).toEqual({ a: 1, b: 1, both: 0, onlyA: 1, onlyB: 1 });
  });
});
