import { daysIn, periodOf } from './period.js';

const now = new Date('2026-03-01T00:30:00Z');

describe('periodOf', () => {
  it.each([
    [{}, { from: '2026-01-31', to: '2026-03-01' }],
    [{ to: '2024-03-01' }, { from: '2024-02-01', to: '2024-03-01' }],
    [{ from: '2026-03-01' }, { from: '2026-03-01', to: '2026-03-01' }],
    [{ from: '2020-01-01', to: '2026-03-01' }, { from: '2020-01-01', to: '2026-03-01' }],
    [{ from: '2026-03-02' }, undefined],
    [{ from: '2026-02-02', to: '2026-02-01' }, undefined],
    [{ from: '2015-01-01' }, undefined],
  ])('%j is %j', (asked, period) => {
    expect(periodOf(asked, now)).toEqual(period);
  });

  it('is thirty days long when no beginning is named', () => {
    expect(daysIn(periodOf({}, now)!)).toBe(30);
  });
});
