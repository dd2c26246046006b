import fc from 'fast-check';
import { type Bitmap, BLOCK_SLOTS, emptyBitmap, firstSlots } from './bitmap.js';
import { DictionaryColumn } from './dictionary-column.js';
import { compareBytes } from './leaf.js';
import { MomentColumn } from './moment-column.js';
import { TagColumn } from './tag-column.js';

const ROOM = BLOCK_SLOTS;

function scanned(scan: (out: Bitmap) => void): number[] {
  const out = emptyBitmap(ROOM).fill(0xffff_ffff);
  scan(out);
  return firstSlots(out, -1, Infinity);
}

const byKey = (a: [number, unknown], b: [number, unknown]): number => a[0] - b[0];
const slotsWhere = <V>(held: ReadonlyMap<number, V>, matches: (value: V) => boolean): number[] =>
  [...held].filter(([, value]) => matches(value)).sort(byKey).map(([slot]) => slot);

describe('a dictionary column', () => {
  const changes = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.option(fc.constantFrom('a', 'b', 'c', ''), { freq: 3 })), { maxLength: 200 });

  it('holds the value put last, whatever was forgotten and numbered anew in between', () => {
    fc.assert(fc.property(changes, (puts) => {
      const column = new DictionaryColumn<string>();
      column.grow(ROOM);
      const held = new Map<number, string>();
      for (const [slot, value] of puts) {
        column.set(slot, value);
        if (value === null) held.delete(slot);
        else held.set(slot, value);
        for (const wanted of ['a', 'b', 'c', '']) expect(scanned((out) => column.scan((each) => each === wanted, out))).toEqual(slotsWhere(held, (each) => each === wanted));
        expect(column.get(slot)).toBe(value ?? undefined);
      }
    }), { numRuns: 30 });
  });

  it.each([300, 66_000])('tells %d values apart, in wider numbers', (count) => {
    const column = new DictionaryColumn<number>();
    const room = 2 * ROOM;
    column.grow(room);
    for (let slot = 0; slot < count; slot += 1) column.set(slot, slot * 7);
    expect([0, 255, 256, count - 1].map((slot) => column.get(slot))).toEqual([0, 255 * 7, 256 * 7, (count - 1) * 7]);
    const out = emptyBitmap(room);
    column.scan((value) => value === (count - 1) * 7 || value === 0, out);
    expect(firstSlots(out, -1, Infinity)).toEqual([0, count - 1]);
  });

  it('forgets a value with its last holder', () => {
    const column = new DictionaryColumn<string>();
    column.grow(ROOM);
    const empty = column.bytes;
    column.set(1, 'only hers');
    column.set(2, 'only hers');
    column.set(1, null);
    expect(column.bytes).toBeGreaterThan(empty);
    column.set(2, 'of many');
    column.set(2, null);
    expect(column.bytes).toBe(empty);
  });
});

describe('a moment column', () => {
  const BASE = 2 * 631_152_000;
  const edges = [-Infinity, -(2 ** 40), -1, 0, 1, BASE - 1, BASE, BASE + 1, BASE + 2 ** 32 - 3, BASE + 2 ** 32 - 2, BASE + 2 ** 32 - 1, BASE + 2 ** 32, 2 ** 45, Infinity];
  const moment = fc.oneof(fc.constantFrom(...edges), fc.integer({ min: BASE, max: BASE + 2 ** 32 }));

  it('compares exactly, within 32 bits and beyond', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.option(moment, { freq: 4 })), { maxLength: 60 }), moment, fc.option(moment, { nil: undefined }), (puts, from, to) => {
      const column = new MomentColumn();
      column.grow(ROOM);
      const held = new Map<number, number>();
      for (const [slot, value] of puts) {
        column.set(slot, value);
        if (value === null) held.delete(slot);
        else held.set(slot, value);
      }
      const range = { from, ...(to === undefined ? {} : { to }) };
      const expected = slotsWhere(held, (value) => value >= from && (to === undefined || value < to));
      expect(scanned((out) => column.scan(range, out))).toEqual(expected);
      expect([...Array(51).keys()].filter((slot) => column.has(slot, range))).toEqual(expected);
      for (const [slot, value] of held) expect(column.get(slot)).toBe(value);
    }), { numRuns: 300 });
  });
});

describe('a tag column', () => {
  it('holds any number of tags, of few and of many', () => {
    const column = new TagColumn();
    column.grow(ROOM);
    const many = Array.from({ length: 1_000 }, (_, at) => at * 3);
    for (const slot of many) column.add(slot, ['many', 'rare'].slice(0, slot < 30 ? 2 : 1));
    expect(scanned((out) => { out.fill(0); column.scanInto('many', out); })).toEqual(many);
    column.keepOnly(3, ['rare']);
    column.keepOnly(0, []);
    expect([column.has(3, 'many'), column.has(3, 'rare'), column.has(0, 'rare'), column.has(6, 'many')]).toEqual([false, true, false, true]);
    column.grow(2 * ROOM);
    expect([column.has(3, 'many'), column.has(6, 'many'), column.has(6, 'rare'), column.has(6, 'never seen')]).toEqual([false, true, true, false]);
  });
});

it('postal codes are in the order of their bytes, which is not that of JavaScript', () => {
  expect(['\u{1F600}', '\uFF21', 'b', 'a', 'é'].sort(compareBytes)).toEqual(['a', 'b', 'é', '\uFF21', '\u{1F600}']);
});
