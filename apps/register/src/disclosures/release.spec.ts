import fc from 'fast-check';
import { decideRelease, type DisclosureDecision, type Person, takesEffect } from './release.js';

const NOW = new Date('2026-11-23T12:00:00Z');
const ADULT: Person = { birthYear: 1980, restrictedAt: null, endedAt: null, activeAt: NOW };
const OFFERS = { purpose: 'offers', purposes: [{ code: 'offers', legalBasis: 'consent', retention: 'P2Y' }, { code: 'marketing', legalBasis: 'consent', retention: 'P5Y' }] };
const at = (minute: number): Date => new Date(NOW.getTime() - 3_600_000 + minute * 60_000);
const decision = (kind: DisclosureDecision['decision'], minute: number): DisclosureDecision => ({ id: `${kind}-${minute}`, decision: kind, decidedAt: at(minute) });
const notice = (minute: number) => ({ id: `notice-${minute}`, sentAt: at(minute) });
const [granted, withdrawn] = [decision('granted', 10), decision('withdrawn', 20)];

describe('a disclosure', () => {
  it('needs a consent in force and a notice, and names both', () => {
    expect(decideRelease(ADULT, [granted], [notice(5), notice(30)], OFFERS, NOW)).toEqual({ kind: 'may-leave', consentId: 'granted-10', noticeId: 'notice-30' });
  });

  it.each<[string, Person, DisclosureDecision[], number[]]>([
    ['no-consent', ADULT, [], [30]],
    ['no-consent', ADULT, [granted, withdrawn], [30]],
    ['no-notice', ADULT, [granted], []],
    ['no-notice', ADULT, [granted], [61]], // not sent yet
    ['no-notice', ADULT, [granted, withdrawn, decision('granted', 25)], [15]], // told of the consent before the withdrawal
    ['restricted', { ...ADULT, restrictedAt: NOW }, [granted], [30]],
    ['ended', { ...ADULT, endedAt: NOW }, [granted], [30]],
    ['under-age', { ...ADULT, birthYear: 2013 }, [granted], [30]],
  ])('is refused: %s', (reason, person, decisions, notices) => {
    expect(decideRelease(person, decisions, notices.map(notice), OFFERS, NOW)).toEqual({ kind: 'refused', reason });
  });

  it.each([
    ['three years', 3, null, 'no-consent'], ['three years, when she was seen last year,', 3, 1, 'may-leave'], ['a year, when nothing was heard of her for three,', 1, 3, 'may-leave'],
  ])('on a consent of %s ago is judged by the period of its purpose, at this moment', (_, consent, seen, expected) => {
    const yearsAgo = (years: number): Date => new Date(NOW.getTime() - years * 365.25 * 86_400_000);
    const old = { ...granted, decidedAt: yearsAgo(consent) };
    const outcome = decideRelease({ ...ADULT, activeAt: yearsAgo(seen ?? consent) }, [old], [notice(30)], OFFERS, NOW);
    expect(outcome.kind === 'refused' ? outcome.reason : outcome.kind).toBe(expected);
  });

  it('never happens when the last thing the person said was a withdrawal', () => {
    const decisions = fc.array(fc.tuple(fc.constantFrom('granted' as const, 'withdrawn' as const), fc.integer({ min: 0, max: 55 })), { maxLength: 8 });
    fc.assert(fc.property(decisions, (commands) => {
      const effective: DisclosureDecision[] = [];
      for (const [kind, minute] of commands) if (takesEffect(effective, decision(kind, minute))) effective.push(decision(kind, minute));
      const released = decideRelease(ADULT, effective, [notice(59)], OFFERS, NOW).kind === 'may-leave';
      const newest = Math.max(...commands.map(([, minute]) => minute));
      return !released || !commands.some(([kind, minute]) => kind === 'withdrawn' && minute === newest);
    }));
  });
});

describe('a decision about a disclosure', () => {
  it.each<[string, DisclosureDecision[], DisclosureDecision, boolean]>([
    ['takes effect when nothing is known', [], granted, true],
    ['that arrives late does not undo a newer withdrawal', [withdrawn], granted, false],
    ['to withdraw holds although clocks are ten minutes apart', [granted], decision('withdrawn', 0), true],
    ['to withdraw from long before the consent does not', [granted], decision('withdrawn', -1), false],
    ['to consent at the same instant as a withdrawal does not', [withdrawn], decision('granted', 20), false],
  ])('%s', (_, known, command, expected) => {
    expect(takesEffect(known, command)).toBe(expected);
  });
});
