import fc from 'fast-check';
import { andInto, BLOCK_BYTES, BLOCK_SLOTS, blocksOf, countBits, emptyBitmap, firstSlots, grownBitmap, hasBit, invert, orInto, putBlock, setBit } from './bitmap.js';

const SLOTS = 3 * BLOCK_SLOTS;
const slots = fc.uniqueArray(fc.oneof(fc.integer({ min: 0, max: SLOTS - 1 }), fc.constantFrom(0, 31, 32, 63, 65_535, 65_536, 131_071, SLOTS - 1)), { maxLength: 60 });

function bitmapOf(members: readonly number[], room = SLOTS): ReturnType<typeof emptyBitmap> {
  const bitmap = emptyBitmap(room);
  for (const slot of members) setBit(bitmap, slot, true);
  return bitmap;
}

const all = (bitmap: ReturnType<typeof emptyBitmap>): number[] => firstSlots(bitmap, -1, Infinity);
const inOrder = (members: Iterable<number>): number[] => [...members].sort((a, b) => a - b);

describe('a bitmap', () => {
  it('is the set of the slots that were put in and not taken out', () => {
    fc.assert(fc.property(slots, slots, (put, taken) => {
      const bitmap = bitmapOf(put);
      for (const slot of taken) setBit(bitmap, slot, false);
      const left = inOrder(put.filter((slot) => !taken.includes(slot)));
      expect(all(bitmap)).toEqual(left);
      expect(countBits(bitmap)).toBe(left.length);
      expect([...put, ...taken].filter((slot) => hasBit(bitmap, slot))).toEqual(put.filter((slot) => left.includes(slot)));
    }));
  });

  it('meets, joins and turns round like a set', () => {
    fc.assert(fc.property(slots, slots, (some, others) => {
      const both = bitmapOf(some);
      andInto(both, bitmapOf(others));
      expect(all(both)).toEqual(inOrder(some.filter((slot) => others.includes(slot))));
      const either = bitmapOf(some);
      orInto(either, bitmapOf(others));
      expect(all(either)).toEqual(inOrder(new Set([...some, ...others])));
      invert(either);
      expect(countBits(either)).toBe(SLOTS - new Set([...some, ...others]).size);
    }));
  });

  it('meets a shorter one as if that ended in nobody', () => {
    const long = bitmapOf([1, BLOCK_SLOTS + 1]);
    andInto(long, bitmapOf([1, 2], BLOCK_SLOTS));
    expect(all(long)).toEqual([1]);
  });

  it('lists what comes after a slot, as much as is asked for', () => {
    fc.assert(fc.property(slots, fc.integer({ min: -1, max: SLOTS }), fc.integer({ min: 0, max: 9 }), (members, after, limit) => {
      expect(firstSlots(bitmapOf(members), after, limit)).toEqual(inOrder(members).filter((slot) => slot > after).slice(0, limit));
    }));
  });

  it('comes back from its blocks, of which the empty are left out', () => {
    fc.assert(fc.property(slots, (members) => {
      const blocks = [...blocksOf(bitmapOf(members))];
      expect(blocks.map(({ block }) => block)).toEqual(inOrder(new Set(members.map((slot) => slot >> 16))));
      expect(blocks.every((each) => each.members.length === BLOCK_BYTES)).toBe(true);
      const read = emptyBitmap(SLOTS);
      for (const { block, members: bytes } of blocks) putBlock(read, block, bytes);
      expect(all(read)).toEqual(inOrder(members));
    }), { numRuns: 20 });
  });

  it('is stored the way get_bit of PostgreSQL counts: from the lowest bit of the first byte', () => {
    const [only] = [...blocksOf(bitmapOf([BLOCK_SLOTS, BLOCK_SLOTS + 9]))];
    expect([...only!.members.subarray(0, 3)]).toEqual([1, 2, 0]);
  });

  it('leaves out of a stored block whoever has no room', () => {
    const small = emptyBitmap(BLOCK_SLOTS);
    putBlock(small, 1, Buffer.alloc(BLOCK_BYTES, 0xff));
    expect(countBits(small)).toBe(0);
  });

  it('grows without losing anybody', () => {
    expect(all(grownBitmap(bitmapOf([5], BLOCK_SLOTS), SLOTS))).toEqual([5]);
    expect(grownBitmap(emptyBitmap(1), SLOTS)).toHaveLength(SLOTS / 32);
  });
});
