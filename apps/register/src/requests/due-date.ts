import { addDays, type Day, dayOf, isWorkingDay } from './finnish-holidays.js';

/** GDPR Art. 12(3): one month from receipt, and with the one extension three. */
export const MONTHS_TO_ANSWER = 1;
export const MONTHS_WHEN_EXTENDED = 3;

const HELSINKI = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Helsinki', year: 'numeric', month: '2-digit', day: '2-digit' });

/** The calendar day in Finland at this moment: time limits count days where the controller is. */
export function finnishDay(moment: Date): Day {
  return HELSINKI.format(moment);
}

/**
 * The last day of a period of `months` calendar months after `received` (Regulation (EEC, Euratom) No 1182/71, Art. 3):
 * the day of receipt is not counted (1), the period ends on the same date of its last month, or on the last day of a
 * month without that date (2 c), and if that is a Saturday, a Sunday or a holiday, on the next working day (4). The act
 * 150/1930, 3 and 5 §, counts the same way and adds the two eves. That act speaks of limits before courts and
 * authorities; whoever wants to be on the careful side answers before an eve.
 *
 * The period ends with the last hour of the day returned: late begins the day after.
 */
export function dueDate(received: Day, months: number): Day {
  const [year, month, date] = [Number(received.slice(0, 4)), Number(received.slice(5, 7)), Number(received.slice(8, 10))];
  const last = new Date(Date.UTC(year, month - 1 + months, 1));
  const [lastYear, lastMonth] = [last.getUTCFullYear(), last.getUTCMonth() + 1];
  const daysInMonth = new Date(Date.UTC(lastYear, lastMonth, 0)).getUTCDate();
  let day = dayOf(lastYear, lastMonth, Math.min(date, daysInMonth));
  while (!isWorkingDay(day)) day = addDays(day, 1);
  return day;
}
