import { getCountries } from 'libphonenumber-js';
import { z } from 'zod';
import { holdsPersonalIdentityCode } from './personal-identity-code.js';
import { normalisePhone } from '#addresses/phone.js';

const COUNTRIES: ReadonlySet<string> = new Set(getCountries());
const LETTERS = Array.from({ length: 26 }, (_, i) => String.fromCharCode(0x61 + i));
const LANGUAGE_NAMES = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
const LANGUAGES: ReadonlySet<string> = new Set(LETTERS.flatMap((a) => LETTERS.map((b) => a + b)).filter((code) => LANGUAGE_NAMES.of(code) !== undefined));

const NO_IDENTITY_CODE = {
  error: 'must not hold a personal identity code (henkilötunnus); the register never keeps one', params: { code: 'personal-identity-code' },
};

/** One line of text a person wrote: NFC, trimmed, no control characters, never a personal identity code. */
export function text(maxLength: number) {
  return z
    .string()
    .max(maxLength)
    .transform((value) => value.normalize('NFC').trim())
    .pipe(
      z.string().min(1)
        .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not hold control characters')
        .refine((value) => !holdsPersonalIdentityCode(value), NO_IDENTITY_CODE),
    );
}

export const EmailSchema = text(254).pipe(z.email({ error: 'must be an email address' })).meta({ examples: ['aino.virtanen@example.fi'] });

/** Any usual way of writing; kept as E.164 (ITU-T). Without a country code it is read as Finnish. */
export const PhoneSchema = text(40)
  .transform((value, context) => {
    const phone = normalisePhone(value);
    if (phone) return phone;
    context.addIssue({ code: 'custom', message: 'must be a phone number, with its country code unless it is Finnish', params: { code: 'phone-number' } });
    return z.NEVER;
  })
  .meta({ examples: ['045 120 6627'] });

export const CountrySchema = z.string().regex(/^[A-Z]{2}$/).refine((code) => COUNTRIES.has(code), 'must be an ISO 3166-1 alpha-2 code').meta({ examples: ['FI'] });

export const LanguageSchema = z
  .string().regex(/^[a-z]{2}$/, 'must be an ISO 639-1 code')
  .refine((code) => LANGUAGES.has(code), 'must be an ISO 639-1 code')
  .meta({ examples: ['fi'] });

/** A code of configuration: product group, purpose, wording, source system. */
export const CodeSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be a code of lower-case letters, digits and hyphens')
  .refine((code) => !holdsPersonalIdentityCode(code), NO_IDENTITY_CODE);

/** The largest number that a version of a wording may have: PostgreSQL's integer. */
export const MAX_VERSION = 2_147_483_647;

const EARLIEST = Date.UTC(1900, 0);

/** A moment with its offset. PostgreSQL knows no year 0, and nobody decided anything before 1900. */
export const MomentSchema = z.iso.datetime({ offset: true })
  .refine((value) => !(Date.parse(value) < EARLIEST), { error: 'must not lie before 1900', params: { code: 'too-early' } })
  .transform((value) => new Date(value));
