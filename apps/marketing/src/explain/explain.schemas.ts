import { z } from 'zod';
import { ChannelSchema } from '#contracts/channel.js';
import { AsOfSchema, VersionSchema } from '../audience/audience.schemas.js';
import { checkSelection, selectionFields, SegmentRefSchema } from '../segments/selection.schemas.js';

export const ExplainSchema = z
  .strictObject({ ref: z.uuid().meta({ description: 'The person, as lists and exports name her' }), ...selectionFields })
  .superRefine(checkSelection)
  .meta({
    id: 'ExplainPerson',
    examples: [{ ref: '7b0c9a52-7f7b-4b8e-9f33-2f6f0a3a9b11', channel: 'email', filter: { interests: { any: ['coffee'] }, age: { before: 30 } } }],
  });
export type Explain = z.infer<typeof ExplainSchema>;

export const ExplainAddressSchema = z
  .strictObject({
    email: z.string().min(1).max(254).optional().meta({ description: 'Exactly, letter case aside. Found only where consent for email is held' }),
    phone: z.string().min(1).max(40).optional().meta({ description: 'Best in E.164. Found only where consent for sms or phone is held' }),
    ...selectionFields,
  })
  .superRefine((given, context) => {
    checkSelection(given, context);
    if ((given.email === undefined) === (given.phone === undefined)) {
      context.addIssue({ code: 'custom', path: ['email'], message: 'is required, or phone instead', params: { code: 'email-or-phone' } });
    }
  })
  .meta({
    id: 'ExplainAddress',
    examples: [{ email: 'maija@example.fi', segment: { id: '0b0cc7d6-5ab1-4f0c-9d3e-53d4ac5a3f61' } }],
  });
export type ExplainAddress = z.infer<typeof ExplainAddressSchema>;

export const ExplanationSchema = z
  .object({
    on: z.boolean().meta({ description: 'Whether the person is on the list' }),
    held: z.boolean().meta({
      description: 'Whether marketing holds this person for this channel. False looks the same whatever the reason: never opted in, withdrawn, objected, erased, unknown',
    }),
    ref: z.uuid().optional().meta({ description: 'The person found; only when held' }),
    channel: ChannelSchema,
    segment: SegmentRefSchema.optional().meta({ description: 'The segment asked about, with the version that was used' }),
    conditions: z
      .array(z.object({
        pointer: z.string().meta({ description: 'Where the condition stands in the filter (RFC 6901)' }),
        holds: z.boolean(),
      }))
      .meta({ description: 'Each operator of each field, and each group; empty when the person is not held. The outermost ones must all hold' }),
    asOf: AsOfSchema.nullable(),
    version: VersionSchema,
    stale: z.boolean().meta({ description: 'True: what has happened since `asOf` may not be known here yet, and lists are refused' }),
  })
  .meta({
    id: 'Explanation',
    examples: [
      {
        on: false, held: true, ref: '7b0c9a52-7f7b-4b8e-9f33-2f6f0a3a9b11', channel: 'email',
        conditions: [{ pointer: '/interests/any', holds: true }, { pointer: '/age/before', holds: false }],
        asOf: '2026-01-15T12:00:00.000Z', version: 52_018, stale: false,
      },
      { on: false, held: false, channel: 'email', conditions: [], asOf: '2026-01-15T12:00:00.000Z', version: 52_018, stale: false },
    ],
  });
export type Explanation = z.infer<typeof ExplanationSchema>;
