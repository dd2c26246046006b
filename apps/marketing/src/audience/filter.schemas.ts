import { z } from 'zod';
import { ChannelSchema } from '#contracts/channel.js';
import { excessOf } from './filter-limits.js';

/** Members a list in a filter may have. */
export const MAX_LIST = 100;
/** PostgreSQL's integer. */
const MAX_VERSION = 2_147_483_647;
/** No consent of the register is older. */
export const EARLIEST_CONSENT = Date.UTC(1900, 0);

const listOf = <T extends z.ZodType>(member: T): z.ZodArray<T> => z.array(member).min(1).max(MAX_LIST);
const said = (description: string): { description: string } => ({ description });

/** The operators of one field: at least one, and all of them must hold. */
function operators<T extends z.core.$ZodLooseShape>(shape: T, needed: readonly (keyof T & string)[] = Object.keys(shape)) {
  return z.strictObject(shape).refine((given) => needed.some((name) => (given as Record<string, unknown>)[name] !== undefined), {
    error: `must have at least one of: ${needed.join(', ')}`, params: { code: 'no-operator' },
    // Whoever writes an operator that does not exist needs to hear only that.
    when: ({ issues }) => issues.length === 0,
  }).meta({ minProperties: 1 });
}

const EMPTY_RANGE = { error: 'must not end before it begins', params: { code: 'empty-range' } };
const upwards = <T extends number | string>([from, to]: [T, T]): boolean => from <= to;

/** Between, before, after whole numbers. */
function range(unit: z.ZodInt, what: string, between: string) {
  return operators({
    between: z.tuple([unit, unit]).refine(upwards, EMPTY_RANGE).optional().meta({ ...said(between), minItems: 2, maxItems: 2 }),
    before: unit.optional().meta(said(`Less than this ${what}`)),
    after: unit.optional().meta(said(`More than this ${what}`)),
  });
}

/** Is, is one of, is not, is none of. */
function oneOf<T extends z.ZodType<string>>(value: T) {
  return operators({
    is: value.optional().meta(said('Is this')),
    oneOf: listOf(value).optional().meta(said('Is one of these')),
    isNot: value.optional().meta(said('Is not this; holds where nothing is known')),
    noneOf: listOf(value).optional().meta(said('Is none of these; holds where nothing is known')),
  });
}

const NameSchema = z.string().min(1).max(100).refine((text) => text.trim() !== '', { error: 'must not be blank', params: { code: 'blank' } });
const CodeSchema = z.string().min(1).max(60);
const PostalCodeSchema = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z -]{0,9}$/, 'must be a postal code or its beginning');
const MomentSchema = z.iso.datetime({ offset: true })
  .refine((moment) => !(Date.parse(moment) < EARLIEST_CONSENT), { error: 'must not lie before 1900', params: { code: 'too-early' } });
const ConsentChannelSchema = ChannelSchema.optional().meta(said('Consent for this channel; for the channel of the list when left out'));

const InterestsSchema = operators({
  any: listOf(CodeSchema).optional().meta(said('At least one of these product groups')),
  all: listOf(CodeSchema).optional().meta(said('Every one of these product groups')),
  none: listOf(CodeSchema).optional().meta(said('Not one of these product groups')),
});

const PostalCodeRangeSchema = operators({
  prefix: PostalCodeSchema.optional().meta(said('Begins with this')),
  between: z.tuple([PostalCodeSchema, PostalCodeSchema]).refine(upwards, EMPTY_RANGE).optional()
    .meta({ ...said('From the first to the last, both included; compared character by character'), minItems: 2, maxItems: 2 }),
});

const GrantedSchema = operators({
  channel: ConsentChannelSchema,
  since: MomentSchema.optional().meta(said('Given at this moment or later; whole seconds count')),
  before: MomentSchema.optional().meta(said('Given before this moment; whole seconds count')),
  lastDays: z.int().min(1).max(3_650).optional().meta(said('Given since 00:00 UTC this many days ago')),
}).refine(({ since, before }) => since === undefined || before === undefined || Date.parse(since) < Date.parse(before), EMPTY_RANGE);

