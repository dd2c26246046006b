import { z } from 'zod';
import { MomentSchema } from '../customers/text.schemas.js';

/** The person was seen: she signed in, bought something, answered. */
export const ActivitySchema = z.strictObject({ at: MomentSchema }).meta({ examples: [{ at: '2026-11-23T09:30:00+02:00' }] });
export type Activity = z.output<typeof ActivitySchema>;
