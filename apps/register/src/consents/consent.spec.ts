import fc from 'fast-check';
import { decide, inForceAfter, isProvenByHerself, isValidForAge, mayBeUnderAge, ofAgeFrom, type ConsentCommand, type ConsentState, type Standing } from './consent.js';

const NOW = new Date('2026-11-23T12:00:00Z');
const ADULT: Standing = { birthYear: 1980, guardianAt: null, restrictedAt: null, endedAt: null, closures: [] };
const at = (minute: number) => new Date(NOW.getTime() - 60 * 60_000 + minute * 60_000);
const command = (decision: ConsentCommand['decision'], minute: number): ConsentCommand => ({ channel: 'email', decision, decidedAt: at(minute), isProven: false, isLapsed: false });

/** Plays decisions in the given order of arrival and tells what is in force afterwards. */
function play(commands: readonly ConsentCommand[]): ConsentState | undefined {
  let state: ConsentState | undefined;
  for (const c of commands) if (decide(state, c, ADULT, NOW).kind === 'takes-effect') state = inForceAfter(state, c);
  return state;
}

describe('a consent decision', () => {
  it('told after it has lapsed is kept as proof, and opens nothing; a withdrawal is never too old', () => {
    const closed: Standing = { ...ADULT, closures: [{ since: at(0), reopened: [] }] };
    expect(decide(undefined, { ...command('granted', 5), isProven: true, isLapsed: true }, closed, NOW)).toEqual({ kind: 'superseded' });
    expect(decide(undefined, { ...command('withdrawn', 5), isLapsed: true }, ADULT, NOW)).toEqual({ kind: 'takes-effect' });
  });

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

  it('to withdraw holds although clocks are up to ten minutes apart, and the same grant does not return', () => {
    const [grant, withdrawal] = [command('granted', 20), command('withdrawn', 10)];
    expect(decide(grant, withdrawal, ADULT, NOW)).toEqual({ kind: 'takes-effect' });
    expect(play([grant, withdrawal, grant])?.decision).toBe('withdrawn');
    expect(decide(grant, command('withdrawn', 9), ADULT, NOW)).toEqual({ kind: 'superseded' });
  });

  const decisions = (minutes: number[]) => fc.array(
    fc.record({
      channel: fc.constant('email' as const), decision: fc.constantFrom('granted' as const, 'withdrawn' as const), decidedAt: fc.constantFrom(...minutes).map(at),
      isProven: fc.boolean(), isLapsed: fc.constant(false),
    }), { maxLength: 6 });
  const shuffled = (commands: ConsentCommand[], noise: fc.Stream<number>): ConsentCommand[] =>
    commands.map((c) => [noise.next().value as number, c] as const).sort((a, b) => a[0] - b[0]).map(([, c]) => c);

  it('leads to the same state whatever the order of arrival, when decisions lie further apart than clocks differ', () => {
    fc.assert(fc.property(decisions([0, 11, 22, 33, 44]), fc.infiniteStream(fc.nat()), (commands, noise) =>
      play(commands)?.decision === play(shuffled(commands, noise))?.decision));
  });

  it('never leaves a consent in force that is not newer than every withdrawal', () => {
    fc.assert(fc.property(decisions([0, 1, 2, 3, 4, 5, 6, 7, 8]), fc.infiniteStream(fc.nat()), (commands, noise) => {
      const order = shuffled(commands, noise);
      const end = play(order);
      if (end?.decision !== 'granted') return true;
      return order.every((c) => c.decision === 'granted' || c.decidedAt < end.decidedAt);
    }));
  });
});

describe('the age of consent', () => {
  it('is doubted in the year of the thirteenth birthday and not after it', () => {
    expect(mayBeUnderAge(2013, NOW)).toBe(true);
    expect(mayBeUnderAge(2012, NOW)).toBe(false);
    expect(mayBeUnderAge(null, NOW)).toBe(false);
  });

  it('is reached at one moment of each birth year', () => {
    const moment = fc.date({ min: new Date('2010-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
    fc.assert(fc.property(fc.integer({ min: 1990, max: 2030 }), moment, (birthYear, time) => mayBeUnderAge(birthYear, time) === time < (ofAgeFrom(birthYear) as Date)));
    expect([ofAgeFrom(2013)?.toISOString(), ofAgeFrom(null)]).toEqual(['2027-01-01T00:00:00.000Z', null]);
  });

  it('needs no guardian, or one who had agreed before', () => {
    const child = (guardianAt: Date | null) => ({ birthYear: 2016, guardianAt });
    expect([null, at(1), at(0), at(-1)].map((guardianAt) => isValidForAge(child(guardianAt), at(0)))).toEqual([false, false, true, true]);
  });

  it('once permitted by a guardian holds whatever time passes, and no longer when the guardian is lost', () => {
    const moment = fc.date({ min: new Date('2010-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
    fc.assert(fc.property(fc.integer({ min: 1990, max: 2030 }), moment, moment, (birthYear, guardianAt, decidedAt) => {
      const [withGuardian, without] = [isValidForAge({ birthYear, guardianAt }, decidedAt), isValidForAge({ birthYear, guardianAt: null }, decidedAt)];
      return without === !mayBeUnderAge(birthYear, decidedAt) && withGuardian === (without || guardianAt <= decidedAt);
    }));
  });
});

describe('a grant to a suppressed address', () => {
  const closed = (since: number, ...reopened: ('email' | 'sms')[]) => ({ ...ADULT, closures: [{ since: at(since), reopened }] });
  const proven = { ...command('granted', 10), isProven: true };

  it.each([
    ['older than the closing', command('granted', 5), closed(5), { kind: 'superseded' }],
    ['older than the closing, though hers and opened again', { ...command('granted', 5), isProven: true }, closed(5, 'email'), { kind: 'superseded' }],
    ['newer, not shown to be hers', command('granted', 10), closed(5), { kind: 'refused', reason: 'suppressed' }],
    ['newer, and hers', proven, closed(5), { kind: 'takes-effect', reopens: true }],
    ['newer, and the channel was opened again', command('granted', 10), closed(5, 'email'), { kind: 'takes-effect' }],
    ['newer, and another channel was opened again', command('granted', 10), closed(5, 'sms'), { kind: 'refused', reason: 'suppressed' }],
  ] as const)('%s', (_what, grant, standing, outcome) => {
    expect(decide(undefined, grant, standing, NOW)).toEqual(outcome);
  });

  it('can always be withdrawn', () => {
    expect(decide(command('granted', 1), command('withdrawn', 3), closed(5), NOW)).toEqual({ kind: 'takes-effect' });
  });

  it('is hers by her own token, or by what only she can do, and never by staff', () => {
    expect([['customer', 'checkout'], ['program', 'account-settings'], ['program', 'confirmed-opt-in']].map(([kind, method]) => isProvenByHerself(kind as 'program', method!))).toEqual([true, true, true]);
    expect([['program', 'checkout'], ['program', 'web-form'], ['staff', 'account-settings'], ['staff', 'paper']].map(([kind, method]) => isProvenByHerself(kind as 'program', method!))).toEqual([false, false, false, false]);
  });
});
