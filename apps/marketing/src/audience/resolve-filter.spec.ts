import type { Condition } from './condition.js';
import { type Filter, FilterSchema } from './filter.schemas.js';
import { resolveFilter, snapshotsIn } from './resolve-filter.js';

const NOW = new Date('2026-06-15T12:34:56.789Z');
const resolve = (filter: Filter): Condition => resolveFilter(FilterSchema.parse(filter), { channel: 'email', now: NOW });

describe('a filter comes down to conditions:', () => {
  it.each<[string, Filter, Condition]>([
    ['nothing is everybody', {}, { kind: 'all', of: [] }],
    ['one condition is itself', { language: { is: 'fi' } }, { kind: 'language', oneOf: ['fi'] }],
    ['several all hold', { language: { is: 'fi' }, interests: { any: ['tea'], all: ['coffee'] } }, {
      kind: 'all', of: [
        { kind: 'interests', match: 'any', codes: ['tea'] }, { kind: 'interests', match: 'all', codes: ['coffee'] }, { kind: 'language', oneOf: ['fi'] },
      ],
    }],
    ['what must not be is none', { country: { isNot: 'FI' } }, { kind: 'none', of: [{ kind: 'country', oneOf: ['FI'] }] }],
    ['before and after leave the year out', { birthYear: { after: 1979, before: 1990 } }, { kind: 'birthYear', from: 1980, to: 1989 }],
    ['the narrowest of several ranges holds', { birthYear: { between: [1970, 1990], after: 1979 } }, { kind: 'birthYear', from: 1980, to: 1990 }],
    ['a range without anybody is nobody', { birthYear: { before: 1980, after: 1990 } }, { kind: 'any', of: [] }],
    ['older than 17 is surely 18', { age: { after: 17 } }, { kind: 'birthYear', to: 2007 }],
    ['ages turn around as years', { age: { between: [18, 30] } }, { kind: 'birthYear', from: 1995, to: 2007 }],
    ['a city is written in lower case, composed', { city: { is: ' ja\u0308rvenpa\u0308a\u0308 ' } }, { kind: 'city', oneOf: ['järvenpää'] }],
    ['a consent is that of the list', { source: { is: 'till' } }, { kind: 'source', channel: 'email', oneOf: ['till'] }],
    ['or of the channel named', { wording: { id: 'club', channel: 'sms' } }, { kind: 'wording', channel: 'sms', id: 'club' }],
    ['moments are whole seconds', { granted: { since: '2026-01-02T05:04:05.999+02:00', before: '2026-01-02T03:04:06.001Z' } },
      { kind: 'granted', channel: 'email', from: Date.UTC(2026, 0, 2, 3, 4, 5) / 1_000, before: Date.UTC(2026, 0, 2, 3, 4, 6) / 1_000 }],
    ['a second without a moment is nobody', { granted: { since: '2026-01-02T03:04:05.100Z', before: '2026-01-02T03:04:05.900Z' } }, { kind: 'any', of: [] }],
    ['one day ago is midnight', { granted: { lastDays: 1 } }, { kind: 'granted', channel: 'email', from: Date.UTC(2026, 5, 14) / 1_000 }],
    ['a channel alone is any time', { granted: { channel: 'post' } }, { kind: 'granted', channel: 'post', from: Date.UTC(1900, 0) / 1_000 }],
  ])('%s', (_rule, filter, condition) => {
    expect(resolve(filter)).toEqual(condition);
  });

  it('a snapshot brings the moment it was taken', () => {
    const id = '6a0f6f3e-6a3c-4c53-9d0b-0d3f4a1b2c3d';
    const filter: Filter = { none: [{}, { any: [{ snapshot: { id } }] }] };
    expect(snapshotsIn(filter)).toEqual([{ id, path: ['none', 1, 'any', 0, 'snapshot', 'id'] }]);
    expect(() => resolveFilter(filter, { channel: 'sms', now: NOW })).toThrow('snapshot');
    expect(resolveFilter({ snapshot: { id } }, { channel: 'sms', now: NOW, snapshots: new Map([[id, 1_780_000_000]]) }))
      .toEqual({ kind: 'snapshot', channel: 'sms', id, takenAt: 1_780_000_000 });
  });
});
