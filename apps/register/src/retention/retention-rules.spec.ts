import fc from 'fast-check';
import { after, before } from './duration.js';
import { hasLapsed, lapsedAt } from './lapse.js';
import { cutoff } from './retention-rules.js';

const duration = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.constantFrom('Y', 'M', 'D')).map(([n, unit]) => `P${n}${unit}`);
const moment = fc.date({ min: new Date('2000-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });
const DAY_MS = 86_400_000;

describe('a duration', () => {
  it.each([
    ['2024-02-29T12:00:00Z', 'P1Y', '2025-02-28T12:00:00.000Z'], ['2026-01-31T00:00:00Z', 'P1M', '2026-02-28T00:00:00.000Z'],
    ['2026-11-23T06:00:00Z', 'P90D', '2027-02-21T06:00:00.000Z'], ['2026-12-31T23:59:59Z', 'P2M', '2027-02-28T23:59:59.000Z'],
  ])('of %s and %s ends at %s', (start, length, end) => {
    expect(after(new Date(start), length).toISOString()).toBe(end);
  });

  it('counted back and forth misses by the days that a month does not have, at most', () => {
    fc.assert(fc.property(moment, duration, (start, length) => Math.abs(after(before(start, length), length).getTime() - start.getTime()) <= 3 * DAY_MS));
  });

  it('keeps the order of moments', () => {
    fc.assert(fc.property(moment, moment, duration, (a, b, length) => a > b || (after(a, length) <= after(b, length) && before(a, length) <= before(b, length))));
  });
});

describe('retention', () => {
  const purposes = fc.tuple(duration, fc.array(duration, { maxLength: 5 }))
    .map(([marketing, others]) => [{ code: 'marketing', legalBasis: 'consent', retention: marketing }, ...others.map((retention, i) => ({ code: `other-${i}`, legalBasis: i % 2 === 0 ? 'contract' : 'consent', retention }))]);

  it('erases nobody whom one of the purposes still needs', () => {
    fc.assert(fc.property(purposes, moment, (list, now) => list.every(({ retention }) => cutoff('relationship-ended', list, now) <= before(now, retention))));
  });

  it('lets a consent lapse by the period of its own purpose, and none for a purpose that rests on something else', () => {
    fc.assert(fc.property(purposes, moment, moment, (list, sign, now) => list.every(({ code, legalBasis, retention }) =>
      hasLapsed(list, code, sign, now) === (legalBasis === 'consent' && sign <= before(now, retention)))));
  });

  it('looks at everybody of whom a consent may have lapsed', () => {
    fc.assert(fc.property(purposes, moment, moment, (list, sign, now) =>
      sign <= cutoff('consent-inactive', list, now) || !list.some(({ code }) => hasLapsed(list, code, sign, now))));
  });

  it('dates a lapse when the period was over, so that a later decision is newer', () => {
    const list = [{ code: 'marketing', legalBasis: 'consent', retention: 'P2Y' }];
    expect(lapsedAt(list, 'marketing', new Date('2024-01-10T00:00:00Z'), new Date('2026-11-23T00:00:00Z'))).toEqual(new Date('2026-01-10T00:00:00Z'));
    fc.assert(fc.property(moment, moment, (activeAt, now) => lapsedAt(list, 'marketing', activeAt, now) <= now));
  });
});