const WordingSchema = z.strictObject({
  id: CodeSchema.meta(said('The wording that was agreed to')),
  version: z.int().min(1).max(MAX_VERSION).optional().meta(said('This version of it; any when left out')),
  channel: ConsentChannelSchema,
});

const SourceSchema = operators({
  channel: ConsentChannelSchema,
  is: CodeSchema.optional().meta(said('Gained by this system')),
  oneOf: listOf(CodeSchema).optional().meta(said('Gained by one of these systems')),
}, ['is', 'oneOf']);

/** One filter and the filters in it. Not for use on its own: FilterSchema guards it by the limits. */
const NestedFilterSchema = z
  .strictObject({
    get all(): z.ZodOptional<z.ZodArray<typeof NestedFilterSchema>> {
      return z.array(NestedFilterSchema).max(MAX_LIST).optional().meta(said('Every one of these filters holds. An empty list: everybody'));
    },
    get any(): z.ZodOptional<z.ZodArray<typeof NestedFilterSchema>> {
      return z.array(NestedFilterSchema).max(MAX_LIST).optional().meta(said('At least one of these filters holds. An empty list: nobody'));
    },
    get none(): z.ZodOptional<z.ZodArray<typeof NestedFilterSchema>> {
      return z.array(NestedFilterSchema).max(MAX_LIST).optional().meta(said('Not one of these filters holds. An empty list: everybody'));
    },
    interests: InterestsSchema.optional().meta(said('Product groups the person is interested in')),
    birthYear: range(z.int().min(1900).max(2100), 'year', 'From the first year to the last, both included').optional()
      .meta(said('Holds for nobody whose birth year is unknown')),
    age: range(z.int().min(0).max(200), 'age in years', 'From the first age to the last, both included').optional()
      .meta(said('The age that everybody born in the same year has surely reached: this year (UTC) less the birth year, less one')),
    occupation: oneOf(NameSchema).optional().meta(said('Occupation, letter case included')),
    city: oneOf(NameSchema).optional().meta(said('City, letter case aside. Known only of people who have granted post')),
    postalCode: PostalCodeRangeSchema.optional().meta(said('Postal code. Known only of people who have granted post')),
    country: oneOf(z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code')).optional()
      .meta(said('Country of the postal address (ISO 3166-1 alpha-2). Known only of people who have granted post')),
    language: oneOf(z.string().regex(/^[a-z]{2}$/, 'must be an ISO 639-1 code')).optional().meta(said('Language the person reads (ISO 639-1)')),
    granted: GrantedSchema.optional().meta(said('When the consent was given. With a channel alone: that it is given')),
    wording: WordingSchema.optional().meta(said('The wording that was agreed to')),
    source: SourceSchema.optional().meta(said('The system the consent came from')),
    snapshot: z.strictObject({ id: z.uuid().meta(said('Id of the snapshot')) }).optional()
      .meta(said('Was on this snapshot, and has not withdrawn since')),
  })
  .meta({
    id: 'AudienceFilter',
    description: 'Which of the people who may be written to. Everything in it must hold; `{}` is everybody. The consent itself is no '
      + 'condition: it always holds, and cannot be written.',
    examples: [
      { interests: { any: ['coffee', 'tea'] }, age: { between: [18, 30] }, language: { is: 'fi' } },
      { any: [{ city: { oneOf: ['Kerava', 'Tuusula'] } }, { postalCode: { prefix: '04' } }], none: [{ source: { is: 'raffle' } }] },
      { granted: { lastDays: 30 }, wording: { id: 'newsletter', version: 2 } },
    ],
  });

/** A filter of the audience language (docs/audience-language.md), within the limits of filter-limits.ts. Nothing in it is changed by reading. */
export const FilterSchema = z.preprocess((given, context) => {
  const excess = excessOf(given);
  if (excess === undefined) return given;
  context.addIssue({ code: 'custom', message: excess.message, path: excess.path, params: { code: excess.code } });
  return z.NEVER;
}, NestedFilterSchema);
export type Filter = z.infer<typeof NestedFilterSchema>;
