import { caseDigest, type SearchStatement } from '#contracts/search.v1.js';
import { againAfter, fitsCertificates, type OwnResult, pauseAfter, verdictsOf } from './verdict.js';

const [AINO, EINO] = ['b7f5a9ce-52c5-4ad5-8d43-0f2a43bb8c11', '0b1e4c1a-4a43-4b8e-9a25-6a8d1c2f3e40'];
const CLEAN: OwnResult = { found: [], unsearched: [] };
const STATEMENT: SearchStatement = {
  roundId: 'f1d7f0f4-3c0e-4a73-8a0c-2f0f1c6d9b11', searchedAt: '2026-11-23T06:00:04Z', cases: 2,
  stores: [{ store: 'marketing', what: 'tables', number: 14, bytes: 1 }], found: [], unsearched: [], more: { found: 0, unsearched: 0 },
};
const leftover = { store: 'logs', place: 'service.log', count: 2 };
const closed = { store: 'exports', place: 'a.csv', reason: 'EACCES' };

describe('the verdict on a round', () => {
  it('lets everybody go of whom nothing was found anywhere', () => {
    expect([...verdictsOf([AINO, EINO], CLEAN, STATEMENT)]).toEqual([[AINO, null], [EINO, null]]);
  });
  it.each([
    ['the register', { ...CLEAN, found: [{ caseId: AINO, ...leftover }] }, STATEMENT],
    ['marketing', CLEAN, { ...STATEMENT, found: [{ case: caseDigest(AINO), ...leftover }] }],
  ])('keeps her alone who was found by %s', (_, own, statement) => {
    expect([...verdictsOf([AINO, EINO], own, statement)]).toEqual([[AINO, { found: [leftover], unsearched: [] }], [EINO, null]]);
  });
  it.each([['the register', { ...CLEAN, unsearched: [closed] }, STATEMENT], ['marketing', CLEAN, { ...STATEMENT, unsearched: [closed] }]])('keeps everybody when %s could not search a place', (_, own, statement) => {
    expect([...verdictsOf([AINO, EINO], own, statement).values()]).toEqual([{ found: [], unsearched: [closed] }, { found: [], unsearched: [closed] }]);
  });
  it('takes no longer when somebody was found in very many places', () => {
    const found = Array.from({ length: 300_000 }, (_, n) => ({ caseId: AINO, ...leftover, place: `${n}.log` }));
    expect(verdictsOf([AINO, EINO], { ...CLEAN, found }, STATEMENT).get(AINO)?.found).toHaveLength(20);
  }, 5_000);
  it('waits until a statement is short enough to be a part of certificates', () => {
    expect([fitsCertificates('x'.repeat(2_000)), fitsCertificates('x'.repeat(40_000))]).toEqual([true, false]);
  });
});

describe('the time between rounds', () => {
  it('is three times what the last took, a second at least and a quarter of an hour at most, unless it is fixed', () => {
    expect([pauseAfter(5, undefined), pauseAfter(700, undefined), pauseAfter(10 ** 9, undefined), pauseAfter(700, 50)]).toEqual([1_000, 2_100, 900_000, 50]);
    expect([pauseAfter(5, undefined, true), pauseAfter(7_000, undefined, true), pauseAfter(7_000, 50, true)]).toEqual([1_000, 7_000, 50]);
  });
  it('grows for somebody who was found again and again', () => {
    expect([1, 2, 3, 30].map((searches) => againAfter(searches, 1_000))).toEqual([2_000, 4_000, 8_000, 900_000]);
  });
});
