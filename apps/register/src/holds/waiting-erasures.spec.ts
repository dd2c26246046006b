import { judgeWaiting, type StandingEntry } from './waiting-erasures.js';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 23, 12, minute));
/** Entries a minute apart, from minute 1 on. */
const entries = (...all: readonly (readonly [kind: string, reason?: string])[]): StandingEntry[] => all.map(([kind, reason], i) => ({ kind, reason: reason ?? null, at: at(i + 1) }));
const PLACED = ['hold-placed', 'claim'] as const;
const asked = (ground: string) => ['erasure-queued', ground] as const;

describe('what waits for the end of a legal hold', () => {
  it('is nothing when nothing was asked for', () => {
    expect(judgeWaiting(null, entries(PLACED), null)).toEqual({ grounds: [], wish: null });
    expect(judgeWaiting(null, [], at(9))).toEqual({ grounds: [], wish: null });
  });

  it('is what came first, then her demand, then the end of the relationship', () => {
    const all = entries(PLACED, asked('relationship-ended'), asked('request'), asked('abuse'));
    expect(judgeWaiting('relationship-ended', all, null).grounds).toEqual(['relationship-ended', 'request']);
    expect(judgeWaiting('abuse', all, null).grounds).toEqual(['abuse', 'request', 'relationship-ended']);
  });

  it('is only what was asked for under this hold', () => {
    expect(judgeWaiting(null, entries(PLACED, asked('relationship-ended'), ['hold-ended', 'claim'], PLACED), null).grounds).toEqual([]);
  });

  it('is, of somebody who wants to be restricted, her own demand alone', () => {
    const all = [PLACED, asked('abuse'), asked('request'), asked('relationship-ended')] as const;
    expect(judgeWaiting('abuse', entries(['restricted', 'accuracy-contested'], ...all), null)).toEqual({ grounds: ['request'], wish: 'accuracy-contested' });
    expect(judgeWaiting('abuse', entries(...all, ['restricted', 'objection-pending']), null)).toEqual({ grounds: ['request'], wish: 'objection-pending' });
    expect(judgeWaiting('abuse', entries(['restricted', 'accuracy-contested'], ['restriction-lifted'], ...all), null).wish).toBeNull();
  });

  it('is not the end of a relationship that goes on, unless it ended anew', () => {
    const resumed = [PLACED, asked('relationship-ended'), ['resumed']] as const;
    expect(judgeWaiting('relationship-ended', entries(...resumed), null).grounds).toEqual([]);
    expect(judgeWaiting('relationship-ended', entries(...resumed, asked('relationship-ended')), null).grounds).toEqual(['relationship-ended']);
  });

  it('is not a demand that was refused since, at the latest at the same moment', () => {
    const all = entries(PLACED, asked('request'));
    expect([at(1), at(2), at(3)].map((refusedAt) => judgeWaiting('request', all, refusedAt).grounds)).toEqual([['request'], [], []]);
  });
});
