import { z } from 'zod';
import { ChannelSchema } from './channel.js';
import { OrderSchema, RefSchema } from './order.js';
import { ProjectionSchema } from './projection.v1.js';

/** Most exports, and most reads, that one reply tells. */
export const MAX_HELD = 500;

const Moment = z.iso.datetime();
const Count = z.int().nonnegative();

/** Where the reply before ended: the numbers of its last export and its last read; 0 and 0 at the beginning. */
const PositionSchema = z.object({ export: Count, read: Count });
export type HeldPosition = z.infer<typeof PositionSchema>;

export const PersonHeldRequestSchema = z.object({ schema: z.literal('person.held.get.v1'), ref: RefSchema, after: PositionSchema });
export type PersonHeldRequest = z.infer<typeof PersonHeldRequestSchema>;

const RecipientOfHersSchema = z.object({ id: z.string(), name: z.string(), /** ISO 3166-1 alpha-2; ZZ: not known any more. */ country: z.string() });

/** An export that held her: handed out, or in a file that waits to be taken. */
const HeldExportSchema = z.object({
  exportId: z.uuid(), number: Count,
  recipient: RecipientOfHersSchema,
  channel: ChannelSchema, purpose: z.string(), requestedAt: Moment,
  /** Everything that was known before this moment was taken into account. */
  asOf: Moment.nullable(),
  /** When its content was taken by the recipient; `broken`: not to its end, null: it may still be under way. */
  handovers: z.array(z.object({ at: Moment, outcome: z.enum(['complete', 'broken']).nullable() })),
  /** She was in what was handed out. */
  handedOut: z.boolean(),
  /** She is in a file that can still be taken. */
  waiting: z.boolean(),
  /** That the recipient has to remove her, since she left, and when it said that it has. */
  removal: z.object({ noticedAt: Moment, acknowledgedAt: Moment.nullable() }).nullable(),
});
export type HeldExport = z.infer<typeof HeldExportSchema>;

/** That a recipient was told, or is to be told, that what it was given of her is not right any more (GDPR Art. 19), and when it said that it has corrected it. */
const HeldCorrectionSchema = z.object({
  recipient: RecipientOfHersSchema, channel: ChannelSchema, /** Names, such as email or address. */ fields: z.array(z.string()), noticedAt: Moment, acknowledgedAt: Moment.nullable(),
});
export type HeldCorrection = z.infer<typeof HeldCorrectionSchema>;

/** That somebody looked at her in marketing. Whether the name is of a program or of an employee the register says. */
const HeldReadSchema = z.object({
  number: Count, at: Moment, purpose: z.string(), route: z.string(), actor: z.string(),
  /** She was on a page of a list, with these data (names, such as email or address). Added later. */
  list: z.object({ channel: ChannelSchema, fields: z.array(z.string()) }).optional(),
});
export type HeldRead = z.infer<typeof HeldReadSchema>;

/** Everything that marketing holds of one person (GDPR Art. 15), page by page: exports and reads go on, the rest is in each reply. */
export const PersonHeldReplySchema = z.object({
  schema: z.literal('person.held.v1'),
  /** The newest that marketing has heard of her; null: it has never heard of her. */
  state: z.object({
    ...OrderSchema.shape, awaitingData: z.boolean(),
    /** Her number in lists; null while she was never on one. */
    slot: z.int().nullable(),
    /** Answers about her on their way to the register. */
    answersUnderWay: Count,
  }).nullable(),
  /** What lists are made of; null: she is on none. */
  contact: ProjectionSchema.omit({ ref: true, epoch: true, version: true }).nullable(),
  /** Lists fixed at a moment that she is on. */
  snapshots: z.array(z.object({ snapshotId: z.uuid(), name: z.string(), channel: ChannelSchema, takenAt: Moment, expiresAt: Moment })),
  /** Messages about her that could not be applied; they hold no data but which channels. */
  parked: z.array(z.object({ queue: z.string(), reason: z.string(), times: Count, firstAt: Moment, lastAt: Moment })),
  exports: z.array(HeldExportSchema).max(MAX_HELD),
  reads: z.array(HeldReadSchema).max(MAX_HELD),
  /** Added later: a marketing of before does not tell it. */
  corrections: z.array(HeldCorrectionSchema).optional(),
  /** Who was given her by exports of which nobody keeps any more who was in them. Added later. */
  pastRecipients: z.array(RecipientOfHersSchema).optional(),
  /** Where the next page begins; null: this is the last one. */
  next: PositionSchema.nullable(),
});
export type PersonHeldReply = z.infer<typeof PersonHeldReplySchema>;
