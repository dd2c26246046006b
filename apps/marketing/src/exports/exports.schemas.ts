import { z } from 'zod';
import { CALLER_KINDS } from '#auth/caller.js';
import { ChannelSchema } from '#contracts/channel.js';
import { checkSelection, selectionFields } from '../segments/selection.schemas.js';
import { CANCELLATIONS, FAILURES, STATES } from './export-state.js';
import { PRESET_IDS } from './presets.js';

const CodeField = z.string().min(1).max(60);
const DELIVERIES = ['download', 'file'] as const;

export const ExportRequestSchema = z
  .strictObject({
    recipient: CodeField.meta({ description: 'Id of a configured recipient' }),
    purpose: CodeField.meta({ description: 'What the recipient does with it; must have been agreed with the recipient' }),
    ...selectionFields,
    preset: z.enum(PRESET_IDS).optional().meta({ description: 'Left out: the one of the recipient' }),
    delivery: z.enum(DELIVERIES).default('download').meta({ description: '`download` is read while it is taken, once. `file` is made in the background and can be taken until it expires.' }),
    bom: z.boolean().default(false).meta({ description: 'Begin with a byte order mark, as some spreadsheets need to see UTF-8; CSV only' }),
  })
  .superRefine(checkSelection)
  .meta({
    id: 'ExportRequest',
    examples: [
      { recipient: 'mailchimp', purpose: 'marketing', channel: 'email', filter: { interests: { any: ['balloons'] }, language: { is: 'fi' } } },
      { recipient: 'print-house', purpose: 'marketing', channel: 'post', filter: { postalCode: { prefix: '04' } }, delivery: 'file', bom: true },
    ],
  });
export type ExportRequest = z.infer<typeof ExportRequestSchema>;

const MomentSchema = z.iso.datetime();

export const ExportSchema = z
  .object({
    id: z.uuid(),
    state: z.enum(STATES),
    reason: z.enum([...FAILURES, ...CANCELLATIONS]).optional().meta({ description: 'Why it failed or was cancelled' }),
    recipient: z.string(),
    purpose: z.string(),
    channel: ChannelSchema,
    preset: z.enum(PRESET_IDS),
    delivery: z.enum(DELIVERIES),
    bom: z.boolean(),
    asked: z.unknown().meta({ description: 'The filter, and the segment with the version that was used if one was named' }),
    requestedBy: z.object({ kind: z.enum(CALLER_KINDS), subject: z.string() }),
    requestedAt: MomentSchema,
    startedAt: MomentSchema.nullable(),
    endedAt: MomentSchema.nullable(),
    expiresAt: MomentSchema.meta({ description: 'It must have been taken by then' }),
    asOf: MomentSchema.nullable().meta({ description: 'Everything that happened in the register before this moment is taken into account' }),
    progress: z.object({
      rows: z.int().nonnegative(),
      of: z.int().nonnegative().nullable().meta({ description: 'Rows there will be; null until it is known' }),
      percent: z.int().min(0).max(100),
    }),
    leftOut: z.int().nonnegative().meta({ description: 'People whose address a spreadsheet would take for a formula: not in a CSV, as a changed address may be somebody else’s' }),
    bytes: z.int().nonnegative().nullable(),
    sha256: z.string().nullable().meta({ description: 'Of the content, in hexadecimal' }),
    handovers: z.int().nonnegative().meta({ description: 'Times the content was taken' }),
  })
  .meta({
    id: 'Export',
    examples: [{
      id: '0b8f5bb0-6f0e-4a53-9a5f-2b8d3b6c2d10', state: 'waiting', recipient: 'mailchimp', purpose: 'marketing', channel: 'email', preset: 'mailchimp',
      delivery: 'download', bom: false, asked: { filter: { language: { is: 'fi' } } }, requestedBy: { kind: 'staff', subject: 'maija' },
      requestedAt: '2026-01-15T12:00:00.000Z', startedAt: null, endedAt: null, expiresAt: '2026-01-15T13:00:00.000Z', asOf: null,
      progress: { rows: 0, of: null, percent: 0 }, leftOut: 0, bytes: null, sha256: null, handovers: 0,
    }],
  });
export type Export = z.infer<typeof ExportSchema>;

export const ExportListQuerySchema = z.strictObject({
  recipient: CodeField.optional(),
  state: z.enum(STATES).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.coerce.number().int().positive().optional().meta({ description: 'nextBefore of the page before' }),
});
export type ExportListQuery = z.infer<typeof ExportListQuerySchema>;

export const ExportListSchema = z
  .object({ exports: z.array(ExportSchema), nextBefore: z.int().nullable().meta({ description: 'Null on the last page' }) })
  .meta({ id: 'ExportList' });
export type ExportList = z.infer<typeof ExportListSchema>;
