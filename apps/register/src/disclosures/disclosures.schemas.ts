import { z } from 'zod';
import { DayCursorSchema } from '#http/query.schemas.js';
import { PutConsentSchema } from '../consents/consents.schemas.js';
import { CodeSchema, MomentSchema } from '../customers/text.schemas.js';
import { RELEASABLE_FIELDS } from './released-fields.js';

export const DisclosureTargetSchema = z.strictObject({ id: z.uuid(), recipient: CodeSchema, purpose: CodeSchema });
export type DisclosureTarget = z.output<typeof DisclosureTargetSchema>;

/** The same proof as a marketing consent has (GDPR Art. 7(1)). */
export const PutDisclosureConsentSchema = PutConsentSchema;

export const NotifySchema = z.strictObject({
  recipient: CodeSchema, purpose: CodeSchema, sentAt: MomentSchema, sentBy: z.enum(['email', 'sms', 'letter', 'in-person', 'account']),
}).meta({ examples: [{ recipient: 'party-house', purpose: 'partner-offers', sentAt: '2026-11-23T09:30:00+02:00', sentBy: 'email' }] });
export type Notify = z.output<typeof NotifySchema>;

export const DiscloseSchema = z.strictObject({
  recipient: CodeSchema, purpose: CodeSchema,
  /** Only these leave, and of them only those that hold something. */
  fields: z.array(z.enum(RELEASABLE_FIELDS)).min(1).max(RELEASABLE_FIELDS.length),
}).meta({ examples: [{ recipient: 'party-house', purpose: 'partner-offers', fields: ['contact.firstName', 'contact.email'] }] });
export type Disclose = z.output<typeof DiscloseSchema>;

const RecipientViewSchema = z.object({ id: z.string(), name: z.string(), country: z.string() });
export type RecipientView = z.infer<typeof RecipientViewSchema>;

const entry = {
  /** Random, handed out with the data: later notices name it. */
  disclosureId: z.uuid(), recipient: RecipientViewSchema, purpose: z.string(), fields: z.array(z.string()), legalBasis: z.string(), releasedAt: z.iso.datetime(),
};
const DisclosureSchema = z.object(entry);
export type DisclosureView = z.infer<typeof DisclosureSchema>;

const addressOrText = z.union([z.string(), z.int(), z.array(z.string()), z.record(z.string(), z.string().nullable())]);
const released = z.partialRecord(z.enum(RELEASABLE_FIELDS), addressOrText);
export const ReleaseSchema = z.object({ ...entry, data: released });
export type Release = z.infer<typeof ReleaseSchema>;

export const LedgerSchema = z.object({
  disclosures: z.array(DisclosureSchema),
  consents: z.array(z.object({
    recipient: RecipientViewSchema, purpose: z.string(), decision: z.enum(['granted', 'withdrawn']), decidedAt: z.iso.datetime(), recordedAt: z.iso.datetime(),
    /** False: a newer decision was already known, so this one is proof only. */
    inEffect: z.boolean(),
    wording: z.object({ id: z.string(), version: z.int(), language: z.string(), sha256: z.string() }).nullable(),
    method: z.string(), form: z.string().nullable(), sourceSystem: z.string(),
  })),
  notices: z.array(z.object({ recipient: RecipientViewSchema, purpose: z.string(), sentAt: z.iso.datetime(), sentBy: z.string() })),
});
export type Ledger = z.infer<typeof LedgerSchema>;

export const DisclosureConsentReceiptSchema = z.object({ id: z.uuid(), recipient: z.string(), purpose: z.string(), inEffect: z.boolean() });
export const NotifyReceiptSchema = z.object({ id: z.uuid(), noticeId: z.int() });

export const ListNoticesSchema = z.strictObject({
  state: z.enum(['open', 'done']).optional(),
  recipient: CodeSchema.optional(),
  due: z.literal('late').optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: DayCursorSchema.optional(),
});
export type ListNotices = z.output<typeof ListNoticesSchema>;

const notice = {
  id: z.uuid(), recipient: RecipientViewSchema,
  /** Whom it is about, as the recipient knows her; null once she was erased and the recipient told. */
  disclosureId: z.uuid().nullable(),
  kind: z.enum(['correction', 'erasure', 'restriction']), fields: z.array(z.string()),
  createdOn: z.iso.date(), dueOn: z.iso.date(), late: z.boolean(), doneAt: z.iso.datetime().nullable(),
};
export const RecipientNoticeSchema = z.object(notice);
export type RecipientNoticeView = z.infer<typeof RecipientNoticeSchema>;
export const NoticePageSchema = z.object({ notices: z.array(RecipientNoticeSchema), next: z.string().nullable() });
export type NoticePage = z.infer<typeof NoticePageSchema>;

/** `data`: what is right now, of the corrected fields; a cleared one is absent. Null for other kinds. */
export const NoticeWithDataSchema = z.object({ ...notice, data: released.nullable() });
export type NoticeWithData = z.infer<typeof NoticeWithDataSchema>;

export const TellRecipientSchema = z.strictObject({ toldBy: z.enum(['email', 'letter', 'phone', 'interface']) }).meta({ examples: [{ toldBy: 'email' }] });
export type TellRecipient = z.output<typeof TellRecipientSchema>;
export const ToldReceiptSchema = z.object({ id: z.uuid(), doneAt: z.iso.datetime() });
