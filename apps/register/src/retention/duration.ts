/** A duration of ISO 8601 as the profile writes it: years, months or days. */
const FORM = /^P(\d+)([YMD])$/;

function parse(duration: string): { days: number; months: number } {
  const [, count, unit] = FORM.exec(duration) ?? [];
  if (count === undefined) throw new RangeError('not a duration of years, months or days');
  const n = Number(count);
  return unit === 'D' ? { days: n, months: 0 } : { days: 0, months: unit === 'Y' ? n * 12 : n };
}

/** The moment `sign` durations later (UTC). A day that the month does not have becomes its last: 29 February + P1Y = 28 February. */
function shifted(moment: Date, duration: string, sign: 1 | -1): Date {
  const { days, months } = parse(duration);
  const result = new Date(moment);
  result.setUTCDate(1);
  result.setUTCMonth(result.getUTCMonth() + sign * months);
  const lastDay = new Date(Date.UTC(result.getUTCFullYear(), result.getUTCMonth() + 1, 0)).getUTCDate();
  result.setUTCDate(Math.min(moment.getUTCDate(), lastDay) + sign * days);
  return result;
}

/** @param duration such as P3Y, P18M, P90D */
export function after(moment: Date, duration: string): Date {
  return shifted(moment, duration, 1);
}

/** @param duration such as P3Y, P18M, P90D */
export function before(moment: Date, duration: string): Date {
  return shifted(moment, duration, -1);
}
