import { Shape, standsAlone } from './boundaries.js';

const OTHER = 0;
const DIGIT = 1;
const SEPARATOR = 2;
const PERCENT = 0x25;
/** Of `040 123 4567`, `040-1234567`, `(0)40/123 4567`, of a form's `040+123+4567`; and the bytes of no-break space, hyphens and dashes in UTF-8. */
const SEPARATORS = new Set([...Buffer.from(' -./()+%'), 0xc2, 0xa0, 0xe2, 0x80, 0x90, 0x91, 0x92, 0x93, 0xaf]);
const KIND = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x30 && byte <= 0x39 ? DIGIT : SEPARATORS.has(byte) ? SEPARATOR : OTHER));
/** `) – `, with spaces in UTF-8. */
const MOST_BETWEEN = 6;
/** Of percent-encoding what stands between digits: space, brackets, plus, dash, dot, slash. */
const ENCODED = new Set(['20', '28', '29', '2b', '2d', '2e', '2f']);
/** Numbers are found by as many of their last digits; a shorter one is nobody's own. */
const TAIL = 7;
/** The last digits as four bits each: to go on by one takes no division. */
const TAIL_BITS = 2 ** (4 * TAIL) - 1;
const KNOWN_BITS = 23;
const { imul } = Math;
const bitOf = (tail: number): number => imul(tail, 0x9e3779b1) >>> (32 - KNOWN_BITS);
/** As many digits are remembered; E.164 allows 15. */
const RING = 32;
const ZERO = 0x30;

/** Called with what was added, and where it stands. */
type Hit = (owner: number, start: number, end: number) => void;

/**
 * Finds telephone numbers as people write them, in groups of digits. Text is passed over at the speed of memory until a digit is followed by a
 * separator; only then digits are put together and looked up by the last seven of them.
 */
export class GroupedPhones {
  /** Bytes of the longest number with separators; 0: no number is looked for. */
  longest = 0;
  private readonly known = new Int32Array(2 ** KNOWN_BITS / 32);
  private readonly byTail = new Map<number, { readonly owner: number; readonly digits: Uint8Array }[]>();
  private readonly digits = new Uint8Array(RING);
  private readonly places = new Int32Array(RING);
  /** Of each digit in the ring: at which of the groups of the run it is, counted from 1, when it is the first of it; else 0. */
  private readonly groups = new Int32Array(RING);

  /** @param digits of the number, as `358401234567` or `0401234567`; shorter than seven they are not looked for */
  add(owner: number, digits: string): void {
    if (digits.length < TAIL || digits.length > RING) return;
    const tail = Number.parseInt(digits.slice(-TAIL), 16);
    const bit = bitOf(tail);
    this.known[bit >>> 5] = (this.known[bit >>> 5] as number) | (1 << (bit & 31));
    const entry = { owner, digits: Uint8Array.from(digits, Number) };
    const entries = this.byTail.get(tail);
    if (entries) entries.push(entry);
    else this.byTail.set(tail, [entry]);
    this.longest = Math.max(this.longest, digits.length * (1 + MOST_BETWEEN));
  }

  scan(text: Uint8Array, hit: Hit): void {
    if (this.longest === 0) return;
    const kinds = KIND;
    let before = OTHER;
    for (let at = 0; at < text.length; at += 1) {
      const kind = kinds[text[at] as number] as number;
      // One test that is seldom true: a digit, and then a separator.
      if (((before << 1) & kind) === 0 || kinds[text[at + 1] as number] === OTHER || nextDigit(text, at) === -1) { before = kind; continue; }
      let start = at - 1;
      while (start > 0 && kinds[text[start - 1] as number] === DIGIT) start -= 1;
      at = this.run(text, start, hit);
      before = OTHER;
    }
  }

  /** Goes over groups of digits as long as only separators are between. Returns where they end. */
  private run(text: Uint8Array, from: number, hit: Hit): number {
    const [kinds, known] = [KIND, this.known];
    let [count, tail, at] = [0, 0, from];
    for (;;) {
      const start = at;
      for (; at < text.length && kinds[text[at] as number] === DIGIT; at += 1) tail = ((tail << 4) | ((text[at] as number) - ZERO)) & TAIL_BITS;
      count += at - start;
      if (count >= TAIL) {
        const bit = bitOf(tail);
        if (((known[bit >>> 5] as number) & (1 << (bit & 31))) !== 0) this.lookUp(text, from, at, tail, hit);
      }
      const next = nextDigit(text, at);
      if (next === -1) return at;
      at = next;
    }
  }

