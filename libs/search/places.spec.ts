import { Needles } from './needles.js';
import { Places } from './places.js';
import { Tally } from './tally.js';

describe('the places of a search', () => {
  it('lists every case that was found, few places of each, and counts the others', async () => {
    const CASES = 30_000;
    const needles = await Needles.of(Array.from({ length: CASES }, (_, n) => ({ caseId: `case-${n}`, values: [{ kind: 'email' as const, text: `n${n}@example.fi` }], together: [] })));
    const places = new Places(needles, 'logs');
    const [first, all] = [new Tally(), new Tally()];
    first.note(0, 1);
    for (let n = 0; n < CASES; n += 1) all.note(n, 1);
    for (let n = 0; n < 25; n += 1) places.add(first, `${n}.log`);
    for (let n = 0; n < 10; n += 1) places.add(all, `all-${n}.log`);
    expect(new Set(places.found.map(({ caseId }) => caseId)).size).toBe(CASES);
    expect(places.found.filter(({ caseId }) => caseId === 'case-0')).toHaveLength(20);
    expect(places.found).toHaveLength(CASES + 10_000);
    expect(places.found.length + places.more.found).toBe(25 + 10 * CASES);
  }, 30_000);

  it('does not list places without end that could not be searched', async () => {
    const places = new Places(await Needles.of([]), 'logs');
    for (let n = 0; n < 12_000; n += 1) places.addUnsearched(`${n}.zip`, 'compressed');
    expect([places.unsearched.length, places.more.unsearched]).toEqual([10_000, 2_000]);
  });
});
