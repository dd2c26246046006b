import { z } from 'zod';
import { ChannelSchema } from '#contracts/channel.js';
import { DaySchema } from '#http/query.schemas.js';
import { AsOfSchema, VersionSchema } from '../audience/audience.schemas.js';

export const DAY_MS = 86_400_000;
/** Ten years: 40 lines of a day and channel a kilobyte make half a megabyte. */
export const MAX_DAYS = 3_660;
/** Shown when no beginning is named. */
export const USUAL_DAYS = 30;

const period = {
  from: DaySchema.optional().meta({ description: `First day (UTC); ${String(USUAL_DAYS)} days when left out`, examples: ['2026-01-01'] }),
  to: DaySchema.optional().meta({ description: 'Last day (UTC), included; today when left out', examples: ['2026-01-31'] }),
  channel: ChannelSchema.optional().meta({ description: 'All channels when left out' }),
};

export const GROWTH_BY = ['day', 'source', 'wording'] as const;
export const GrowthQuerySchema = z.strictObject({ ...period, by: z.enum(GROWTH_BY).default('day').meta({ description: 'What is counted together' }) });
export type GrowthQuery = z.infer<typeof GrowthQuerySchema>;

export const GrowthChartQuerySchema = z.strictObject(period);
export type GrowthChartQuery = z.infer<typeof GrowthChartQuerySchema>;

const CountSchema = z.int().nonnegative();

export const GrowthRowSchema = z
  .object({
    channel: ChannelSchema,
    day: z.iso.date().optional().meta({ description: 'By day' }),
    source: z.string().optional().meta({ description: 'By source: the system where the consent was given' }),
    wording: z.object({ id: z.string(), version: z.int() }).optional().meta({ description: 'By wording: the text that was consented to' }),
    gained: CountSchema,
    withdrawn: CountSchema,
    net: z.int(),
  })
  .meta({ id: 'GrowthRow' });
export type GrowthRow = z.infer<typeof GrowthRowSchema>;

export const GrowthSchema = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    by: z.enum(GROWTH_BY),
    asOf: AsOfSchema.nullable(),
    version: VersionSchema,
    stale: z.boolean().meta({ description: 'True: changes of the register are missing' }),
    optedIn: z.partialRecord(ChannelSchema, CountSchema).meta({ description: 'People who may be written to now, by channel; counted right after the rows, so it may know of one change more' }),
    rows: z.array(GrowthRowSchema).meta({ description: 'What did not change is not listed' }),
  })
  .meta({
    id: 'Growth',
    examples: [{
      from: '2026-01-01', to: '2026-01-30', by: 'day', asOf: '2026-01-30T12:00:00.000Z', version: 41_207, stale: false,
      optedIn: { email: 12_345 }, rows: [{ channel: 'email', day: '2026-01-02', gained: 31, withdrawn: 4, net: 27 }],
    }],
  });
export type Growth = z.infer<typeof GrowthSchema>;
