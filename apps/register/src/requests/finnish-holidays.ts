/** A day of the calendar, `YYYY-MM-DD`. Days are compared as text. */
export type Day = string;

const pad = (n: number): string => String(n).padStart(2, '0');
const utc = (day: Day): Date => new Date(`${day}T00:00:00Z`);
export const dayOf = (year: number, month: number, date: number): Day => `${String(year).padStart(4, '0')}-${pad(month)}-${pad(date)}`;

export function addDays(day: Day, days: number): Day {
  return new Date(utc(day).getTime() + days * 86_400_000).toISOString().slice(0, 10);
}

/** 0 Sunday … 6 Saturday. */
export function weekday(day: Day): number {
  return utc(day).getUTCDay();
}

/** Easter Sunday of the Gregorian calendar (Butcher's computus, as in Meeus, Astronomical Algorithms, ch. 8). */
export function easterSunday(year: number): Day {
  const div = (a: number, b: number): number => Math.floor(a / b);
  const [a, b, c] = [year % 19, div(year, 100), year % 100];
  const f = div(b + 8, 25);
  const g = div(b - f + 1, 3);
  const h = (19 * a + b - div(b, 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * div(c, 4) - h - (c % 4)) % 7;
  const m = div(a + 11 * h + 22 * l, 451);
  const n = h + l - 7 * m + 114;
  return dayOf(year, div(n, 31), (n % 31) + 1);
}

/** The first Saturday that is not before `day`. */
function saturdayFrom(day: Day): Day {
  return addDays(day, 6 - weekday(day));
}

/**
 * The days of a year on which a time limit does not end in Finland, Saturdays and other Sundays apart:
 * - church holidays (Kirkkolaki: New Year's Day, Epiphany, Good Friday, Easter Sunday and Monday, Ascension Day, Whit Sunday,
 *   both days of Christmas, Midsummer Day on the Saturday after 19 June, All Saints' Day on the Saturday after 30 October);
 * - May Day and Independence Day;
 * - Midsummer Eve and Christmas Eve, which are no public holidays but end no time limit either (act on the calculation of
 *   statutory time limits 150/1930, 5 §: «pyhäpäivä, itsenäisyyspäivä, vapunpäivä, joulu- tai juhannusaatto tahi arkilauantai»).
 */
export function finnishHolidays(year: number): ReadonlyMap<Day, string> {
  const easter = easterSunday(year);
  const midsummer = saturdayFrom(dayOf(year, 6, 20));
  return new Map([
    [dayOf(year, 1, 1), 'uudenvuodenpäivä'],
    [dayOf(year, 1, 6), 'loppiainen'],
    [addDays(easter, -2), 'pitkäperjantai'],
    [easter, 'pääsiäispäivä'],
    [addDays(easter, 1), 'toinen pääsiäispäivä'],
    [addDays(easter, 49), 'helluntai'],
    // In 2008 Ascension Day was 1 May: the later entry of a day names it.
    [addDays(easter, 39), 'helatorstai'],
    [dayOf(year, 5, 1), 'vapunpäivä'],
    [addDays(midsummer, -1), 'juhannusaatto'],
    [midsummer, 'juhannuspäivä'],
    [saturdayFrom(dayOf(year, 10, 31)), 'pyhäinpäivä'],
    [dayOf(year, 12, 6), 'itsenäisyyspäivä'],
    [dayOf(year, 12, 24), 'jouluaatto'],
    [dayOf(year, 12, 25), 'joulupäivä'],
    [dayOf(year, 12, 26), 'tapaninpäivä'],
  ]);
}

/** Whether a time limit may end on this day: no Saturday, Sunday or day of `finnishHolidays`. */
export function isWorkingDay(day: Day): boolean {
  const w = weekday(day);
  return w !== 0 && w !== 6 && !finnishHolidays(Number(day.slice(0, 4))).has(day);
}
