import { z } from 'zod';
import { MAX_PULSES, PulseSchema } from './pulse.js';

/**
 * The register's word: everything committed before `watermark` has been answered by the marketing
 * incarnation `marketingEpoch`. Times are ISO 8601 UTC from the register's database clock.
 */
export const WatermarkSchema = z.object({
  schema: z.literal('watermark.v1'),
  epoch: z.int().positive(),
  /** Null until the register has heard from marketing for the first time. */
  marketingEpoch: z.uuid().nullable(),
  watermark: z.iso.datetime(),
  issuedAt: z.iso.datetime(),
  /** Customers with a change that marketing has not yet answered. */
  pending: z.int().nonnegative(),
  /** What processes of this marketing incarnation have said they had counted: its database must know it. Missing: nothing is claimed. */
  pulses: z.array(PulseSchema).max(MAX_PULSES).optional(),
});
export type Watermark = z.infer<typeof WatermarkSchema>;
