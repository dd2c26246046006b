import { z } from 'zod';
import { PersonHeldReplySchema } from '#contracts/person-held.v1.js';
import { CATEGORIES, type Kind, type TableAnnotation, toldColumns } from '../personal-data/annotation.js';
import { PERSONAL_DATA, PERSONAL_TABLES } from '../personal-data/tables.js';

const Moment = z.iso.datetime();
const Text = z.string();
const LocalisedSchema = z.strictObject({ fi: Text, sv: Text, en: Text }).meta({ id: 'BundleText' });

/** Who did something: a program by name, an employee by role, or the person herself. */
const ActorSchema = z.strictObject({ kind: z.enum(['program', 'staff', 'customer']), roles: z.array(Text), name: Text.nullable() }).meta({ id: 'BundleActor' });
const RecipientSchema = z.strictObject({ id: Text, name: Text, /** ISO 3166-1 alpha-2; ZZ: not configured any more. */ country: Text }).meta({ id: 'BundleRecipient' });
const SourceSchema = z.strictObject({ source: z.enum(['customer', 'staff', 'public']), citation: Text.optional(), actor: ActorSchema, at: Moment }).meta({ id: 'BundleSource' });

const KIND_SCHEMAS: Readonly<Record<Kind, z.ZodType>> = {
  'text': Text, 'code': Text, 'purpose': Text, 'number': z.int(), 'yes-no': z.boolean(), 'moment': Moment, 'day': z.iso.date(),
  'codes': z.array(Text), 'interests': z.array(Text), 'fields': z.array(Text),
  'actor': ActorSchema, 'recipient': RecipientSchema, 'sources': z.record(Text, SourceSchema), 'answer': z.record(Text, z.unknown()), 'sealed': z.array(Text),
};

/** One row of a table: every told column, null where there is nothing. */
function rowSchema(table: TableAnnotation): z.ZodType<Record<string, unknown>> {
  const fields = toldColumns(table).map(({ name, told: { as, label } }) => [name, KIND_SCHEMAS[as].nullable().meta({ description: label.en })] as const);
  return z.strictObject(Object.fromEntries(fields));
}

/** Her row is one, of every other table there may be any number. */
const registerShape = Object.fromEntries(PERSONAL_TABLES.map((key) => {
  const table: TableAnnotation = PERSONAL_DATA[key];
  const rows = table.tie === 'customer' ? rowSchema(table) : z.array(rowSchema(table));
  return [table.name, rows.meta({ description: table.about.en })];
}));

const { schema: _schema, next: _next, reads: held, ...marketing } = PersonHeldReplySchema.shape;
const MarketingSchema = z.object({ ...marketing, exports: z.array(marketing.exports.element), reads: z.array(held.element.omit({ actor: true }).extend({ actor: ActorSchema })) });

/** Everything held on a person, for her and for any program (GDPR Art. 15, 20). */
export const BundleSchema = z.strictObject({
  $schema: z.literal('./data.schema.json'),
  format: z.literal('lupa-bundle-1'),
  madeAt: Moment,
  controller: z.strictObject({ name: Text, businessId: Text, postalAddress: Text, phone: Text, email: Text }),
  dataProtectionContact: z.strictObject({ name: Text, email: Text }),
  registerName: LocalisedSchema,
  /** What the data is kept for; `retention` is an ISO 8601 duration. */
  purposes: z.array(z.strictObject({ code: Text, legalBasis: Text, retention: Text })),
  register: z.strictObject(registerShape).meta({ description: 'What the customer register holds, by table' }),
  /** The texts her decisions were made on, as they were shown. */
  wordings: z.array(z.strictObject({ id: Text, version: z.int(), language: Text, purpose: Text, sha256: Text, text: Text })),
  marketing: MarketingSchema.meta({ description: 'What marketing holds' }),
  /** What each value of the register is, on which ground it is held. */
  annotations: z.array(z.strictObject({ table: Text, column: Text, label: LocalisedSchema, category: z.enum(CATEGORIES), purpose: Text, legalBasis: Text, law: Text })),
  /** What is held and not told, and why. */
  withheld: z.array(z.strictObject({ table: Text, columns: z.array(Text), because: LocalisedSchema })),
});

/** A row of the register as the bundle tells it. */
export type BundleRow = Readonly<Record<string, unknown>>;
export type Bundle = Omit<z.infer<typeof BundleSchema>, 'register'> & {
  readonly register: { readonly customer: BundleRow } & Readonly<Record<string, BundleRow | readonly BundleRow[]>>;
};

/** The published JSON Schema of data.json (draft 2020-12). */
export const bundleJsonSchema = (): Record<string, unknown> => ({ title: 'Everything held on one person', ...z.toJSONSchema(BundleSchema) });
