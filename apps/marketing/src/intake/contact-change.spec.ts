import fc from 'fast-check';
import { type Channel, CHANNELS } from '#contracts/channel.js';
import type { ConsentChanged } from '#contracts/consent-changed.v1.js';
import { compareOrder } from '#contracts/order.js';
import { collapse, collapseByRef, decideChange, rememberedAfter, type Stored } from './contact-change.js';

const REF = '6a0f6f3e-6a3c-4c53-9d0b-0d3f4a1b2c3d';

function message(epoch: number, version: number, channels: readonly Channel[], erased = false): ConsentChanged {
  return { schema: 'consent.changed.v1', ref: REF, epoch, version, channels: [...channels], erased, reason: 'consent' };
}

/** What marketing would hold after a message stream: what it remembers and which channels it may still use or await. */
function run(messages: readonly ConsentChanged[]): { stored: Stored | undefined; channels: readonly Channel[] } {
  let stored: Stored | undefined;
  let channels: readonly Channel[] = [];
  for (const each of messages) {
    const change = decideChange(stored, each);
    if (change.kind === 'pull') channels = change.keep;
    if (change.kind === 'drop' || change.kind === 'erase' || change.kind === 'stay-erased') channels = [];
    stored = rememberedAfter(stored, change);
  }
  return { stored, channels };
}

/** A history as one register tells it: rising order, and nothing but erasure after an erasure. */
const history = fc
  .record({
    steps: fc.array(fc.record({ channels: fc.subarray([...CHANNELS]), restored: fc.boolean() }), { minLength: 1, maxLength: 8 }),
    erasedAtEnd: fc.boolean(),
  })
  .map(({ steps, erasedAtEnd }) => {
    let epoch = 1;
    let version = 0;
    const told = steps.map(({ channels, restored }) => {
      if (restored) [epoch, version] = [epoch + 1, 1];
      else version += 1;
      return message(epoch, version, channels);
    });
    return erasedAtEnd ? [...told, message(epoch, version + 1, [], true)] : told;
  });

/** Any arrival: every message at least once, some again, in any order. */
const arrival = history.chain((told) =>
  fc
    .array(fc.nat({ max: told.length - 1 }), { maxLength: 6 })
    .chain((again) => {
      const all = [...told, ...again.map((index) => told[index]!)];
      return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
    })
    .map((arrived) => ({ told, arrived })),
);

describe('decideChange', () => {
  it('ends at the newest message for every permutation and duplication of a history', () => {
    fc.assert(
      fc.property(arrival, ({ told, arrived }) => {
        expect(run(arrived)).toEqual(run(told));
        const last = told.at(-1)!;
        const { stored, channels } = run(arrived);
        expect([stored?.epoch, stored?.version]).toEqual([last.epoch, last.version]);
        expect([...channels].sort()).toEqual([...last.channels].sort());
      }),
      { numRuns: 2_000 },
    );
  });

  it('never lets an erased person return, not even by a newer message or one of a higher epoch', () => {
    fc.assert(
      fc.property(arrival, fc.nat({ max: 20 }), ({ arrived }, at) => {
        const withErasure = arrived.toSpliced(Math.min(at, arrived.length), 0, message(1, 1 + (at % 5), [], true));
        const { stored, channels } = run([...withErasure, message(99, 1, ['email'])]);
        expect(stored).toMatchObject({ erased: true, awaitingData: false, epoch: 99 });
        expect(channels).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('changes nothing on a message that is older or equal', () => {
    fc.assert(
      fc.property(arrival, ({ told }) => {
        const { stored } = run(told);
        for (const stale of told) {
          const change = decideChange(stored, stale);
          expect(change).toEqual({ kind: 'ignore' });
          expect(rememberedAfter(stored, change)).toBe(stored);
        }
      }),
    );
  });

  it.each([
    { given: 'nothing known', stored: undefined, told: message(1, 1, ['email']), expected: 'pull' },
    { given: 'nothing known', stored: undefined, told: message(1, 1, []), expected: 'drop' },
    { given: 'nothing known', stored: undefined, told: message(1, 1, [], true), expected: 'erase' },
    { given: 'an older contact', stored: { epoch: 1, version: 1, awaitingData: false, erased: false }, told: message(1, 2, []), expected: 'drop' },
    { given: 'a higher version of a lower epoch', stored: { epoch: 1, version: 9, awaitingData: false, erased: false }, told: message(2, 1, ['sms']), expected: 'pull' },
    { given: 'a tombstone', stored: { epoch: 1, version: 3, awaitingData: false, erased: false }, told: message(1, 2, ['sms']), expected: 'ignore' },
    { given: 'an erased reference', stored: { epoch: 1, version: 3, awaitingData: false, erased: true }, told: message(1, 4, ['sms']), expected: 'stay-erased' },
  ])('given $given, told version $told.version with $told.channels: $expected', ({ stored, told, expected }) => {
    expect(decideChange(stored, told).kind).toBe(expected);
  });
});

describe('collapse', () => {
  it('does what its messages do one after the other', () => {
    fc.assert(
      fc.property(arrival, fc.nat({ max: 10 }), ({ arrived }, cut) => {
        const before = run(arrived.slice(0, cut)).stored;
        const rest = arrived.slice(cut);
        if (rest.length === 0) return;
        const together = rememberedAfter(before, decideChange(before, collapse(rest as [ConsentChanged, ...ConsentChanged[]])));
        const oneByOne = rest.reduce((stored, each) => rememberedAfter(stored, decideChange(stored, each)), before);
        expect(together).toEqual(oneByOne);
      }),
    );
  });

  it('gives one message per reference, sorted by reference', () => {
    const other = { ...message(1, 1, ['email']), ref: '00000000-0000-4000-8000-000000000000' };
    const collapsed = collapseByRef([message(1, 2, []), message(1, 1, ['email']), other]);
    expect(collapsed.map((each) => each.ref)).toEqual([other.ref, REF]);
    expect(compareOrder(collapsed[1]!, { epoch: 1, version: 2 })).toBe(0);
  });
});
