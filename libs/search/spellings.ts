import type { ValueKind } from './sought.js';

/** One way in which a value may stand in a store. */
export interface Spelling {
  readonly text: string;
  /** Percent-encoded or form-encoded: there `+` is a space. */
  readonly encoded: boolean;
  /** Each sign is one byte, as in files of older programs; else UTF-8. */
  readonly isLatin1?: boolean;
}

/** The bytes that a spelling is. */
export const bytesOf = ({ text, isLatin1 }: Spelling): Buffer => Buffer.from(text, isLatin1 === true ? 'latin1' : 'utf8');

/** Every spelling of a value that is searched for. Letters of ASCII are compared without case, so only one of each is given. */
export function spellingsOf(kind: ValueKind, text: string): readonly Spelling[] {
  switch (kind) {
    case 'email':
      return distinct([
        ...spellingsOfText(text), ...['@', '+'].map((sign) => ({ text: text.replaceAll(sign, encodeURIComponent(sign)), encoded: true })),
        { text: encodeURIComponent(text).replaceAll('.', '%2e'), encoded: true }, ...[...asJsonMay(text), ...asMailsMay(text)].map((escaped) => ({ text: escaped, encoded: false })),
      ]);
    case 'phone':
      return distinct(phoneDigits(text).map((digits) => ({ text: digits, encoded: false })));
    case 'customer-id':
    case 'ref':
      return distinct([{ text, encoded: false }, { text: text.replaceAll('-', ''), encoded: false }]);
  }
}

/** Free text: as it is and in other cases and normal forms, in Latin-1 too, escaped as JSON, CSV, and SQL do, and as URLs and forms do. */
export function spellingsOfText(text: string): readonly Spelling[] {
  return distinct(inOtherLetters(text).flatMap((form) => {
    const plain = [form, quoted(form), form.replaceAll('"', '""'), form.replaceAll("'", "''")];
    return [
      ...[...plain, withEscapes(quoted(form))].map((each) => ({ text: each, encoded: false })),
      ...(isLatin1(form) ? plain.map((each) => ({ text: each, encoded: false, isLatin1: true })) : []),
      ...urlEncoded(form).map((url) => ({ text: url, encoded: true })),
    ];
  }));
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

/** As quoted-printable and HTML may write the sign. */
const asMailsMay = (text: string): readonly string[] => ['=40', '&#64;', '&commat;'].map((sign) => text.replaceAll('@', sign));

/** Without the plus, so that `+358…`, `%2B358…`, and `00358…` are one; and as it is dialled in Finland. */
export function phoneDigits(e164: string): readonly string[] {
  const digits = e164.replaceAll(/\D/g, '');
  return digits.startsWith('358') ? [digits, `0${digits.slice(3)}`] : [digits];
}

/**
 * As columns of numbers and spreadsheets keep a number that was dialled with `0`: without it. On its own that may as well be somebody's order. Undefined:
 * the number is not dialled so, or is shorter than those of mobile phones, and shorter patterns take longer to find.
 */
export function phoneAsNumber(e164: string): string | undefined {
  return /^\+?358(\d{9,})$/.exec(e164)?.[1];
}

/** Signs of more than ASCII, which have one byte each there. */
function isLatin1(text: string): boolean {
  return /^[\0-\xff]*$/.test(text) && !isAscii(text);
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

/** Each once, in small letters; what reads the same encoded and plain is plain. */
function distinct(spellings: readonly Spelling[]): readonly Spelling[] {
  const each = new Map<string, Spelling>();
  for (const spelling of spellings) {
    const text = spelling.text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
    const key = spelling.isLatin1 === true ? `\0${text}` : text;
    each.set(key, { ...spelling, text, encoded: spelling.encoded && (each.get(key)?.encoded ?? true) });
  }
  return [...each.values()];
}
