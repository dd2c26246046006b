import { z } from 'zod';
import { normalisePhone } from '#addresses/phone.js';
import { isPostalCode } from '../customers/postal-code.js';
import { isBusinessId } from './business-id.js';

const LocalisedSchema = z.strictObject({ fi: z.string().min(1), sv: z.string().min(1), en: z.string().min(1) });
const CodeSchema = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be a lower-case code of letters, digits and hyphens');

const PhoneSchema = z.string().transform((value, context) => {
  const phone = normalisePhone(value);
  if (phone) return phone;
  context.addIssue({ code: 'custom', message: 'must be a phone number' });
  return z.NEVER;
});

const PostalAddressSchema = z
  .strictObject({ street: z.string().min(1), postalCode: z.string(), city: z.string().min(1), country: z.string().length(2) })
  .refine((a) => isPostalCode(a.postalCode, a.country), { path: ['postalCode'], error: 'must be a postal code of the country' });

/** GDPR Art. 6(1); Art. 30 asks to name it for each purpose. */
const LEGAL_BASES = ['consent', 'contract', 'legal-obligation', 'legitimate-interest'] as const;

const PurposeSchema = z.strictObject({
  code: CodeSchema,
  legalBasis: z.enum(LEGAL_BASES),
  /** ISO 8601 duration. */
  retention: z.string().regex(/^P\d+[YMD]$/, 'must be an ISO 8601 duration such as P3Y'),
  recipients: z.array(z.string()),
});

/**
 * Who may get people (R5). `outside`: another controller, which gets a person through the register's disclosures only, on her consent
 * and after a notice. `inside`: a processor of the company, such as a mailing tool, which gets the lists of marketing.
 */
const RecipientSchema = z.strictObject({
  id: CodeSchema,
  name: z.string().min(1),
  country: z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code'),
  place: z.enum(['inside', 'outside']),
  /** Codes of purposes. */
  purposes: z.array(CodeSchema).min(1),
});
export type Recipient = z.infer<typeof RecipientSchema>;

/** Who the controller is and what the register is for (GDPR Art. 13, 30): configuration, checked at start. */
export const ProfileSchema = z.strictObject({
  controller: z.strictObject({
    name: z.string().min(1),
    businessId: z.string().refine(isBusinessId, 'must be a Finnish business identity code with a right check digit'),
    postalAddress: PostalAddressSchema,
    phone: PhoneSchema,
    email: z.email(),
  }),
  dataProtectionContact: z.strictObject({ name: z.string().min(1), email: z.email() }),
  register: z.strictObject({ name: LocalisedSchema }),
  purposes: z
    .array(PurposeSchema)
    .refine((list) => list.some((p) => p.code === 'marketing' && p.legalBasis === 'consent'),
      'must hold a purpose "marketing" whose legal basis is "consent" (Act 917/2014 § 200)'),
  recipients: z.array(RecipientSchema).refine((list) => new Set(list.map(({ id }) => id)).size === list.length, 'must name each recipient once').default([]),
  productGroups: z.array(z.strictObject({ code: CodeSchema, name: LocalisedSchema })).min(1),
}).superRefine(({ purposes, recipients }, context) => {
  for (const [i, recipient] of recipients.entries()) {
    for (const [j, code] of recipient.purposes.entries()) {
      const purpose = purposes.find((p) => p.code === code);
      const message = !purpose ? 'must be the code of a purpose'
        : recipient.place === 'outside' && purpose.legalBasis !== 'consent' ? 'must be a purpose that rests on consent: nothing is disclosed outside without one' : undefined;
      if (message !== undefined) context.addIssue({ code: 'custom', path: ['recipients', i, 'purposes', j], message });
    }
  }
});
export type Profile = z.infer<typeof ProfileSchema>;
