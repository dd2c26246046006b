import { z } from 'zod';
import { DaySchema } from '#http/query.schemas.js';

const MOST_DAYS = 366;
const days = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;

/** Days in Finland, both included. */
export const ReportQuerySchema = z.strictObject({
  from: DaySchema,
  to: DaySchema,
  /** Who comes first: who read the most, or who read the most outside their cases. */
  order: z.enum(['reads', 'outside-cases']).default('reads'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
}).refine(({ from, to }) => !(days(from, to) < 0), { path: ['to'], error: 'must not lie before from', params: { code: 'too-early' } })
  .refine(({ from, to }) => !(days(from, to) >= MOST_DAYS), { path: ['to'], error: `must lie within ${MOST_DAYS} days of from`, params: { code: 'too-big' } });
export type ReportQuery = z.output<typeof ReportQuerySchema>;

const count = z.int();
const ActorSchema = z.object({
  actor: z.string(),
  kind: z.enum(['program', 'staff']),
  /** Entries of the log: one for each person each time she was shown. */
  reads: count,
  /** Different persons. */
  people: count,
  purposes: z.array(z.object({ purpose: z.string(), reads: count })),
  /** Of persons for whom the actor had no open request at that time; null for programs, which have no cases. */
  outsideCases: z.object({ reads: count, people: count }).nullable(),
  /** Before 7, from 19 on, and on days that are no working days, in Finland; null for programs. */
  outsideHours: count.nullable(),
});
export const ReportSchema = z.object({ from: z.iso.date(), to: z.iso.date(), actors: z.array(ActorSchema) });
export type Report = z.infer<typeof ReportSchema>;

export const ListReadsSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().regex(/^\d{1,18}$/, 'must be the cursor of the page before').optional(),
});
export type ListReads = z.output<typeof ListReadsSchema>;

export const ReadsPageSchema = z.object({
  reads: z.array(z.object({
    at: z.iso.datetime(), purpose: z.string(), fields: z.array(z.string()),
    /** `customer`: the person herself. `name` is null where it is not told. */
    reader: z.object({ kind: z.enum(['program', 'staff', 'customer']), roles: z.array(z.string()), name: z.string().nullable() }),
  })),
  next: z.string().nullable(),
});
export type ReadsPage = z.infer<typeof ReadsPageSchema>;
