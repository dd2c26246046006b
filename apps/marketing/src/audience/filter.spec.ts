import fc from 'fast-check';
import { filter, NOW } from '#test/support/audience-generators.js';
import { CHANNELS } from '#contracts/channel.js';
import { clauseOf, SINCE } from './clause.js';
import { excessOf, MAX_CONDITIONS, MAX_FILTER_DEPTH, MAX_SNAPSHOTS } from './filter-limits.js';
import { FilterSchema } from './filter.schemas.js';
import { resolveFilter } from './resolve-filter.js';

const channel = fc.constantFrom(...CHANNELS);
const codes = (given: unknown): unknown[] =>
  FilterSchema.safeParse(given).error?.issues.map((issue): unknown => (issue.code === 'custom' ? issue.params?.['code'] : issue.code)) ?? [];

describe('a filter as SQL', () => {
  it('asks for the consent first, whatever the filter says', () => {
    fc.assert(fc.property(channel, filter, (on, given) => {
      const { text } = clauseOf(on, resolveFilter(FilterSchema.parse(given), { channel: on, now: NOW }));
      expect(text.startsWith(`${SINCE[on]} IS NOT NULL AND `)).toBe(true);
      // The consent stands alone: no OR and no closing bracket of the filter reaches it.
      const levels = [...text].reduce<number[]>((all, sign) => [...all, (all.at(-1) ?? 0) + (sign === '(' ? 1 : sign === ')' ? -1 : 0)], []);
      expect(Math.min(...levels)).toBe(0);
      for (const { index } of text.matchAll(/ OR /g)) expect(levels[index]).toBeGreaterThan(0);
    }));
  });

  it('has one place for every value, and no text of the caller in the statement', () => {
    fc.assert(fc.property(channel, filter, (on, given) => {
      const { text, values } = clauseOf(on, resolveFilter(given, { channel: on, now: NOW }));
      expect([...text.matchAll(/\$(\d+)/g)].map(([, place]) => Number(place))).toEqual(values.map((_, index) => index + 1));
      const bare = text.replaceAll(/\$\d+|_wording_id|_wording_version|COLLATE "(und-x-icu|C)"/g, '');
      expect(bare).toMatch(/^[a-zA-Z_ &@<>=(),:[\]]*$/);
    }));
  });
});

describe('FilterSchema', () => {
  it('takes what the generator makes, and changes nothing', () => {
    fc.assert(fc.property(filter, (given) => {
      expect(FilterSchema.parse(given)).toEqual(given);
    }));
  });

  it.each<[string, object, unknown]>([
    ['the consent itself', { channelGranted: true }, 'unrecognized_keys'],
    ['a column name', { email_since: '2026-01-01T00:00:00Z' }, 'unrecognized_keys'],
    ['an objection', { none: [{ objected: true }] }, 'unrecognized_keys'],
    ['an unknown operator', { city: { contains: 'Kerava' } }, 'unrecognized_keys'],
    ['a field without an operator', { city: {} }, 'no-operator'],
    ['a channel in place of a source', { source: { channel: 'sms' } }, 'no-operator'],
    ['an empty list', { interests: { any: [] } }, 'too_small'],
    ['a list of 101', { interests: { any: Array.from({ length: 101 }, (_, at) => `i${at}`) } }, 'too_big'],
    ['a group of 101', { any: Array.from({ length: 101 }, () => ({ country: { is: 'FI' } })) }, 'too_big'],
    ['a range that ends before it begins', { birthYear: { between: [1990, 1980] } }, 'empty-range'],
    ['a range of one', { age: { between: [18] } }, 'too_small'],
    ['postal codes from back to front', { postalCode: { between: ['05', '04'] } }, 'empty-range'],
    ['a wildcard in the postal code', { postalCode: { prefix: '04%' } }, 'invalid_format'],
    ['no time between two moments', { granted: { since: '2026-01-01T00:00:00Z', before: '2026-01-01T00:00:00Z' } }, 'empty-range'],
    ['a moment before 1900', { granted: { since: '1899-12-31T00:00:00Z' } }, 'too-early'],
    ['a version that no database holds', { wording: { id: 'a', version: 2_147_483_648 } }, 'too_big'],
    ['a blank city', { city: { is: '  ' } }, 'blank'],
    ['a filter as a list', [], 'invalid_type'],
  ])('refuses %s', (_what, given, code) => {
    expect(codes(given)).toEqual([code]);
  });
});

describe('the limits of a filter', () => {
  const nested = (levels: number): object => (levels === 1 ? { country: { is: 'FI' } } : { all: [nested(levels - 1)] });
  const wide = (conditions: number): object => ({
    any: Array.from({ length: Math.ceil(conditions / 4) }, (_, at) => Object.fromEntries(
      ['country', 'city', 'language', 'occupation'].slice(0, Math.min(4, conditions - at * 4)).map((name) => [name, { is: name === 'country' ? 'FI' : 'fi' }]))),
  });

  it(`are ${MAX_FILTER_DEPTH} filters in each other`, () => {
    expect(codes(nested(MAX_FILTER_DEPTH))).toEqual([]);
    expect(codes(nested(MAX_FILTER_DEPTH + 1))).toEqual(['too-deep']);
  });

  it(`are ${MAX_CONDITIONS} conditions`, () => {
    expect(codes(wide(MAX_CONDITIONS))).toEqual([]);
    expect(codes(wide(MAX_CONDITIONS + 1))).toEqual(['too-many-conditions']);
    expect(codes({ any: Array.from({ length: 100 }, () => ({ all: [{}, {}, {}] })) })).toEqual(['too-many-conditions']);
  });

  it(`are ${MAX_SNAPSHOTS} snapshots`, () => {
    const naming = (snapshots: number): object => ({
      any: Array.from({ length: snapshots }, (_, at) => ({ snapshot: { id: `00000000-0000-4000-8000-0000000000${String(at + 10)}` } })),
    });
    expect(codes(naming(MAX_SNAPSHOTS))).toEqual([]);
    expect(codes(naming(MAX_SNAPSHOTS + 1))).toEqual(['too-many-snapshots']);
  });

  it('hold for a hundred thousand levels, which no stack would', () => {
    let deep: object = {};
    for (let level = 0; level < 100_000; level += 1) deep = { none: [deep] };
    expect(excessOf(deep)?.path).toEqual(Array.from({ length: MAX_FILTER_DEPTH }, () => ['none', 0]).flat());
    expect(codes(deep)).toEqual(['too-deep']);
  });
});
