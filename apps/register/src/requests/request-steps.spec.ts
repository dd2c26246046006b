import fc from 'fast-check';
import { decideStep, type RequestProgress } from './request-steps.js';
import { REQUEST_STATES, type RequestState, type RequestStep } from './requests.schemas.js';

const NOW = new Date('2026-10-01T12:00:00Z');
const request = (over: Partial<RequestProgress> = {}): RequestProgress =>
  ({ state: 'open', receivedAt: new Date('2026-09-08T09:00:00Z'), dueOn: '2026-10-08', extended: false, ...over });
const extension = (toldAt: string): RequestStep => ({ step: 'extended', reason: 'complexity', toldAt: new Date(toldAt), toldBy: 'email' });
const refusal = (toldAt: string): RequestStep => ({ step: 'refused', reason: 'excessive', toldAt: new Date(toldAt), toldBy: 'letter' });
const STEPS: RequestStep[] = [
  { step: 'assigned', assignee: null }, { step: 'asked-person' }, { step: 'person-answered' }, extension('2026-09-20T12:00:00Z'), { step: 'done' }, refusal('2026-09-20T12:00:00Z'),
];

describe('a step of a request', () => {
  it.each<[RequestState, string[]]>([
    ['open', ['open', 'waiting-for-person', 'not-waiting', 'extended', 'done', 'refused']],
    ['waiting-for-person', ['waiting-for-person', 'waiting-for-person', 'open', 'waiting-for-person', 'done', 'refused']],
    ['extended', ['extended', 'waiting-for-person', 'not-waiting', 'extended-already', 'done', 'refused']],
    ['done', STEPS.map(() => 'closed')],
    ['refused', STEPS.map(() => 'closed')],
  ])('from %s leads to where the table says', (state, expected) => {
    const outcomes = STEPS.map((step) => decideStep(request({ state, extended: state === 'extended' }), step, NOW));
    expect(outcomes.map((o) => (o.kind === 'moves' ? o.state : o.reason))).toEqual(expected);
  });

  it('leaves the due date alone, an extension apart', () => {
    for (const state of REQUEST_STATES) {
      for (const step of STEPS) {
        const outcome = decideStep(request({ state }), step, NOW);
        if (outcome.kind === 'moves') expect(outcome.dueOn).toBe(step.step === 'extended' ? '2026-12-08' : '2026-10-08');
      }
    }
  });

  it('closes a request for good, and moves its due date once, whatever the order of the steps', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...STEPS), { maxLength: 20 }), (steps) => {
      let current = request();
      const dates: string[] = [];
      for (const step of steps) {
        const outcome = decideStep(current, step, NOW);
        const isClosed = current.state === 'done' || current.state === 'refused';
        if (isClosed && outcome.kind === 'moves') return false;
        if (outcome.kind === 'refused') continue;
        if (outcome.dueOn !== current.dueOn) dates.push(outcome.dueOn);
        current = { ...current, ...outcome, extended: current.extended || step.step === 'extended' };
      }
      return dates.length <= 1 && dates.every((day) => day === '2026-12-08');
    }));
  });

  it('returns to extended when the person has answered', () => {
    const waiting = request({ state: 'waiting-for-person', extended: true, dueOn: '2026-12-08' });
    expect(decideStep(waiting, { step: 'person-answered' }, NOW)).toEqual({ kind: 'moves', state: 'extended', dueOn: '2026-12-08' });
  });

  it('extends when the person was told on the last day in Finland, and not a minute after', () => {
    const later = new Date('2026-10-20T12:00:00Z');
    expect(decideStep(request(), extension('2026-10-08T20:59:00Z'), later)).toMatchObject({ kind: 'moves', dueOn: '2026-12-08' });
    expect(decideStep(request(), extension('2026-10-08T21:00:00Z'), later)).toEqual({ kind: 'refused', reason: 'told-too-late' });
  });

  it.each([['extension', extension], ['refusal', refusal]] as const)('of %s cannot be told in the future or before the request', (_, step) => {
    expect(decideStep(request(), step('2026-10-01T12:06:00Z'), NOW)).toEqual({ kind: 'refused', reason: 'told-in-future' });
    expect(decideStep(request(), step('2026-10-01T12:04:00Z'), NOW)).toMatchObject({ kind: 'moves' });
    expect(decideStep(request(), step('2026-09-08T08:59:00Z'), NOW)).toEqual({ kind: 'refused', reason: 'told-before-request' });
  });
});
