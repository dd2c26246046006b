import { z } from 'zod';
import { ConsentCommandSchema, ConsentStateSchema } from '../consents/consents.schemas.js';
import { isPostalCode } from './postal-code.js';
import { CodeSchema, CountrySchema, EmailSchema, LanguageSchema, PhoneSchema, text } from './text.schemas.js';

const AddressSchema = z
  .strictObject({
    street: text(120).meta({ examples: ['Moukarinkuja 4 C 1'] }),
    postalCode: text(10).meta({ examples: ['04300'] }),
    city: text(60).meta({ examples: ['Tuusula'] }),
    country: CountrySchema.default('FI'),
  })
  .refine((a) => isPostalCode(a.postalCode, a.country), { path: ['postalCode'], error: 'must be a postal code of the country', params: { code: 'postal-code' } });

const BirthYearSchema = z.int().min(1900)
  .refine((year) => year <= new Date().getUTCFullYear(), 'must not lie in the future').meta({ examples: [1987] });

/** How the caller got the data (R7): public sources name their publication. Absent, it follows from who calls (see sourceOf). */
const SourceSchema = z
  .strictObject({ kind: z.enum(['customer', 'staff', 'public']), citation: text(300).optional() })
  .refine((s) => s.kind !== 'public' || s.citation !== undefined, { path: ['citation'], error: 'is required for a public source', params: { code: 'required' } })
  .refine((s) => s.kind === 'public' || s.citation === undefined, { path: ['citation'], error: 'belongs to public sources only', params: { code: 'not-allowed' } })
  .meta({ examples: [{ kind: 'customer' }] });

const contact = { firstName: text(80), lastName: text(80), email: EmailSchema, phone: PhoneSchema, address: AddressSchema, language: LanguageSchema };
const demographics = { birthYear: BirthYearSchema, occupation: text(80) };
const InterestsSchema = z.array(CodeSchema).max(50).transform((codes) => [...new Set(codes)].sort()).meta({ examples: [['balloons', 'birthday']] });

/** The closed list of what the register holds of a person, at most (R6). */
export const CreateCustomerSchema = z.strictObject({
  contact: z.strictObject(contact).partial()
    .refine((c) => Object.values(c).some((value) => value !== undefined), { error: 'must hold at least one field', params: { code: 'required' } }),
  demographics: z.strictObject(demographics).partial().optional(),
  interests: InterestsSchema.optional(),
  source: SourceSchema.optional(),
  /** Decisions made on the same form, each with its own proof. */
  consents: z.array(ConsentCommandSchema).max(8).default([])
    .refine((list) => new Set(list.map((c) => `${c.purpose} ${c.channel}`)).size === list.length, 'names a purpose and channel twice'),
}).meta({
  examples: [{
    contact: { firstName: 'Aino', lastName: 'Virtanen', email: 'aino.virtanen@example.fi', phone: '045 120 6627', language: 'fi' },
    interests: ['balloons'],
    consents: [],
  }],
});
export type CreateCustomer = z.output<typeof CreateCustomerSchema>;

/** JSON merge patch (RFC 7396): a field that is absent stays, null clears it, an address is set whole. */
export const PatchCustomerSchema = z.strictObject({
  contact: z.strictObject({
    firstName: contact.firstName.nullable(), lastName: contact.lastName.nullable(), email: contact.email.nullable(),
    phone: contact.phone.nullable(), address: contact.address.nullable(), language: contact.language.nullable(),
  }).partial().optional(),
  demographics: z.strictObject({ birthYear: demographics.birthYear.nullable(), occupation: demographics.occupation.nullable() }).partial().optional(),
  interests: InterestsSchema.nullable().optional(),
  source: SourceSchema.optional(),
}).meta({ examples: [{ contact: { phone: '+358 45 120 6627', address: null } }] });
export type PatchCustomer = z.output<typeof PatchCustomerSchema>;

/** Exactly one way of looking for a person; in the body, because addresses do not belong into URLs. */
export const SearchCustomersSchema = z
  .strictObject({ email: EmailSchema, phone: PhoneSchema, name: text(80) }).partial()
  .refine((query) => Object.values(query).filter((value) => value !== undefined).length === 1, 'must name exactly one of email, phone, name')
  .meta({ examples: [{ email: 'aino.virtanen@example.fi' }] });
export type SearchCustomers = z.output<typeof SearchCustomersSchema>;

export const ListCustomersSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  /** The `next` of the page before. */
  cursor: z.uuid().optional(),
});

const OriginSchema = z.object({
  source: z.enum(['customer', 'staff', 'public']), citation: z.string().optional(),
  /** Who wrote it; null to the person herself. */
  actor: z.string().nullable(),
  at: z.iso.datetime(),
});

export const CustomerSchema = z.object({
  id: z.uuid(),
  version: z.int(),
  contact: z.object({
    firstName: z.string().nullable(), lastName: z.string().nullable(), email: z.string().nullable(), phone: z.string().nullable(),
    address: z.object({ street: z.string(), postalCode: z.string(), city: z.string(), country: z.string() }).nullable(),
    language: z.string().nullable(),
  }),
  demographics: z.object({ birthYear: z.int().nullable(), occupation: z.string().nullable() }),
  interests: z.array(z.string()),
  consents: z.array(ConsentStateSchema),
  restriction: z.object({ since: z.iso.datetime(), reason: z.string() }).nullable(),
  objection: z.object({ since: z.iso.datetime() }).nullable(),
  end: z.object({ at: z.iso.datetime(), reason: z.string() }).nullable(),
  /** Only of a child: since when a guardian agrees. */
  guardianConsent: z.object({ since: z.iso.datetime() }).nullable(),
  /** Field name to where its value came from. */
  sources: z.record(z.string(), OriginSchema),
  /** When she was last heard of: a decision, a correction of hers, a visit. */
  activeAt: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type CustomerView = z.infer<typeof CustomerSchema>;

export const CustomerPageSchema = z.object({ customers: z.array(CustomerSchema), next: z.uuid().nullable() });

/** What every write answers: no personal data, so that the idempotency store may keep it word for word. */
export const WriteReceiptSchema = z.object({ id: z.uuid(), version: z.int() }).meta({ examples: [{ id: '01940000-0000-7000-8000-000000000001', version: 2 }] });