  /** Remembers the digits before the end one by one, which is seldom needed, and compares. */
  private lookUp(text: Uint8Array, from: number, end: number, tail: number, hit: Hit): void {
    let at = Math.max(from, end - this.longest);
    while (at > from && KIND[text[at] as number] === DIGIT) at -= 1;
    let [count, group] = [0, 0];
    for (let before = OTHER; at < end; at += 1) {
      const kind = KIND[text[at] as number] as number;
      if (kind === DIGIT) {
        const slot = count++ & (RING - 1);
        this.digits[slot] = (text[at] as number) - ZERO;
        this.places[slot] = at;
        this.groups[slot] = before === DIGIT ? 0 : ++group;
      } else if (text[at] === PERCENT) {
        at += 2;
      }
      before = kind;
    }
    this.compare(text, end, count, group, tail, hit);
  }

  private compare(text: Uint8Array, end: number, count: number, lastGroup: number, tail: number, hit: Hit): void {
    for (const { owner, digits } of this.byTail.get(tail) ?? []) {
      const first = count - digits.length;
      if (first < 0 || !digits.every((digit, index) => this.digits[(first + index) & (RING - 1)] === digit)) continue;
      const group = this.groupAt(first, count);
      const start = this.places[first & (RING - 1)] as number;
      if (group === 0 || group === lastGroup || this.isDate(first, count)) continue;
      if (isPartOfId(text, start, end) || !standsAlone(text, start, end, Shape.DIGITS, true)) continue;
      hit(owner, start, end);
    }
  }

  /** The group that begins with the digit; after `00`, as abroad is dialled, too. 0: the digit is amid one. */
  private groupAt(digit: number, count: number): number {
    const slot = digit & (RING - 1);
    if (this.groups[slot] !== 0) return this.groups[slot] as number;
    const dialled = digit - 2;
    if (dialled < 0 || count - dialled > RING || this.digits[dialled & (RING - 1)] !== 0 || this.digits[(dialled + 1) & (RING - 1)] !== 0) return 0;
    return this.groups[(dialled + 1) & (RING - 1)] === 0 ? (this.groups[dialled & (RING - 1)] as number) : 0;
  }

  /** `05.11.2026`, `2026-11-05` and what may follow them: nobody groups a number like that. */
  private isDate(first: number, count: number): boolean {
    const sizes: number[] = [];
    for (let digit = first; digit < count; digit += 1) {
      if (digit === first || this.groups[digit & (RING - 1)] !== 0) sizes.push(0);
      (sizes[sizes.length - 1] as number)++;
    }
    const shape = sizes.slice(0, 3).join('-');
    return shape === '2-2-4' || shape === '4-2-2';
  }
}

/** Where the next digit stands when only separators are before it; -1: something else is, or too many of them. */
function nextDigit(text: Uint8Array, from: number): number {
  let at = from;
  for (let between = 0; between < MOST_BETWEEN && at < text.length; between += 1) {
    if (text[at] === PERCENT) {
      if (!ENCODED.has(String.fromCharCode(text[at + 1] as number, text[at + 2] as number).toLowerCase())) return -1;
      at += 3;
    } else if (KIND[text[at] as number] === SEPARATOR) {
      at += 1;
    } else {
      break;
    }
  }
  return at > from && at < text.length && KIND[text[at] as number] === DIGIT ? at : -1;
}

/** Digits between dashes of a UUID. */
function isPartOfId(text: Uint8Array, start: number, end: number): boolean {
  return (text[start - 1] === 0x2d && isHex(text[start - 2])) || (text[end] === 0x2d && isHex(text[end + 1]));
}

function isHex(byte: number | undefined): boolean {
  return byte !== undefined && /[\da-f]/i.test(String.fromCharCode(byte));
}
