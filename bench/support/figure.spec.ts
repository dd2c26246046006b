import { row } from './figure.js';
import { percentile, significant } from './statistics.js';

describe('a row of the result', () => {
  it('holds the ratios and judges them', () => {
    const judged = row({ id: 'P1', what: 'created', lupa: 900, baseline: 300, limit: 1_800, unit: '/s' }, '≥ 2 ×', ({ toBaseline }) => (toBaseline ?? 0) >= 2);
    expect(judged).toMatchObject({ toBaseline: 3, toLimit: 0.5, goal: '≥ 2 ×', reached: true });
  });

  it('has null where nothing was measured or no goal was set', () => {
    expect(row({ id: 'P2', what: 'gone', lupa: 20, unit: 'ms' })).toEqual({
      id: 'P2', what: 'gone', lupa: 20, baseline: null, limit: null, unit: 'ms', toBaseline: null, toLimit: null, goal: null, reached: null,
    });
  });
});

describe('a percentile', () => {
  it('is a sample, whatever their order', () => {
    const samples = Array.from({ length: 200 }, (_, i) => 199 - i);
    expect([percentile(samples, 0.5), percentile(samples, 0.99), percentile(samples, 1)]).toEqual([100, 198, 199]);
    expect(samples[0]).toBe(199);
  });

  it('is nothing without samples', () => {
    expect(percentile([], 0.5)).toBeNaN();
  });
});

it('rounds to three digits', () => {
  expect([significant(1_234.5), significant(0.012345)]).toEqual([1_230, 0.0123]);
});
