import { z } from 'zod';
import { ChannelSchema } from '#contracts/channel.js';
import { checkSelection, selectionFields } from '../segments/selection.schemas.js';
import { STALE_REASONS } from './freshness.js';

export const ChannelField = ChannelSchema.meta({ description: 'The way the people on the list may be written to or called' });

export const QuerySchema = z
  .strictObject({
    ...selectionFields,
    limit: z.int().min(1).max(1_000).default(100).meta({ description: 'People a page' }),
    cursor: z.string().max(200).optional().meta({ description: 'nextCursor of the page before, with the same channel and filter' }),
  })
  .superRefine(checkSelection)
  .meta({
    id: 'AudienceQuery',
    examples: [
      { channel: 'email' },
      { segment: { id: '0b0cc7d6-5ab1-4f0c-9d3e-53d4ac5a3f61' }, limit: 100 },
      { channel: 'email', filter: { interests: { any: ['coffee'] }, birthYear: { between: [1980, 1999] }, language: { is: 'fi' } }, limit: 100 },
      { channel: 'post', filter: { any: [{ city: { is: 'Kerava' } }, { postalCode: { prefix: '04' } }], none: [{ granted: { channel: 'email' } }] } },
    ],
  });
export type Query = z.infer<typeof QuerySchema>;

export const CountSchema = z
  .strictObject(selectionFields)
  .superRefine(checkSelection)
  .meta({ id: 'AudienceCount', examples: [{ channel: 'sms', filter: { city: { oneOf: ['Kerava', 'Tuusula'] }, granted: { lastDays: 30 } } }] });
export type Count = z.infer<typeof CountSchema>;

export const AsOfSchema = z.iso.datetime().meta({ description: 'W: everything that happened in the register before this moment is taken into account' });
export const VersionSchema = z.int().nonnegative().meta({ description: 'Counts every change of the contacts: answers of the same version are of the same contacts' });

export const ContactSchema = z
  .object({
    ref: z.uuid().meta({ description: 'Stands for the person; not the customer id' }),
    firstName: z.string().nullable(),
    lastName: z.string().nullable(),
    language: z.string().nullable(),
    birthYear: z.int().nullable(),
    occupation: z.string().nullable(),
    interests: z.array(z.string()),
    grantedAt: z.iso.datetime().meta({ description: 'When the consent for this channel was given' }),
    email: z.string().optional().meta({ description: 'Only for channel email' }),
    phone: z.string().optional().meta({ description: 'E.164; only for channels sms and phone' }),
    address: z
      .object({ street: z.string().nullable(), postalCode: z.string().nullable(), city: z.string().nullable(), country: z.string().nullable() })
      .optional()
      .meta({ description: 'Only for channel post' }),
  })
  .meta({ id: 'Contact' });
export type Contact = z.infer<typeof ContactSchema>;

export const PageSchema = z
  .object({
    asOf: AsOfSchema,
    version: VersionSchema,
    contacts: z.array(ContactSchema),
    nextCursor: z.string().nullable().meta({ description: 'Null on the last page' }),
  })
  .meta({
    id: 'AudiencePage',
    examples: [{
      asOf: '2026-01-15T12:00:00.000Z',
      version: 52_018,
      contacts: [{
        ref: '7b0c9a52-7f7b-4b8e-9f33-2f6f0a3a9b11', firstName: 'Maija', lastName: 'Mallikas', language: 'fi', birthYear: 1986,
        occupation: null, interests: ['coffee'], grantedAt: '2026-01-14T08:30:00.000Z', email: 'maija@example.fi',
      }],
      nextCursor: null,
    }],
  });
export type Page = z.infer<typeof PageSchema>;

export const CountAnswerSchema = z
  .object({
    count: z.int().nonnegative().nullable().meta({ description: 'Null: fewer than `below`, zero or more' }),
    below: z.int().positive().optional()
      .meta({ description: 'Stands in for a count below this number, for callers who may not see lists (without the scope `audience:query`)' }),
    asOf: AsOfSchema.nullable(),
    version: VersionSchema,
    stale: z.boolean().meta({ description: 'True: good for a dashboard, but lists are refused now' }),
  })
  .meta({
    id: 'AudienceCountAnswer',
    examples: [
      { count: 1240, asOf: '2026-01-15T12:00:00.000Z', version: 52_018, stale: false },
      { count: null, below: 10, asOf: '2026-01-15T12:00:00.000Z', version: 52_018, stale: false },
    ],
  });
export type CountAnswer = z.infer<typeof CountAnswerSchema>;

export const FreshnessSchema = z
  .object({
    fresh: z.boolean(),
    asOf: AsOfSchema.nullable(),
    ageSeconds: z.number().nullable(),
    limitSeconds: z.number(),
    reason: z.enum(STALE_REASONS).optional().meta({ description: 'Why lists are refused' }),
  })
  .meta({ id: 'Freshness', examples: [{ fresh: true, asOf: '2026-01-15T12:00:00.000Z', ageSeconds: 2.4, limitSeconds: 60 }] });
export type FreshnessAnswer = z.infer<typeof FreshnessSchema>;
