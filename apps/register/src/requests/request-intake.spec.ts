import { type Asked, decideIntake, type TakenIn } from './request-intake.js';

const at = (hour: number): Date => new Date(Date.UTC(2026, 10, 23, hour));
const taken = (over: Partial<TakenIn> = {}): TakenIn =>
  ({ id: 'first', state: 'open', dueOn: '2026-12-23', receivedAt: at(9), assignee: 'vera', actor: 'customer', actorKind: 'customer', note: null, ...over });
const asked = (over: Partial<Asked> = {}): Asked => ({ kind: 'access', receivedAt: at(10), actor: 'customer', actorKind: 'customer', note: null, ...over });
const clerk = { actor: 'aino', actorKind: 'staff' };

describe('a request that comes in', () => {
  it.each([
    ['opens one when none is open', [], asked(), 'opens'],
    ['is the open one, said again', [taken()], asked(), 'first'],
    ['is the open one, and adds what is new', [taken()], asked({ note: 'orders too' }), 'first, and adds'],
    ['is the open one, and adds through whom it came', [taken()], asked(clerk), 'first, and adds'],
    ['is not told from a name of another kind', [taken({ actor: 'aino', actorKind: 'program' })], asked(clerk), 'first, and adds'],
    ['is the first of two', [taken(), taken({ id: 'second', receivedAt: at(10) })], asked({ note: 'x' }), 'first, and adds'],
    ['of the same moment is the open one', [taken()], asked({ receivedAt: at(9) }), 'first'],
    ['that came earlier opens one, which is due earlier', [taken()], asked({ receivedAt: at(8) }), 'opens'],
    ['to rectify something else opens one', [taken({ note: 'street' })], asked({ kind: 'rectification', note: 'name' }), 'opens'],
    ['to rectify the same is the open one', [taken({ note: 'street' })], asked({ kind: 'rectification', note: 'street' }), 'first'],
    ['to rectify the same is the open one, through another', [taken({ note: 'street' })], asked({ kind: 'rectification', note: 'street', ...clerk }), 'first, and adds'],
    ['is the last that fits', Array(19).fill(taken()), asked({ note: 'x' }), 'first, and adds'],
    ['is one too many', Array(20).fill(taken()), asked({ note: 'x' }), 'too-many'],
    ['is one too many when it came earlier too', Array(20).fill(taken()), asked({ receivedAt: at(8) }), 'too-many'],
    ['is never too many when it says nothing new', Array(20).fill(taken()), asked(), 'first'],
  ] as const)('%s', (_, open: readonly TakenIn[], wish, expected) => {
    const intake = decideIntake(open, wish);
    expect(intake.kind === 'joins' ? `${intake.request.id}${intake.adds ? ', and adds' : ''}` : intake.kind).toBe(expected);
  });
});
