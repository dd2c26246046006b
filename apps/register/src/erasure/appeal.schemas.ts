import { z } from 'zod';
import { MomentSchema } from '../customers/text.schemas.js';
import { RECEIVED_BY } from '../requests/requests.schemas.js';

/** Upheld: it was abuse. Reversed: it was not, and the mark goes; what was deleted does not come back. */
export const APPEAL_OUTCOMES = ['upheld', 'reversed'] as const;
export type AppealOutcome = (typeof APPEAL_OUTCOMES)[number];

export const AppealSchema = z
  .strictObject({
    /** When it reached the company; now unless given. */
    receivedAt: MomentSchema.optional(),
    receivedBy: z.enum(RECEIVED_BY),
  })
  .meta({ examples: [{ receivedAt: '2026-11-23T09:30:00+02:00', receivedBy: 'letter' }] });
export type Appeal = z.output<typeof AppealSchema>;

export const AppealReceiptSchema = z
  .object({ caseId: z.uuid(), dueOn: z.iso.date() })
  .meta({ examples: [{ caseId: 'b7f5a9ce-52c5-4ad5-8d43-0f2a43bb8c11', dueOn: '2026-12-23' }] });

export const AppealDecisionSchema = z.strictObject({ outcome: z.enum(APPEAL_OUTCOMES) }).meta({ examples: [{ outcome: 'reversed' }] });
export type AppealDecision = z.output<typeof AppealDecisionSchema>;

export const AppealDecidedSchema = z
  .object({ caseId: z.uuid(), outcome: z.enum(APPEAL_OUTCOMES) })
  .meta({ examples: [{ caseId: 'b7f5a9ce-52c5-4ad5-8d43-0f2a43bb8c11', outcome: 'reversed' }] });
