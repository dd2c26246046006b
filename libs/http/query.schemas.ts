import { z } from 'zod';

const EARLIEST = '1900-01-01';
const TOO_EARLY = { error: 'must not lie before 1900', params: { code: 'too-early' } };

/** A day of the calendar. PostgreSQL knows no year 0, and nothing here is older than 1900. */
export const DaySchema = z.iso.date().refine((day) => !(day < EARLIEST), TOO_EARLY);

/** Where a page begins: right after the row with this position in the order of the list, and this id among those of the same position. */
export interface Cursor<Position = string> {
  readonly position: Position;
  readonly id: string;
}

/**
 * What `cursorAfter` wrote. Both halves are parsed, not only looked at: digits in the shape of a day need not be one, and what
 * PostgreSQL cannot read must not get there.
 */
export function cursorSchema<Position>(position: z.ZodType<Position>) {
  const halves = z.tuple([position, z.guid()]);
  return z.string().max(100).transform((text, context): Cursor<Position> => {
    const at = text.lastIndexOf('_');
    const { data } = halves.safeParse([text.slice(0, Math.max(at, 0)), text.slice(at + 1)]);
    if (data) return { position: data[0], id: data[1] };
    context.addIssue({ code: 'custom', message: 'must be the cursor of the page before', params: { code: 'wrong-format' } });
    return z.NEVER;
  });
}

/** Of lists in the order of days. */
export const DayCursorSchema = cursorSchema(DaySchema);

/** Of lists in the order of moments in UTC, kept as text: to the microsecond, which a Date would cut. */
export const MomentCursorSchema = cursorSchema(z.iso.datetime().refine((moment) => !(moment < EARLIEST), TOO_EARLY));

/** The cursor of the page after the row with this position and id. */
export function cursorAfter(position: string | number, id: string): string {
  return `${position}_${id}`;
}

/** Before the first row of a list in the order of days or moments, as PostgreSQL writes it. */
export const BEFORE_ALL: Cursor = { position: '-infinity', id: '00000000-0000-0000-0000-000000000000' };
