import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';

/**
 * A phone number in E.164 (`045 120 6627` → `+358451206627`), or undefined when it is none.
 * @param country ISO 3166-1 alpha-2 of numbers written without a country code
 */
export function normalisePhone(text: string, country: string): string | undefined {
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: country as CountryCode, extract: false });
  return parsed?.isValid() ? parsed.number : undefined;
}
