import fc from 'fast-check';
import { LinkMemory, type Reading } from './link-memory.js';

const T0 = Date.UTC(2026, 0, 15, 12);
const at = (ms: number): Date => new Date(T0 + ms);

/** The link as of a word of epoch 1, read at `now` in a transaction that began then unless told. */
const reading = (issued: number | null, now: number, begun = now, epoch = 1): Reading => ({
  link: { heard: issued === null ? null : { epoch, marketingEpoch: null, watermark: at(issued), issuedAt: at(issued), receivedAt: at(issued) } },
  now: at(now), begunAt: at(begun),
});

describe('what a process has seen of the link', () => {
  const begun = (issued: number | null): LinkMemory => {
    const memory = new LinkMemory();
    memory.begin(reading(issued, 0).link);
    return memory;
  };

  it('lets no word be believed that stood there at its start', () => {
    const memory = begun(-10);
    expect(memory.take(reading(-10, 100))).toBe(false);
    expect(memory.take(reading(-11, 200))).toBe(false);
    expect(memory.take(reading(150, 300))).toBe(true);
    expect(begun(null).take(reading(null, 100))).toBe(false);
    expect(begun(null).take(reading(-10, 100))).toBe(true);
  });

  it('lets no word be believed that is older than one seen before it was read, and goes on with a newer one', () => {
    const memory = begun(null);
    expect(memory.take(reading(2_000, 2_100))).toBe(true);
    expect(memory.take(reading(0, 2_200))).toBe(false);
    expect(memory.take(reading(null, 2_300))).toBe(false);
    expect(memory.take(reading(2_000, 2_400))).toBe(true);
    expect(memory.take(reading(4_000, 4_100))).toBe(true);
  });

  it('takes the word of a higher epoch for newer, whatever its clock', () => {
    const memory = begun(500);
    expect(memory.take(reading(0, 600, 600, 2))).toBe(true);
    expect(memory.take(reading(9_000, 700))).toBe(false);
  });

  it('never doubts a database that goes on in time, however readings overlap', () => {
    const words = fc.uniqueArray(fc.nat({ max: 10_000 }), { minLength: 1 }).map((list) => list.sort((a, b) => a - b));
    const looks = fc.array(fc.record({ begun: fc.nat({ max: 10_000 }), lasts: fc.nat({ max: 3_000 }) }));
    fc.assert(fc.property(words, looks, (stored, all) => {
      const memory = begun(null);
      // Each sees what was stored when it began, and they end in another order than they began in.
      for (const { begun: from, lasts } of all.sort((a, b) => a.begun + a.lasts - b.begun - b.lasts)) {
        const seen = stored.filter((word) => word < from).at(-1);
        if (seen !== undefined) expect(memory.take(reading(seen, from + lasts, from))).toBe(true);
      }
    }));
  });
});
