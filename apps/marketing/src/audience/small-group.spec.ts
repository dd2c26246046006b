import { shownCount } from './small-group.js';

describe('a count', () => {
  it.each([0, 1, 3, 9])('of %d tells somebody without lists no more than any other below ten', (count) => {
    expect(shownCount(count, 10, ['audience:count'])).toEqual({ count: null, below: 10 });
    expect(shownCount(count, 10, ['audience:count', 'audience:query'])).toEqual({ count });
  });

  it('of ten is told', () => {
    expect(shownCount(10, 10, ['audience:count'])).toEqual({ count: 10 });
  });

  it.each([0, 1])('of %d is told when the threshold is off', (count) => {
    expect(shownCount(count, 0, [])).toEqual({ count });
  });
});
