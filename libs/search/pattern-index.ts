/** Bytes as they are compared: letters of ASCII without case. */
export const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));

/** Called with the number of a pattern, and where it stands. */
export type Hit = (pattern: number, start: number, end: number) => void;

/** Before other work of the process gets its turn: a few milliseconds. */
const PATTERNS_A_TURN = 20_000;

const { imul } = Math; // in a context of node:vm, as that of the tests, every look at a global costs more than all the rest
/** Numbers an entry has. */
const ENTRY = 4;
const LONGEST = 0xffff;

/** The three bits of a hash in its word: one access to memory asks for all. */
const maskOf = (hash: number): number => {
  const mixed = imul(hash, 0xc2b2ae35);
  return (1 << (mixed >>> 27)) | (1 << ((mixed >>> 22) & 31)) | (1 << ((mixed >>> 17) & 31));
};

const hashOf = (high: number, low: number): number => (imul(low, 0x9e3779b1) + imul(high ^ (high >>> 15), 0x85ebca6b)) ^ (low >>> 7);

/** Makes letters of ASCII alike, and some other bytes too: good enough for a hash, and four at once. */
const ALIKE = 0x20202020;

/**
 * Finds any of millions of byte patterns in one pass. A window of six bytes is looked at at every fourth byte of the text; a set of bits tells
 * whether any pattern has that window (one access to memory, and for most positions the end of it); only then patterns are compared. Each
 * pattern is entered under four windows in a row, so that one of them is met wherever it stands: under those that are rarest among all patterns, as
 * `+3584512` or `ample.fi` would stop at everybody. Patterns of less than nine bytes, which are few, are looked for by more and smaller windows.
 * Measured on one of two busy cores, in processor time: about 70 MB of customers' rows a second with the 300,000 spellings of 20,000 people, 30 MB with the
 * 1.5 million of 100,000, which take 0.4 GB; the same after any number of bytes.
 */
export class PatternIndex {
  private bytes = new Uint8Array(1 << 16);
  private ends = new Int32Array(1 << 10);
  private used = 0;
  private count = 0;
  private readonly tiers = [new Tier(6, 4), new Tier(4, 2), new Tier(4, 1), new Tier(1, 1)] as const;
  /** Bytes of the longest pattern. */
  longest = 0;

  get size(): number {
    return this.count;
  }

  /** @returns the pattern's number, counted from 0; @throws RangeError when it is empty, which would be found everywhere, or longer than 64 KiB */
  add(text: string | Buffer): number {
    const pattern = typeof text === 'string' ? Buffer.from(text) : text;
    if (pattern.length === 0 || pattern.length > LONGEST) throw new RangeError('a pattern has 1 to 65,535 bytes');
    while (this.used + pattern.length > this.bytes.length) this.bytes = grown(this.bytes, Uint8Array);
    if (this.count === this.ends.length) this.ends = grown(this.ends, Int32Array);
    for (const byte of pattern) this.bytes[this.used++] = FOLDED[byte] as number;
    this.ends[this.count] = this.used;
    this.longest = Math.max(this.longest, pattern.length);
    return this.count++;
  }

  /** To be called once, after the last pattern; other work of the process goes on meanwhile. */
  async seal(): Promise<void> {
    const starts = this.startsBySize();
    for (const [tier, patterns] of starts) await tier.seal(this.bytes, this.ends, patterns);
  }

  /** Tells every pattern that stands in the text, in the order of its windows, not of its start. */
  scan(text: Uint8Array, hit: Hit): void {
    const view = viewOf(text);
    for (const tier of this.tiers) if (tier.size > 0) tier.scan(text, view, this.bytes, hit);
  }

  private startsBySize(): Map<Tier, number[]> {
    const sorted = new Map<Tier, number[]>(this.tiers.map((tier) => [tier, []]));
    for (let pattern = 0; pattern < this.count; pattern += 1) {
      const length = (this.ends[pattern] as number) - startOf(this.ends, pattern);
      const tier = this.tiers.find(({ shortest }) => length >= shortest) as Tier; // the last takes what has one byte
      (sorted.get(tier) as number[]).push(pattern);
    }
    return sorted;
  }
}

/** Patterns that are found by windows of the same size. */
class Tier {
  size = 0;
  /** A Bloom filter of words with three bits of each window. */
  private filter = new Int32Array(1);
  private filterShift = 31;
  /** Chains of patterns by a hash of their windows: 1 + the first, and 1 + the next; 0 ends one. */
  private heads = new Int32Array(1);
  private headShift = 31;
  /** Four numbers of each pattern, so that one access to memory gets all: hash of its windows, next of the chain, where its bytes start, and its size. */
  private entries = new Int32Array(0);
  private numbers = new Int32Array(0);

  /** @param window in bytes: 6, 4, or 1. @param stride from one look at the text to the next */
  constructor(private readonly window: number, private readonly stride: number) {}

  /** Bytes of a pattern in which as many windows stand as there are bytes between two looks. */
  get shortest(): number {
    return this.window + this.stride - 1;
  }

