import { z } from 'zod';

/** Most processes of marketing whose counts a watermark repeats: those heard of last. */
export const MAX_PULSES = 16;

/**
 * How far one process of marketing had counted in its database when it said something. It counts on, and commits, before each message:
 * a database that has counted less is older than what was said.
 */
export const PulseSchema = z.object({ instance: z.uuid(), count: z.int().positive() });
export type Pulse = z.infer<typeof PulseSchema>;
