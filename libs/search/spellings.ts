import type { ValueKind } from './sought.js';

/** One way in which a value may stand in a store. */
export interface Spelling {
  readonly text: string;
  /** Percent-encoded or form-encoded: there `+` is a space. */
  readonly encoded: boolean;
}

/** Every spelling of a value that is searched for. Letters of ASCII are compared without case, so only one of each is given. */
export function spellingsOf(kind: ValueKind, text: string): readonly Spelling[] {
  switch (kind) {
    case 'email':
      return distinct([
        ...spellingsOfText(text), ...['@', '+'].map((sign) => ({ text: text.replaceAll(sign, encodeURIComponent(sign)), encoded: true })),
        { text: encodeURIComponent(text).replaceAll('.', '%2e'), encoded: true }, ...asJsonMay(text).map((escaped) => ({ text: escaped, encoded: false })),
      ]);
    case 'phone':
      return distinct(phoneDigits(text).map((digits) => ({ text: digits, encoded: false })));
    case 'customer-id':
    case 'ref':
      return distinct([{ text, encoded: false }, { text: text.replaceAll('-', ''), encoded: false }]);
  }
}

/** Free text: as it is and in other cases and normal forms, escaped as JSON, CSV, and SQL do, and as URLs and forms do. */
export function spellingsOfText(text: string): readonly Spelling[] {
  return distinct(inOtherLetters(text).flatMap((form) => [
    ...[form, quoted(form), withEscapes(quoted(form)), form.replaceAll('"', '""'), form.replaceAll("'", "''")].map((plain) => ({ text: plain, encoded: false })),
    ...urlEncoded(form).map((url) => ({ text: url, encoded: true })),
  ]));
}

/** Only ASCII is compared without case; other letters are looked for as they are, small, capital, and with combining marks (NFD). */
function inOtherLetters(text: string): readonly string[] {
  if (isAscii(text)) return [text];
  return [text, text.toLowerCase(), text.toUpperCase()].flatMap((form) => [form.normalize('NFC'), form.normalize('NFD')]);
}

const quoted = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');

/** As JSON may write what is not ASCII (RFC 8259, 7). */
const withEscapes = (text: string): string =>
  isAscii(text) ? text : text.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

function urlEncoded(text: string): readonly string[] {
  const encoded = encodeURIComponent(text);
  return [encoded, encoded.replaceAll('%20', '+'), encoded.replaceAll(/['()*!]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)];
}

/** Some write signs of ASCII as `\\u0040` too. */
const asJsonMay = (text: string): readonly string[] => {
  const withoutPlus = text.replaceAll('+', '\\u002b');
  return [withoutPlus, text.replaceAll('@', '\\u0040'), withoutPlus.replaceAll('@', '\\u0040')];
};

/** Without the plus, so that `+358…`, `%2B358…`, and `00358…` are one; and as it is dialled in Finland. */
export function phoneDigits(e164: string): readonly string[] {
  const digits = e164.replaceAll(/\D/g, '');
  return digits.startsWith('358') ? [digits, `0${digits.slice(3)}`] : [digits];
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

/** Each once, in small letters; what reads the same encoded and plain is plain. */
function distinct(spellings: readonly Spelling[]): readonly Spelling[] {
  const encodedOnly = new Map<string, boolean>();
  for (const { text, encoded } of spellings) {
    const folded = text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
    encodedOnly.set(folded, encoded && (encodedOnly.get(folded) ?? true));
  }
  return [...encodedOnly].map(([text, encoded]) => ({ text, encoded }));
}
