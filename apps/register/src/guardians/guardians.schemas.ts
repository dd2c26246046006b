import { z } from 'zod';
import { ShownWordingSchema } from '../consents/consents.schemas.js';
import { CodeSchema, MomentSchema } from '../customers/text.schemas.js';

/** How it was checked that a guardian spoke, by reasonable effort (GDPR Art. 8(2)). */
export const VERIFICATIONS = ['strong-identification', 'signed-form', 'in-person', 'video-call', 'payment-card'] as const;

/** A guardian agrees. Who the guardian is, is not kept: only how that was checked, by whom, when, and what was agreed to. */
export const GuardianConsentSchema = z
  .strictObject({ givenAt: MomentSchema, verification: z.enum(VERIFICATIONS), sourceSystem: CodeSchema, wording: ShownWordingSchema })
  .meta({
    examples: [{
      givenAt: '2026-11-23T09:30:00+02:00', verification: 'strong-identification', sourceSystem: 'web-shop',
      wording: { id: 'newsletter', version: 1, language: 'fi', sha256: '0'.repeat(64) },
    }],
  });
export type GuardianConsent = z.output<typeof GuardianConsentSchema>;

const RecordSchema = z.object({
  decision: z.enum(['given', 'withdrawn']), decidedAt: z.iso.datetime(), recordedAt: z.iso.datetime(), verification: z.enum(VERIFICATIONS).nullable(),
  wording: z.object({ id: z.string(), version: z.int(), language: z.string(), sha256: z.string() }).nullable(), sourceSystem: z.string(),
  /** Null to the person herself. */
  checkedBy: z.string().nullable(),
});
export const GuardianRecordsSchema = z.object({ records: z.array(RecordSchema) });
export type GuardianRecords = z.infer<typeof GuardianRecordsSchema>;
