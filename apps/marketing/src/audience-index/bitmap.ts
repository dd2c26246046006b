/** A set of people: bit i & 31 of word i >> 5 is the person of slot i. Sets of one index are equally long. */
export type Bitmap = Uint32Array<ArrayBuffer>;

/** Slots of one block, the unit in which sets are stored. */
export const BLOCK_SLOTS = 65_536;
/** A stored block: 65,536 bits. */
export const BLOCK_BYTES = BLOCK_SLOTS / 8;
const BLOCK_WORDS = BLOCK_SLOTS / 32;

/** An empty set with room for at least `slots` slots, in whole blocks. */
export function emptyBitmap(slots: number): Bitmap {
  return new Uint32Array(Math.ceil(slots / BLOCK_SLOTS) * BLOCK_WORDS);
}

/** The same set with more room. */
export function grownBitmap(bitmap: Bitmap, slots: number): Bitmap {
  const grown = emptyBitmap(slots);
  grown.set(bitmap);
  return grown;
}

export function hasBit(bitmap: Bitmap, slot: number): boolean {
  return ((bitmap[slot >>> 5] ?? 0) & (1 << (slot & 31))) !== 0;
}

/** The slot must lie within the bitmap. */
export function setBit(bitmap: Bitmap, slot: number, on: boolean): void {
  const word = slot >>> 5;
  const bit = 1 << (slot & 31);
  const words = bitmap[word] as number;
  bitmap[word] = on ? words | bit : words & ~bit;
}

/** Keeps in `target` only who is in `other` too; who lies beyond the end of `other` is not. */
export function andInto(target: Bitmap, other: Bitmap): void {
  const common = Math.min(target.length, other.length);
  for (let word = 0; word < common; word += 1) target[word] = (target[word] as number) & (other[word] as number);
  target.fill(0, common);
}

/** Adds to `target` everybody of `other`, which must not be longer. */
export function orInto(target: Bitmap, other: Bitmap): void {
  for (let word = 0; word < other.length; word += 1) target[word] = (target[word] as number) | (other[word] as number);
}

/** Everybody who was not in it, holes and slots not given yet included. */
export function invert(target: Bitmap): void {
  for (let word = 0; word < target.length; word += 1) target[word] = ~(target[word] as number);
}

/** How many people are in the set. */
export function countBits(bitmap: Bitmap): number {
  let count = 0;
  for (let word = 0; word < bitmap.length; word += 1) count += bitsOf(bitmap[word] as number);
  return count;
}

/** Bits of a word, counted side by side in pairs, nibbles and bytes (Warren, Hacker's Delight, 5-2). */
function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The first slots of the set greater than `after`, in their order, at most `limit`. */
export function firstSlots(bitmap: Bitmap, after: number, limit: number): number[] {
  const found: number[] = [];
  const start = after + 1;
  for (let word = start >>> 5; word < bitmap.length && found.length < limit; word += 1) {
    let bits = bitmap[word] as number;
    if (word === start >>> 5) bits &= -1 << (start & 31);
    while (bits !== 0 && found.length < limit) {
      found.push(word * 32 + (31 - Math.clz32(bits & -bits)));
      bits &= bits - 1;
    }
  }
  return found;
}

/** The stored form: every block that has somebody in it, by its number (slot >> 16). Bytes are little-endian words. */
export function* blocksOf(bitmap: Bitmap): Generator<{ readonly block: number; readonly members: Buffer }> {
  for (let block = 0; block * BLOCK_WORDS < bitmap.length; block += 1) {
    const words = bitmap.subarray(block * BLOCK_WORDS, (block + 1) * BLOCK_WORDS);
    if (words.some((word) => word !== 0)) yield { block, members: bytesOf(words) };
  }
}

/** Puts a stored block into the set; whoever lies beyond its end is left out. */
export function putBlock(bitmap: Bitmap, block: number, members: Buffer): void {
  const end = Math.min(BLOCK_WORDS, bitmap.length - block * BLOCK_WORDS);
  for (let word = 0; word < end; word += 1) bitmap[block * BLOCK_WORDS + word] = members.readUInt32LE(word * 4);
}

function bytesOf(words: Bitmap): Buffer {
  const bytes = Buffer.alloc(BLOCK_BYTES);
  words.forEach((word, at) => bytes.writeUInt32LE(word, at * 4));
  return bytes;
}
