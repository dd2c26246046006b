import { type Filter, FilterSchema } from '../audience/filter.schemas.js';
import { partsOf } from './filter-parts.js';

const parts = (filter: Filter): [string, Filter][] => partsOf(filter).map(({ pointer, filter: part }) => [pointer, part]);

describe('partsOf', () => {
  it('asks each operator of a field by itself', () => {
    expect(parts({ interests: { any: ['tea'], none: ['coffee'] }, language: { is: 'fi' } })).toEqual([
      ['/interests/any', { interests: { any: ['tea'] } }],
      ['/interests/none', { interests: { none: ['coffee'] } }],
      ['/language/is', { language: { is: 'fi' } }],
    ]);
  });

  it('leaves to an operator what it is about', () => {
    expect(parts({ granted: { channel: 'sms', lastDays: 3, before: '2026-01-01T00:00:00Z' }, source: { channel: 'post', is: 'shop' } })).toEqual([
      ['/granted/lastDays', { granted: { channel: 'sms', lastDays: 3 } }],
      ['/granted/before', { granted: { channel: 'sms', before: '2026-01-01T00:00:00Z' } }],
      ['/source/is', { source: { channel: 'post', is: 'shop' } }],
    ]);
  });

  it('takes a field without operators as one condition', () => {
    const snapshot = { id: '0b0cc7d6-5ab1-4f0c-9d3e-53d4ac5a3f61' };
    expect(parts({ wording: { id: 'newsletter', version: 2 }, granted: { channel: 'sms' }, snapshot })).toEqual([
      ['/wording', { wording: { id: 'newsletter', version: 2 } }],
      ['/granted', { granted: { channel: 'sms' } }],
      ['/snapshot', { snapshot }],
    ]);
  });

  it('names a group, then what stands in it', () => {
    const filter: Filter = { any: [{ city: { is: 'Kerava' } }, { none: [{ language: { is: 'sv' } }] }], all: [{}] };
    expect(parts(filter).map(([pointer]) => pointer)).toEqual(['/any', '/any/0/city/is', '/any/1/none', '/any/1/none/0/language/is', '/all']);
  });

  it('has no parts for everybody, and every part is a filter', () => {
    expect(parts({})).toEqual([]);
    const filter: Filter = { postalCode: { prefix: '04', between: ['04000', '05000'] }, age: { between: [20, 30], before: 25 }, all: [{ country: { isNot: 'SE' } }] };
    for (const [, part] of parts(filter)) expect(FilterSchema.safeParse(part).success).toBe(true);
  });
});
