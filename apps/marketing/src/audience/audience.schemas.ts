import { z } from 'zod';
import { ChannelSchema } from '#contracts/channel.js';
import { STALE_REASONS } from './freshness.js';

const InterestSchema = z.string().min(1).max(60);
const InterestsSchema = z.array(InterestSchema).min(1).max(50);
const YearSchema = z.int().min(1900).max(2100);

/**
 * Which of the people who may be written to by the channel. Every condition must hold. The consent itself
 * is no condition: it always holds, and cannot be written.
 */
export const FilterSchema = z
  .strictObject({
    interests: z
      .strictObject({
        any: InterestsSchema.optional().meta({ description: 'At least one of these product groups' }),
        all: InterestsSchema.optional().meta({ description: 'Every one of these product groups' }),
      })
      .optional(),
    birthYear: z
      .strictObject({ from: YearSchema.optional(), to: YearSchema.optional() })
      .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
        message: 'must not begin after it ends', params: { code: 'empty-range' },
      })
      .optional()
      .meta({ description: 'Both ends included. People without a known birth year do not match.' }),
    city: z.string().min(1).max(100).optional()
      .meta({ description: 'Exact, letter case aside. Matches only people who have granted post: of others no address is held.' }),
    postalCode: z.string().regex(/^[0-9A-Za-z -]{1,10}$/).optional()
      .meta({ description: 'Beginning of the postal code. Matches only people who have granted post.' }),
    language: z.string().regex(/^[a-z]{2}$/).optional().meta({ description: 'ISO 639-1' }),
    grantedSince: z.iso.datetime({ offset: true })
      .refine((value) => !(Date.parse(value) < Date.UTC(1900, 0)), { message: 'must not lie before 1900', params: { code: 'too-early' } })
      .transform((value) => new Date(value).toISOString()).optional()
      .meta({ description: 'Consent for this channel given at this moment or later' }),
  })
  .meta({ id: 'AudienceFilter' });
export type Filter = z.infer<typeof FilterSchema>;

const ChannelField = ChannelSchema.meta({ description: 'The way the people on the list may be written to or called' });

export const QuerySchema = z
  .strictObject({
    channel: ChannelField,
    filter: FilterSchema.default({}),
    limit: z.int().min(1).max(1_000).default(100).meta({ description: 'People a page' }),
    cursor: z.string().max(200).optional().meta({ description: 'nextCursor of the page before, with the same channel and filter' }),
  })
  .meta({
    id: 'AudienceQuery',
    examples: [
      { channel: 'email' },
      { channel: 'email', filter: { interests: { any: ['coffee'] }, birthYear: { from: 1980, to: 1999 }, language: 'fi' }, limit: 100 },
    ],
  });
export type Query = z.infer<typeof QuerySchema>;

export const CountSchema = z
  .strictObject({ channel: ChannelField, filter: FilterSchema.default({}) })
  .meta({ id: 'AudienceCount', examples: [{ channel: 'sms', filter: { city: 'Kerava' } }] });
export type Count = z.infer<typeof CountSchema>;

const AsOfSchema = z.iso.datetime().meta({ description: 'W: everything that happened in the register before this moment is taken into account' });

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
    contacts: z.array(ContactSchema),
    nextCursor: z.string().nullable().meta({ description: 'Null on the last page' }),
  })
  .meta({
    id: 'AudiencePage',
    examples: [{
      asOf: '2026-01-15T12:00:00.000Z',
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
    count: z.int().nonnegative(),
    asOf: AsOfSchema.nullable(),
    stale: z.boolean().meta({ description: 'True: good for a dashboard, but lists are refused now' }),
  })
  .meta({ id: 'AudienceCountAnswer', examples: [{ count: 1240, asOf: '2026-01-15T12:00:00.000Z', stale: false }] });
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
