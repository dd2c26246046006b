import fc from 'fast-check';
import type { BucketEntry } from '#contracts/reconcile.v1.js';
import { compareBucket, type LocalEntry, type Repairs } from './comparison.js';

const REFS = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000003'];

const entry = fc.record({ epoch: fc.integer({ min: 1, max: 2 }), version: fc.integer({ min: 1, max: 3 }), digest: fc.constantFrom('a', 'b') });
const register = fc.tuple(...REFS.map(() => fc.option(entry)))
  .map((entries) => entries.flatMap((each, index): BucketEntry[] => (each === null ? [] : [{ ref: REFS[index]!, ...each }])));
const local = fc.tuple(...REFS.map(() => fc.option(fc.tuple(entry, fc.constantFrom('held' as const, 'awaiting' as const, 'out' as const, 'erased' as const)))))
  .map((entries) => entries.flatMap((each, index): LocalEntry[] => (each === null ? [] : [{ ref: REFS[index]!, ...each[0], state: each[1] }])));

const one = (order: [number, number], digest = 'a'): BucketEntry => ({ ref: REFS[0]!, epoch: order[0], version: order[1], digest });
const found = (repairs: Repairs): string[] => Object.entries(repairs).filter(([, refs]) => (refs as unknown[]).length > 0).map(([kind]) => kind);

describe('compareBucket', () => {
  it('finds nothing to repair where both sides hold the same', () => {
    fc.assert(fc.property(register, (entries) => {
      expect(found(compareBucket(entries.map((each) => ({ ...each, state: 'held' as const })), entries))).toEqual([]);
    }));
  });

  it('never brings an erased person back, and never keeps one the register does not list', () => {
    fc.assert(fc.property(local, register, (ours, theirs) => {
      const repairs = compareBucket(ours, theirs);
      const comes = [...repairs.pull, ...repairs.differing].map(({ ref }) => ref);
      const goes = [...repairs.unlisted, ...repairs.ahead].map(({ ref }) => ref);
      for (const { ref, state } of ours) {
        if (state === 'erased') expect(comes).not.toContain(ref);
        if (state === 'held' && !theirs.some((each) => each.ref === ref)) expect(goes).toContain(ref);
      }
      expect(comes.filter((ref) => goes.includes(ref))).toEqual([]);
    }));
  });

  it.each([
    { given: 'a contact we never heard of', ours: [], theirs: [one([1, 1])], expected: ['pull'] },
    { given: 'a newer version there', ours: [{ ...one([1, 1]), state: 'held' as const }], theirs: [one([1, 2])], expected: ['pull'] },
    { given: 'a newer epoch there', ours: [{ ...one([1, 9]), state: 'held' as const }], theirs: [one([2, 1])], expected: ['pull'] },
    { given: 'other content at the same order', ours: [{ ...one([1, 1], 'a'), state: 'held' as const }], theirs: [one([1, 1], 'b')], expected: ['differing'] },
    { given: 'a newer version here', ours: [{ ...one([1, 2]), state: 'held' as const }], theirs: [one([1, 1])], expected: ['ahead'] },
    { given: 'a contact unknown there', ours: [{ ...one([1, 2]), state: 'held' as const }], theirs: [], expected: ['unlisted'] },
    { given: 'a tombstone unknown there', ours: [{ ...one([1, 2]), state: 'out' as const }], theirs: [], expected: [] },
    { given: 'a tombstone newer than what is there', ours: [{ ...one([1, 3]), state: 'out' as const }], theirs: [one([1, 2])], expected: [] },
    { given: 'a tombstone as old as what is listed there', ours: [{ ...one([1, 2]), state: 'out' as const }], theirs: [one([1, 2])], expected: ['differing'] },
    { given: 'an erased person listed there', ours: [{ ...one([1, 2]), state: 'erased' as const }], theirs: [one([2, 2])], expected: ['erased'] },
    { given: 'data awaited at the same order', ours: [{ ...one([1, 2]), state: 'awaiting' as const }], theirs: [one([1, 2], 'b')], expected: [] },
  ])('$given: $expected', ({ ours, theirs, expected }) => {
    expect(found(compareBucket(ours, theirs))).toEqual(expected);
  });
});
