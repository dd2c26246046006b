import { DAY_MS, MAX_DAYS, USUAL_DAYS } from './growth.schemas.js';

/** Days in UTC as YYYY-MM-DD, both included. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** The period asked for; undefined when it ends before it begins, or is longer than ten years. */
export function periodOf({ from, to }: { from?: string | undefined; to?: string | undefined }, now: Date): Period | undefined {
  const last = to ?? dayOf(now.getTime());
  const first = from ?? dayOf(Date.parse(last) - (USUAL_DAYS - 1) * DAY_MS);
  const days = daysIn({ from: first, to: last });
  return days >= 1 && days <= MAX_DAYS ? { from: first, to: last } : undefined;
}

export function daysIn({ from, to }: Period): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
}

/** The day (UTC) of a moment in milliseconds since 1970. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
