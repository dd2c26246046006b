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

/**
 * Finds any of millions of byte patterns in one pass. A window of eight bytes slides over the text; a set of bits tells whether any
 * pattern has that window (one access to memory, and for most positions the end of it); only then patterns are compared. Of each
 * pattern the window was chosen that is rarest among all patterns: `+3584512` or `ample.fi` would stop at everybody.
 * Measured on one of two busy cores: about 50 MB of customers' rows a second of processor time, with the 1.5 million spellings of
 * 100,000 people, which take 0.4 GB; the same after any number of bytes.
 */
export class PatternIndex {
  private bytes = new Uint8Array(1 << 16);
  private ends = new Int32Array(1 << 10);
  private used = 0;
  private count = 0;
  private readonly tiers = [new Tier(8), new Tier(4), new Tier(1)] as const;
  /** Bytes of the longest pattern. */
  longest = 0;

  get size(): number {
    return this.count;
  }

  /** @returns the pattern's number, counted from 0; @throws RangeError when it is empty, which would be found everywhere, or longer than 64 KiB */
  add(text: string): number {
    const pattern = Buffer.from(text);
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

  /** Tells every pattern that stands in the text, in the order of its window, not of its start. */
  scan(text: Uint8Array, hit: Hit): void {
    for (const tier of this.tiers) if (tier.size > 0) tier.scan(text, this.bytes, hit);
  }

  private startsBySize(): Map<Tier, number[]> {
    const [long, middle, short] = this.tiers;
    const sorted = new Map<Tier, number[]>([[long, []], [middle, []], [short, []]]);
    for (let pattern = 0; pattern < this.count; pattern += 1) {
      const length = (this.ends[pattern] as number) - startOf(this.ends, pattern);
      sorted.get(length >= 8 ? long : length >= 4 ? middle : short)?.push(pattern);
    }
    return sorted;
  }
}

/** Patterns that are found by a window of the same size. */
class Tier {
  size = 0;
  /** A Bloom filter of words with three bits of each pattern: of texts that hold none of them, about one position in 300 gets past it. */
  private filter = new Int32Array(1);
  private filterShift = 31;
  /** Chains of patterns by a hash of their window: 1 + the first, and 1 + the next; 0 ends one. */
  private heads = new Int32Array(1);
  private headShift = 31;
  /** Four numbers of each pattern, so that one access to memory gets all: hash of its window, next of the chain, where its bytes start, and its size. */
  private entries = new Int32Array(0);
  private numbers = new Int32Array(0);

  /** @param window in bytes, at most 8 */
  constructor(private readonly window: number) {}

  async seal(bytes: Uint8Array, ends: Int32Array, patterns: readonly number[]): Promise<void> {
    this.size = patterns.length;
    if (this.size === 0) return;
    // Two windows that share a counter only look a little more frequent than they are.
    const counts = new Uint8Array(2 ** bitsFor(this.size * 16, 24));
    await inTurns(patterns, (pattern) => this.windows(bytes, startOf(ends, pattern), ends[pattern] as number, (hash) => {
      const counter = hash & (counts.length - 1);
      if ((counts[counter] as number) < 255) (counts[counter] as number)++;
    }));
    const words = bitsFor(this.size * 0.65, 24);
    this.filter = new Int32Array(2 ** words);
    this.filterShift = 32 - words;
    this.heads = new Int32Array(2 ** words * 2);
    this.headShift = this.filterShift - 1;
    this.entries = new Int32Array(this.size * ENTRY);
    this.numbers = Int32Array.from(patterns);
    let entry = 0;
    await inTurns(patterns, (pattern) => { this.enter(entry++, bytes, startOf(ends, pattern), ends[pattern] as number, counts); });
  }

  /** Enters the pattern under the rarest of its windows. */
  private enter(entry: number, bytes: Uint8Array, start: number, end: number, counts: Uint8Array): void {
    let [rarest, chosen, offset] = [Infinity, 0, 0];
    this.windows(bytes, start, end, (hash, at) => {
      const count = counts[hash & (counts.length - 1)] as number;
      if (count < rarest) [rarest, chosen, offset] = [count, hash, at - start];
    });
    (this.filter[chosen >>> this.filterShift] as number) |= maskOf(chosen);
    const head = chosen >>> this.headShift;
    // The size: length in the upper half, from the start to the end of the window in the lower.
    this.entries.set([chosen, this.heads[head] as number, start, ((end - start) << 16) | offset], entry * ENTRY);
    this.heads[head] = entry + 1;
  }

  /** Calls with the hash and the end of each window. */
  private windows(bytes: Uint8Array, start: number, end: number, each: (hash: number, at: number) => void): void {
    const highMask = this.window === 8 ? -1 : 0;
    const lowMask = this.window === 1 ? 0xff : -1;
    let [high, low] = [0, 0];
    for (let at = start; at < end; at += 1) {
      high = (high << 8) | (low >>> 24);
      low = (low << 8) | (bytes[at] as number);
      if (at - start >= this.window - 1) each(hashOf(high & highMask, low & lowMask), at + 1);
    }
  }

  scan(text: Uint8Array, bytes: Uint8Array, hit: Hit): void {
    const { filter, filterShift } = this;
    const highMask = this.window === 8 ? -1 : 0;
    const lowMask = this.window === 1 ? 0xff : -1;
    let [high, low] = [0, 0];
    for (let at = 0; at < text.length; at += 1) {
      high = (high << 8) | (low >>> 24);
      low = (low << 8) | (FOLDED[text[at] as number] as number);
      const hash = hashOf(high & highMask, low & lowMask);
      const mask = maskOf(hash);
      if (((filter[hash >>> filterShift] as number) & mask) === mask) this.compare(hash, text, at + 1, bytes, hit);
    }
  }

  private compare(hash: number, text: Uint8Array, windowEnd: number, bytes: Uint8Array, hit: Hit): void {
    const { entries } = this;
    for (let link = this.heads[hash >>> this.headShift] as number; link !== 0;) {
      const entry = (link - 1) * ENTRY;
      const size = entries[entry + 3] as number;
      const [start, length, from] = [windowEnd - (size & 0xffff), size >>> 16, entries[entry + 2] as number];
      if (entries[entry] === hash && start >= 0 && start + length <= text.length) {
        let same = 0;
        while (same < length && FOLDED[text[start + same] as number] === bytes[from + same]) same += 1;
        if (same === length) hit(this.numbers[link - 1] as number, start, start + length);
      }
      link = entries[entry + 1] as number;
    }
  }
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
