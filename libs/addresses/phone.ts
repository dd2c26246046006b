import { parsePhoneNumberFromString } from 'libphonenumber-js';

/** Numbers written without a country code are read as Finnish. */
const HOME_COUNTRY = 'FI';

/** A phone number in E.164 (`045 120 6627` → `+358451206627`), or undefined when it is none. */
export function normalisePhone(text: string): string | undefined {
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: HOME_COUNTRY, extract: false });
  return parsed?.isValid() ? parsed.number : undefined;
}
