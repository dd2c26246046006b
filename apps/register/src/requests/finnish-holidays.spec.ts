import fc from 'fast-check';
import { addDays, dayOf, easterSunday, finnishHolidays, isWorkingDay, weekday } from './finnish-holidays.js';

/** Easter Sunday, Ascension Day, Midsummer Day, All Saints' Day: the university's almanac. */
const MOVABLE: [number, string, string, string, string][] = [
  [2024, '03-31', '05-09', '06-22', '11-02'],
  [2025, '04-20', '05-29', '06-21', '11-01'],
  [2026, '04-05', '05-14', '06-20', '10-31'],
  [2027, '03-28', '05-06', '06-26', '11-06'],
  [2028, '04-16', '05-25', '06-24', '11-04'],
  [2029, '04-01', '05-10', '06-23', '11-03'],
  [2030, '04-21', '05-30', '06-22', '11-02'],
  [2031, '04-13', '05-22', '06-21', '11-01'],
  [2032, '03-28', '05-06', '06-26', '11-06'],
  [2033, '04-17', '05-26', '06-25', '11-05'],
  [2034, '04-09', '05-18', '06-24', '11-04'],
  [2035, '03-25', '05-03', '06-23', '11-03'],
];

const dayNamed = (year: number, name: string): string | undefined => [...finnishHolidays(year)].find(([, n]) => n === name)?.[0].slice(5);

describe('Finnish holidays', () => {
  it.each(MOVABLE)('of %i fall where the almanac has them', (year, ...days) => {
    expect(['pääsiäispäivä', 'helatorstai', 'juhannuspäivä', 'pyhäinpäivä'].map((name) => dayNamed(year, name))).toEqual(days);
  });

  // The almanac office counts the holidays and eves that fall on Monday to Friday (bulletins of 2022, 2024 and 2025).
  it.each([[2022, 7], [2023, 9], [2024, 10], [2025, 10], [2026, 9], [2027, 8], [2028, 9], [2029, 10], [2030, 10], [2031, 10], [2033, 7]])(
    'take away so many working days in %i: %i', (year, expected) => {
      expect([...finnishHolidays(year).keys()].filter((day) => ![0, 6].includes(weekday(day)))).toHaveLength(expected);
    });

  it.each([[1818, '03-22'], [1943, '04-25'], [2000, '04-23'], [2019, '04-21'], [2038, '04-25'], [2049, '04-18'], [2086, '03-31'], [2285, '03-22']])(
    'know Easter of %i', (year, day) => {
      expect(easterSunday(year).slice(5)).toBe(day);
    });

  const year = fc.integer({ min: 1900, max: 2399 });

  it('keep their weekdays in every year', () => {
    fc.assert(fc.property(year, (y) => {
      const named = new Map([...finnishHolidays(y)].map(([day, name]) => [name, weekday(day)]));
      const expected = { pitkäperjantai: 5, pääsiäispäivä: 0, 'toinen pääsiäispäivä': 1, helluntai: 0, juhannusaatto: 5, juhannuspäivä: 6, pyhäinpäivä: 6 };
      return Object.entries(expected).every(([name, w]) => named.get(name) === w);
    }));
  });

  it('keep Easter between 22 March and 25 April', () => {
    fc.assert(fc.property(year, (y) => easterSunday(y) >= dayOf(y, 3, 22) && easterSunday(y) <= dayOf(y, 4, 25)));
  });

  it('never leave more than five days in a row without a working day', () => {
    fc.assert(fc.property(year, fc.integer({ min: 0, max: 365 }), (y, offset) => {
      const start = addDays(dayOf(y, 1, 1), offset);
      return [0, 1, 2, 3, 4, 5].some((n) => isWorkingDay(addDays(start, n)));
    }));
  });
});
