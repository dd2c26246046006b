/** What a pattern is made of, as its boundaries are judged. */
export const Shape = { EMAIL: 0, DIGITS: 1, UUID: 2, WORDS: 3 } as const;
export type Shape = (typeof Shape)[keyof typeof Shape];

const DIGIT = 1;
const LETTER = 2;
const HIGH = 4;
/** May belong to the name of a mailbox; of the signs that RFC 5322 allows those that people use. */
const MAILBOX = 8;
const HEX = 16;
/** A length or a tag of a binary format; text has no such bytes. */
const BINARY = 32;

const KIND = Uint8Array.from({ length: 256 }, (_, byte) => {
  const sign = String.fromCharCode(byte);
  if (byte >= 0x80) return HIGH;
  if (byte < 0x20) return '\t\n\r'.includes(sign) ? 0 : BINARY;
  return (/\d/.test(sign) ? DIGIT : 0) | (/[a-z]/i.test(sign) ? LETTER : 0) | (/[._+-]/.test(sign) ? MAILBOX : 0) | (/[\da-f]/i.test(sign) ? HEX : 0);
});
const is = (text: Uint8Array, at: number, kind: number): boolean => at >= 0 && at < text.length && ((KIND[text[at] as number] as number) & kind) !== 0;
const holds = (text: Uint8Array, at: number, sign: string): boolean => text[at] === sign.charCodeAt(0);

/** What of another value may stand right before or after, so that this one is only a part of it: `virtanen@…` in `aino.virtanen@…`. */
const GLUE: Readonly<Record<Shape, { readonly before: number; readonly after: number }>> = {
  [Shape.EMAIL]: { before: DIGIT | LETTER | MAILBOX, after: DIGIT | LETTER },
  [Shape.DIGITS]: { before: DIGIT | LETTER, after: DIGIT | LETTER },
  [Shape.UUID]: { before: 0, after: 0 }, // 128 bits are nobody else's by chance
  [Shape.WORDS]: { before: DIGIT | LETTER | HIGH, after: DIGIT | LETTER | HIGH },
};

/**
 * Whether what was found at `start`–`end` is the value, and not a part of somebody else's. In doubt it is: a line `xaino@…` is
 * another mailbox, but an escape (`\n`, `\u000a`, `%20`), or a length of a binary format, before the value is none of it.
 */
export function standsAlone(text: Uint8Array, start: number, end: number, shape: Shape, encoded: boolean): boolean {
  return opens(text, start, shape, encoded) && closes(text, end, shape);
}

function opens(text: Uint8Array, start: number, shape: Shape, encoded: boolean): boolean {
  const before = start - 1;
  if (shape === Shape.DIGITS && holds(text, before, '.') && is(text, before - 1, DIGIT)) return false; // decimals of a number
  if (!is(text, before, GLUE[shape].before)) return true;
  if (encoded && holds(text, before, '+')) return true;
  if (shape === Shape.DIGITS && holds(text, before, '0') && holds(text, before - 1, '0') && !is(text, before - 2, DIGIT | LETTER)) return true; // 00358…
  return endsAnEscape(text, before) || is(text, before - 1, BINARY);
}

function endsAnEscape(text: Uint8Array, at: number): boolean {
  if (holds(text, at - 2, '%') && is(text, at - 1, HEX) && is(text, at, HEX)) return true;
  if (holds(text, at - 1, '\\') && 'nrtbf'.includes(String.fromCharCode(text[at] as number))) return true;
  return holds(text, at - 5, '\\') && holds(text, at - 4, 'u') && [at - 3, at - 2, at - 1, at].every((each) => is(text, each, HEX));
}

function closes(text: Uint8Array, end: number, shape: Shape): boolean {
  // Erlang closes a list and opens the next binary with `jm` and a length.
  if (is(text, end, GLUE[shape].after)) return is(text, end + 1, BINARY) || is(text, end + 2, BINARY);
  // `aino@firma.fi.example` and `aino@firma.fi-example` are others; `aino@firma.fi.` ends a sentence.
  return shape !== Shape.EMAIL || !((holds(text, end, '.') || holds(text, end, '-')) && is(text, end + 1, DIGIT | LETTER));
}