  async seal(bytes: Uint8Array, ends: Int32Array, patterns: readonly number[]): Promise<void> {
    this.size = patterns.length;
    if (this.size === 0) return;
    const view = viewOf(bytes);
    // Two windows that share a counter only look a little more frequent than they are.
    const counts = new Uint16Array(2 ** bitsFor(this.size * 16, 22));
    await inTurns(patterns, (pattern) => {
      for (let at = startOf(ends, pattern); at <= (ends[pattern] as number) - this.window; at += 1) {
        const counter = this.hashAt(view, at) & (counts.length - 1);
        if ((counts[counter] as number) < 0xffff) (counts[counter] as number)++;
      }
    });
    const words = bitsFor(this.size * this.stride * 0.3, 24);
    this.filter = new Int32Array(2 ** words);
    this.filterShift = 32 - words;
    const heads = bitsFor(this.size, 24);
    this.heads = new Int32Array(2 ** heads);
    this.headShift = 32 - heads;
    this.entries = new Int32Array(this.size * ENTRY);
    this.numbers = Int32Array.from(patterns);
    let entry = 0;
    await inTurns(patterns, (pattern) => { this.enter(entry++, view, startOf(ends, pattern), ends[pattern] as number, counts); });
  }

  /** Enters the pattern under the rarest of its windows: as many in a row as the stride has bytes. */
  private enter(entry: number, view: DataView, start: number, end: number, counts: Uint16Array): void {
    let [rarest, chosen] = [Infinity, start];
    for (let first = start; first <= end - this.shortest; first += 1) {
      let sum = 0;
      for (let at = first; at < first + this.stride; at += 1) sum += counts[this.hashAt(view, at) & (counts.length - 1)] as number;
      if (sum < rarest) [rarest, chosen] = [sum, first];
    }
    for (let at = chosen; at < chosen + this.stride; at += 1) {
      const hash = this.hashAt(view, at);
      (this.filter[hash >>> this.filterShift] as number) |= maskOf(hash);
    }
    const hash = this.hashOfAll(view, chosen);
    const head = hash >>> this.headShift;
    // The size: length in the upper half, from the start to the first window in the lower.
    this.entries.set([hash, this.heads[head] as number, start, ((end - start) << 16) | (chosen - start)], entry * ENTRY);
    this.heads[head] = entry + 1;
  }

  private hashAt(view: DataView, at: number): number {
    const { window } = this;
    const low = window === 1 ? view.getUint8(at) : view.getInt32(at, true);
    return hashOf(window === 6 ? view.getInt16(at + 4, true) | ALIKE : 0, low | ALIKE);
  }

  /** Of the bytes that all windows of a pattern cover together: fewer patterns share them than one window. */
  private hashOfAll(view: DataView, at: number): number {
    return this.stride === 1 ? this.hashAt(view, at) : imul(this.hashAt(view, at), 0xc2b2ae35) ^ this.hashAt(view, at + this.stride - 1);
  }

  scan(text: Uint8Array, view: DataView, bytes: Uint8Array, hit: Hit): void {
    const { filter, filterShift, stride } = this;
    const last = text.length - this.window;
    for (let at = 0; at <= last; at += stride) {
      const hash = this.hashAt(view, at);
      const mask = maskOf(hash);
      if (((filter[hash >>> filterShift] as number) & mask) === mask) this.around(at, text, view, bytes, hit);
    }
  }

  /** One of the windows of a pattern may stand here, and so the first of them here or a little before. */
  private around(at: number, text: Uint8Array, view: DataView, bytes: Uint8Array, hit: Hit): void {
    const [from, to] = [Math.max(0, at - this.stride + 1), Math.min(at, text.length - this.shortest)];
    for (let first = from; first <= to; first += 1) this.compare(this.hashOfAll(view, first), first, text, bytes, hit);
  }

  private compare(hash: number, first: number, text: Uint8Array, bytes: Uint8Array, hit: Hit): void {
    const { entries } = this;
    for (let link = this.heads[hash >>> this.headShift] as number; link !== 0;) {
      const entry = (link - 1) * ENTRY;
      const size = entries[entry + 3] as number;
      const [start, length, from] = [first - (size & 0xffff), size >>> 16, entries[entry + 2] as number];
      if (entries[entry] === hash && start >= 0 && start + length <= text.length) {
        let same = 0;
        while (same < length && FOLDED[text[start + same] as number] === bytes[from + same]) same += 1;
        if (same === length) hit(this.numbers[link - 1] as number, start, start + length);
      }
      link = entries[entry + 1] as number;
    }
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Of a table with room for about so many. */
function bitsFor(size: number, most: number): number {
  return Math.min(most, Math.max(10, Math.ceil(Math.log2(size))));
}

function startOf(ends: Int32Array, pattern: number): number {
  return pattern === 0 ? 0 : (ends[pattern - 1] as number);
}

function grown<T extends Uint8Array | Int32Array>(array: T, Type: new (length: number) => T): T {
  const larger = new Type(array.length * 2);
  larger.set(array);
  return larger;
}

async function inTurns(patterns: readonly number[], step: (pattern: number) => void): Promise<void> {
  for (let from = 0; from < patterns.length; from += PATTERNS_A_TURN) {
    for (let each = from; each < Math.min(from + PATTERNS_A_TURN, patterns.length); each += 1) step(patterns[each] as number);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
