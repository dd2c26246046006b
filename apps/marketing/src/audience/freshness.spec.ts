import fc from 'fast-check';
import { ageMs, type HeardWatermark, judgeFreshness, type Link, TOLERATED_LEAD_MS } from './freshness.js';

const EPOCH = '3f0c6a52-7f7b-4b8e-9f33-2f6f0a3a9b11';
const LIMIT = 60_000;
const T0 = Date.UTC(2026, 0, 15, 12);

const at = (ms: number): Date => new Date(T0 + ms);

/** Offsets in ms from T0: when the word was issued, how far W lay behind it, how long it travelled. */
const heard = fc
  .record({ issued: fc.integer({ min: -90_000, max: 90_000 }), behind: fc.nat({ max: 90_000 }), received: fc.integer({ min: -90_000, max: 0 }) })
  .map(({ issued, behind, received }): HeardWatermark => ({
    epoch: 7, marketingEpoch: EPOCH, watermark: at(issued - behind), issuedAt: at(issued), receivedAt: at(received),
  }));

const linkOf = (word: HeardWatermark, more: Partial<Link> = {}): Link =>
  ({ marketingEpoch: EPOCH, registerEpoch: 7, heard: word, reconcileDue: false, ...more });

describe('judgeFreshness', () => {
  it('never opens a list again by the mere passing of time', () => {
    fc.assert(
      fc.property(heard, fc.nat({ max: 200_000 }), fc.nat({ max: 200_000 }), (word, first, more) => {
        const earlier = judgeFreshness(linkOf(word), at(first), LIMIT);
        const later = judgeFreshness(linkOf(word), at(first + more), LIMIT);
        if (!earlier.fresh && earlier.reason === 'too-old') expect(later).toMatchObject({ fresh: false, reason: 'too-old' });
        expect(later.ageMs!).toBe(earlier.ageMs! + more);
      }),
    );
  });

  it('closes within the limit when nothing more is heard, whatever the clock of the register says', () => {
    fc.assert(
      fc.property(heard, (word) => {
        const silent = judgeFreshness(linkOf(word), new Date(word.receivedAt.getTime() + LIMIT + 1), LIMIT);
        expect(silent.fresh).toBe(false);
      }),
    );
  });

  it('is never staler for a higher watermark, nor for a higher limit', () => {
    fc.assert(
      fc.property(heard, fc.nat({ max: 1_000 }), fc.nat({ max: LIMIT }), (word, raise, more) => {
        const higher = { ...word, watermark: new Date(Math.min(word.watermark.getTime() + raise, word.issuedAt.getTime())) };
        expect(ageMs(higher, at(0))).toBeLessThanOrEqual(ageMs(word, at(0)));
        if (judgeFreshness(linkOf(word), at(0), LIMIT).fresh) expect(judgeFreshness(linkOf(word), at(0), LIMIT + more).fresh).toBe(true);
      }),
    );
  });

  it('is never fresh while an epoch differs or a comparison is due', () => {
    fc.assert(
      fc.property(heard, (word) => {
        const doubts: Partial<Link>[] = [{ registerEpoch: 8 }, { registerEpoch: null }, { marketingEpoch: crypto.randomUUID() }, { reconcileDue: true }];
        for (const doubt of doubts) expect(judgeFreshness(linkOf(word, doubt), at(0), LIMIT).fresh).toBe(false);
        expect(judgeFreshness(linkOf({ ...word, marketingEpoch: null }), at(0), LIMIT).fresh).toBe(false);
      }),
    );
  });

  it.each([
    { what: 'just heard', word: { w: 0, issued: 0, received: 0 }, now: 0, expected: { fresh: true, ageMs: 0 } },
    { what: 'exactly at the limit', word: { w: 0, issued: 0, received: 0 }, now: LIMIT, expected: { fresh: true, ageMs: LIMIT } },
    { what: 'one millisecond past the limit', word: { w: 0, issued: 0, received: 0 }, now: LIMIT + 1, expected: { fresh: false, reason: 'too-old' } },
    { what: 'W lagging behind a live word', word: { w: -LIMIT - 1, issued: 0, received: 0 }, now: 0, expected: { fresh: false, reason: 'too-old' } },
    { what: 'a register clock five minutes behind', word: { w: -300_000, issued: -300_000, received: 0 }, now: 0, expected: { fresh: false, reason: 'too-old' } },
    { what: 'a register clock a little ahead', word: { w: TOLERATED_LEAD_MS, issued: TOLERATED_LEAD_MS, received: 0 }, now: 0, expected: { fresh: true } },
    { what: 'a register clock far ahead', word: { w: TOLERATED_LEAD_MS + 1, issued: TOLERATED_LEAD_MS + 1, received: 0 }, now: 0, expected: { fresh: false, reason: 'watermark-ahead' } },
  ])('$what: $expected', ({ word, now, expected }) => {
    const link = linkOf({ epoch: 7, marketingEpoch: EPOCH, watermark: at(word.w), issuedAt: at(word.issued), receivedAt: at(word.received) });
    expect(judgeFreshness(link, at(now), LIMIT)).toMatchObject(expected);
  });

  it('is closed before the first word', () => {
    const link: Link = { marketingEpoch: EPOCH, registerEpoch: null, heard: null, reconcileDue: false };
    expect(judgeFreshness(link, at(0), LIMIT)).toEqual({ fresh: false, reason: 'no-watermark', asOf: null, ageMs: null });
  });
});
