import { z } from 'zod';
import { ChannelSchema } from '#contracts/channel.js';
import { CodeSchema, MAX_VERSION, MomentSchema, text } from '../customers/text.schemas.js';

/** How the person told us (GDPR Art. 7(1)). `confirmed-opt-in`: she answered a message sent to the very address. */
export const CONSENT_METHODS = ['web-form', 'checkout', 'account-settings', 'phone-call', 'paper', 'in-person', 'unsubscribe-link', 'confirmed-opt-in'] as const;

/** The wording exactly as it was shown; the hash must be that of the registered text. */
export const ShownWordingSchema = z.strictObject({
  id: CodeSchema,
  version: z.int().positive().max(MAX_VERSION),
  language: z.string().regex(/^[a-z]{2}$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hexadecimal'),
});
export type ShownWording = z.infer<typeof ShownWordingSchema>;

const evidence = {
  /** When the person decided: ISO 8601 with its offset. */
  decidedAt: MomentSchema.meta({ examples: ['2026-11-23T09:30:00+02:00'] }),
  method: z.enum(CONSENT_METHODS),
  /** Page or form on which it happened, without personal data. */
  form: text(200).optional(),
  sourceSystem: CodeSchema,
};

const GrantSchema = z.strictObject({ decision: z.literal('granted'), ...evidence, wording: ShownWordingSchema });
const WithdrawalSchema = z.strictObject({ decision: z.literal('withdrawn'), ...evidence, wording: ShownWordingSchema.optional() });

const EXAMPLE = {
  decision: 'granted', decidedAt: '2026-11-23T09:30:00+02:00', method: 'checkout', form: '/checkout', sourceSystem: 'web-shop',
  wording: { id: 'newsletter', version: 1, language: 'fi', sha256: '0'.repeat(64) },
};

/** A decision with its proof. Granting needs the wording; withdrawing is as easy as can be (GDPR Art. 7(3)). */
export const PutConsentSchema = z.discriminatedUnion('decision', [GrantSchema, WithdrawalSchema]).meta({ examples: [EXAMPLE] });
export type PutConsent = z.output<typeof PutConsentSchema>;

const target = { purpose: CodeSchema, channel: ChannelSchema };
export const ConsentTargetSchema = z.strictObject({ id: z.uuid(), ...target });

export const ConsentCommandSchema = z.discriminatedUnion('decision', [
  z.strictObject({ ...target, ...GrantSchema.shape }),
  z.strictObject({ ...target, ...WithdrawalSchema.shape }),
]);
export type ConsentCommandBody = z.output<typeof ConsentCommandSchema>;

/** A grant that somebody vouches for without the wording: kept as what is said, out of marketing (917/2014 § 200). */
export const ClaimSchema = z.strictObject({ ...target, decision: z.literal('granted'), ...evidence });
export type Claim = z.output<typeof ClaimSchema>;

export const StopAllSchema = z.strictObject(evidence).meta({
  examples: [{ decidedAt: '2026-11-23T09:30:00+02:00', method: 'unsubscribe-link', sourceSystem: 'web-shop' }],
});
export type StopAll = z.output<typeof StopAllSchema>;

export const ConsentStateSchema = z.object({
  ...target, decision: z.enum(['granted', 'withdrawn']), decidedAt: z.iso.datetime(),
  wording: z.object({ id: z.string(), version: z.int() }).nullable(), sourceSystem: z.string(),
});
export type ConsentStateView = z.infer<typeof ConsentStateSchema>;

export const ConsentListSchema = z.object({ consents: z.array(ConsentStateSchema) });

export const ConsentRecordSchema = z.object({
  ...target, decision: z.enum(['granted', 'withdrawn']), decidedAt: z.iso.datetime(), recordedAt: z.iso.datetime(),
  /** False: a newer decision was already known, or it had lapsed, so this one is proof only. */
  inEffect: z.boolean(),
  /** True: given anew after an objection or an erasure, it opened marketing to this channel again. */
  liftsSuppression: z.boolean(),
  wording: z.object({ id: z.string(), version: z.int(), language: z.string(), sha256: z.string() }).nullable(),
  method: z.string(), form: z.string().nullable(), sourceSystem: z.string(),
  /** Who recorded it; null to the person herself. */
  actor: z.string().nullable(),
});
export const ConsentHistorySchema = z.object({ records: z.array(ConsentRecordSchema) });

export const ConsentReceiptSchema = z.object({ id: z.uuid(), version: z.int(), inEffect: z.boolean() });
