import fc from 'fast-check';
import { dueDate, finnishDay } from './due-date.js';
import { addDays, type Day, dayOf, isWorkingDay } from './finnish-holidays.js';

describe('the due date', () => {
  it.each([
    ['on the same date of the next month', '2026-03-05', '2026-04-07'], // 5 April is Easter Sunday, 6 Easter Monday
    ['on a plain weekday', '2026-09-08', '2026-10-08'],
    ['on the last day of a shorter month', '2027-08-31', '2027-09-30'],
    ['on 28 February', '2025-01-31', '2025-02-28'],
    ['on 29 February of a leap year', '2028-01-31', '2028-02-29'],
    ['after a Saturday', '2026-07-08', '2026-08-10'],
    ['after a Sunday', '2026-07-09', '2026-08-10'],
    ['after Good Friday: on the Tuesday', '2026-03-03', '2026-04-07'],
    ['after May Day on a Friday', '2026-04-01', '2026-05-04'],
    ['after Ascension Day', '2026-04-14', '2026-05-15'],
    ['after Midsummer Eve', '2026-05-19', '2026-06-22'],
    ['after Independence Day on a Monday', '2027-11-06', '2027-12-07'],
    ['after Christmas Eve 2026: on the Monday', '2026-11-24', '2026-12-28'],
    ['after Christmas Eve 2025, a Wednesday', '2025-11-24', '2025-12-29'],
    ['after New Year’s Day', '2026-12-01', '2027-01-04'],
    ['after Epiphany on a Tuesday', '2025-12-06', '2026-01-07'],
    ['of a request of 31 December', '2026-12-31', '2027-02-01'],
    ['in the next year', '2026-12-15', '2027-01-15'],
  ])('falls %s', (_, received, due) => {
    expect(dueDate(received, 1)).toBe(due);
  });

  it.each([['2026-09-08', '2026-12-08'], ['2026-11-30', '2027-03-01'], ['2026-09-24', '2026-12-28']])(
    'extended counts three months from receipt %s, not from the first due date', (received, due) => {
      expect(dueDate(received, 3)).toBe(due);
    });

  const received = fc.integer({ min: 0, max: 500 * 365 }).map((n): Day => addDays(dayOf(1900, 1, 1), n));
  const months = fc.constantFrom(1, 3);

  it('is always a working day', () => {
    fc.assert(fc.property(received, months, (day, m) => isWorkingDay(dueDate(day, m))));
  });

  it('never comes before the month is over, and at most five days after', () => {
    fc.assert(fc.property(received, (day) => {
      const due = dueDate(day, 1);
      return due >= addDays(day, 28) && due <= addDays(day, 31 + 5);
    }));
  });

  it('leaves no working day between the end of the month and itself', () => {
    fc.assert(fc.property(received, months, (day, m) => {
      const due = dueDate(day, m);
      const [year, month, date] = [day.slice(0, 4), day.slice(5, 7), day.slice(8)].map(Number) as [number, number, number];
      // Counted another way: the last existing day whose number is not above the day of receipt.
      const end = [0, 1, 2, 3].map((less) => new Date(Date.UTC(year, month - 1 + m, date - less)))
        .find((d) => d.getUTCMonth() === (month - 1 + m) % 12)!.toISOString().slice(0, 10);
      for (let d = end; d < due; d = addDays(d, 1)) if (isWorkingDay(d)) return false;
      return due >= end;
    }));
  });

  it('of a later request is never earlier', () => {
    fc.assert(fc.property(received, months, (day, m) => dueDate(addDays(day, 1), m) >= dueDate(day, m)));
  });
});

describe('the day in Finland', () => {
  it.each([['2026-01-15T22:30:00Z', '2026-01-16'], ['2026-07-15T20:59:59Z', '2026-07-15'], ['2026-07-15T21:00:00Z', '2026-07-16'], ['2026-03-29T00:59:00Z', '2026-03-29']])(
    'at %s is %s', (moment, day) => {
      expect(finnishDay(new Date(moment))).toBe(day);
    });
});
