import { z } from 'zod';
import { DayCursorSchema } from '#http/query.schemas.js';
import { MomentSchema, text } from '../customers/text.schemas.js';

/** The rights a person can call on: GDPR Art. 15, 20, 16, 17, 18 and 21. */
export const REQUEST_KINDS = ['access', 'portability', 'rectification', 'erasure', 'restriction', 'objection'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

export const RECEIVED_BY = ['self-service', 'email', 'phone', 'letter', 'in-person', 'other'] as const;
export type ReceivedBy = (typeof RECEIVED_BY)[number];

export const REQUEST_STATES = ['open', 'waiting-for-person', 'extended', 'done', 'refused'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** Art. 12(3): "taking into account the complexity and number of the requests". */
export const EXTENSION_REASONS = ['complexity', 'number-of-requests'] as const;

/**
 * Why nothing is done: Art. 12(5) (two), 12(6), an exemption in the article of the right itself or in national law, or a
 * right that does not reach this case.
 */
export const REFUSAL_REASONS = ['manifestly-unfounded', 'excessive', 'identity-not-shown', 'exemption', 'not-applicable'] as const;

const OUTCOMES = ['carried-out', 'closed-by-erasure', ...REFUSAL_REASONS] as const;

/** Seen by the people who handle the request, and by the person in her bundle; goes with her. */
const note = text(500).optional();

export const CreateRequestSchema = z.strictObject({
  kind: z.enum(REQUEST_KINDS),
  /** When it reached the company; now unless given. Not for the customer herself. */
  receivedAt: MomentSchema.optional(),
  /** Needed from everybody but the customer herself. */
  receivedBy: z.enum(RECEIVED_BY).optional(),
  /** What she asks for, such as what is to be rectified; the note of the first step. */
  note,
}).meta({ examples: [{ kind: 'rectification', receivedAt: '2026-11-23T09:30:00+02:00', receivedBy: 'email', note: 'Her street is Koivukuja now.' }] });
export type CreateRequest = z.output<typeof CreateRequestSchema>;

const told = { toldAt: MomentSchema, toldBy: z.enum(['email', 'phone', 'letter', 'in-person', 'account']) };

export const RequestStepSchema = z.discriminatedUnion('step', [
  /** Null: back to the data-protection contact. */
  z.strictObject({ step: z.literal('assigned'), assignee: z.string().max(63).nullable(), note }),
  /** Who she is (Art. 12(6)), or what exactly she wants: the due date stays. */
  z.strictObject({ step: z.literal('asked-person'), note }),
  z.strictObject({ step: z.literal('person-answered'), note }),
  z.strictObject({ step: z.literal('extended'), reason: z.enum(EXTENSION_REASONS), ...told, note }),
  z.strictObject({ step: z.literal('done'), note }),
  /** The person is told why, and that she can complain (Art. 12(4)). */
  z.strictObject({ step: z.literal('refused'), reason: z.enum(REFUSAL_REASONS), ...told, note }),
]).meta({ examples: [{ step: 'extended', reason: 'complexity', toldAt: '2026-12-10T12:00:00+02:00', toldBy: 'email' }] });
export type RequestStep = z.output<typeof RequestStepSchema>;

export const ListRequestsSchema = z.strictObject({
  state: z.enum(REQUEST_STATES).optional(),
  kind: z.enum(REQUEST_KINDS).optional(),
  /** `late`: not closed on the day after its due date. */
  due: z.literal('late').optional(),
  /** Not closed and due within so many days, the late ones included. */
  dueWithin: z.coerce.number().int().min(0).max(366).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: DayCursorSchema.optional(),
});
export type ListRequests = z.output<typeof ListRequestsSchema>;

const shown = {
  id: z.uuid(),
  kind: z.enum(REQUEST_KINDS),
  receivedAt: z.iso.datetime(),
  receivedBy: z.enum(RECEIVED_BY),
  /** The last day on which the answer is in time. */
  dueOn: z.iso.date(),
  late: z.boolean(),
  state: z.enum(REQUEST_STATES),
  extension: z.object({ reason: z.enum(EXTENSION_REASONS), toldAt: z.iso.datetime() }).nullable(),
  outcome: z.enum(OUTCOMES).nullable(),
  closedAt: z.iso.datetime().nullable(),
};

/** What the person sees of her request, and whoever looks at her requests. */
export const OwnRequestSchema = z.object(shown);
export const OwnRequestsSchema = z.object({ requests: z.array(OwnRequestSchema) });

export const RequestSchema = z.object({
  ...shown,
  /** Null once the person was erased. */
  customerId: z.uuid().nullable(),
  /** `username` is null for the data-protection contact. */
  assignee: z.object({ username: z.string().nullable(), name: z.string() }),
});
export const RequestPageSchema = z.object({ requests: z.array(RequestSchema), next: z.string().nullable() });

export const RequestHistorySchema = z.object({
  ...RequestSchema.shape,
  steps: z.array(z.object({
    at: z.iso.datetime(), step: z.string(), actor: z.string(), assignee: z.string().nullable(),
    reason: z.string().nullable(), toldAt: z.iso.datetime().nullable(), toldBy: z.string().nullable(), note: z.string().nullable(),
  })),
});

export const RequestReceiptSchema = z.object({ id: z.uuid(), state: z.enum(REQUEST_STATES), dueOn: z.iso.date() });

export type OwnRequestView = z.infer<typeof OwnRequestSchema>;
export type RequestView = z.infer<typeof RequestSchema>;
export type RequestPage = z.infer<typeof RequestPageSchema>;
export type RequestHistory = z.infer<typeof RequestHistorySchema>;
