import { z } from 'zod';
import { MomentSchema } from '../customers/text.schemas.js';

/** GDPR Art. 18(1): why processing is restricted. */
export const RestrictionSchema = z
  .strictObject({ reason: z.enum(['accuracy-contested', 'unlawful-processing', 'needed-for-claims', 'objection-pending']) })
  .meta({ examples: [{ reason: 'accuracy-contested' }] });

export const EndSchema = z
  .strictObject({
    endedAt: MomentSchema,
    reason: z.enum(['by-customer', 'by-controller', 'inactivity', 'deceased']),
  })
  .meta({ examples: [{ endedAt: '2026-11-23T09:30:00+02:00', reason: 'by-customer' }] });

/** GDPR Art. 18(3): before a restriction is lifted the person is told. */
export const LiftNoticeSchema = z
  .strictObject({ sentAt: MomentSchema, sentBy: z.enum(['email', 'sms', 'phone', 'post', 'in-person']) })
  .meta({ examples: [{ sentAt: '2026-11-23T09:30:00+02:00', sentBy: 'post' }] });
export type LiftNotice = z.output<typeof LiftNoticeSchema>;

export type Restriction = z.output<typeof RestrictionSchema>;
export type End = z.output<typeof EndSchema>;
