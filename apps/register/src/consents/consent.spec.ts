import fc from 'fast-check';
import { decide, mayBeUnderAge, type ConsentCommand, type ConsentState, type Standing } from './consent.js';

const NOW = new Date('2026-11-23T12:00:00Z');
const ADULT: Standing = { birthYear: 1980, restrictedAt: null, endedAt: null };
const at = (minute: number) => new Date(NOW.getTime() - 60 * 60_000 + minute * 60_000);
const command = (decision: ConsentCommand['decision'], minute: number): ConsentCommand => ({ decision, decidedAt: at(minute) });

/** Plays decisions in the given order of arrival and tells what is in force afterwards. */
function play(commands: readonly ConsentCommand[]): ConsentState | undefined {
  let state: ConsentState | undefined;
  for (const c of commands) if (decide(state, c, ADULT, NOW).kind === 'takes-effect') state = c;
  return state;
}

describe('a consent decision', () => {
  it('takes effect when nothing is known', () => {
    expect(decide(undefined, command('granted', 0), ADULT, NOW)).toEqual({ kind: 'takes-effect' });
  });

  it('that arrives late does not undo a newer withdrawal', () => {
    expect(decide(command('withdrawn', 10), command('granted', 5), ADULT, NOW)).toEqual({ kind: 'superseded' });
  });

  it('withdraws when both were given at the same instant', () => {
    expect(decide(command('granted', 5), command('withdrawn', 5), ADULT, NOW)).toEqual({ kind: 'takes-effect' });
    expect(decide(command('withdrawn', 5), command('granted', 5), ADULT, NOW)).toEqual({ kind: 'superseded' });
  });

  it('from the future is refused, five minutes of clock error apart', () => {
    expect(decide(undefined, command('granted', 64), ADULT, NOW)).toEqual({ kind: 'takes-effect' });
    expect(decide(undefined, command('withdrawn', 66), ADULT, NOW)).toEqual({ kind: 'refused', reason: 'in-future' });
  });

  it.each([
    ['under-age', { ...ADULT, birthYear: 2013 }],
    ['restricted', { ...ADULT, restrictedAt: NOW }],
    ['ended', { ...ADULT, endedAt: NOW }],
  ] as const)('to grant is refused when the person is %s, to withdraw never', (reason, standing) => {
    expect(decide(undefined, command('granted', 0), standing, NOW)).toEqual({ kind: 'refused', reason });
    expect(decide(command('granted', 0), command('withdrawn', 1), standing, NOW)).toEqual({ kind: 'takes-effect' });
  });

  it('ends in the same state whatever the order of arrival', () => {
    const decision = fc.record({ decision: fc.constantFrom('granted' as const, 'withdrawn' as const), decidedAt: fc.integer({ min: 0, max: 5 }).map(at) });
    fc.assert(fc.property(fc.array(decision, { maxLength: 6 }), fc.infiniteStream(fc.nat()), (commands, noise) => {
      const shuffled = commands.map((c) => [noise.next().value as number, c] as const).sort((a, b) => a[0] - b[0]).map(([, c]) => c);
      const [one, other] = [play(commands), play(shuffled)];
      return one?.decision === other?.decision && one?.decidedAt.getTime() === other?.decidedAt.getTime();
    }));
  });
});

describe('the age of consent', () => {
  it('is doubted in the year of the thirteenth birthday and not after it', () => {
    expect(mayBeUnderAge(2013, NOW)).toBe(true);
    expect(mayBeUnderAge(2012, NOW)).toBe(false);
    expect(mayBeUnderAge(null, NOW)).toBe(false);
  });
});
