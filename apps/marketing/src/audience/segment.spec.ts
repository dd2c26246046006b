import fc from 'fast-check';
import { CHANNELS } from '#contracts/channel.js';
import { FilterSchema, type Filter } from './audience.schemas.js';
import { segment, SINCE } from './segment.js';

const words = fc.array(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 4 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const filter: fc.Arbitrary<Filter> = fc.record({
  interests: maybe(fc.record({ any: maybe(words), all: maybe(words) })),
  birthYear: maybe(fc.record({ from: maybe(fc.constant(1950)), to: maybe(fc.constant(1999)) })),
  city: maybe(fc.string({ minLength: 1, maxLength: 100 })),
  postalCode: maybe(fc.stringMatching(/^[0-9]{1,5}$/)),
  language: maybe(fc.constantFrom('fi', 'sv', 'en')),
  grantedSince: maybe(fc.constant('2026-01-01T00:00:00Z')),
});

describe('segment', () => {
  it('asks for the consent first, whatever the filter says', () => {
    fc.assert(fc.property(fc.constantFrom(...CHANNELS), filter, (channel, given) => {
      expect(segment(channel, given).text.startsWith(`${SINCE[channel]} IS NOT NULL`)).toBe(true);
    }));
  });

  it('has one place for every value, and no text of the caller in the condition', () => {
    fc.assert(fc.property(fc.constantFrom(...CHANNELS), filter, (channel, given) => {
      const { text, values } = segment(channel, given);
      const places = [...text.matchAll(/\$(\d+)/g)].map(([, place]) => Number(place));
      expect(places).toEqual(values.map((_, index) => index + 1));
      expect(text).toMatch(/^[a-z_0-9 $&@<>=():,[\]A-Z]+$/);
      expect(text).not.toContain("'");
    }));
  });
});

describe('FilterSchema', () => {
  it.each([
    ['the consent itself', { channelGranted: true }],
    ['a column name', { email_since: '2026-01-01T00:00:00Z' }],
    ['an unknown operator', { interests: { none: ['coffee'] } }],
    ['an empty list', { interests: { any: [] } }],
    ['a range that ends before it begins', { birthYear: { from: 1990, to: 1980 } }],
    ['a wildcard in the postal code', { postalCode: '04%' }],
  ])('refuses %s', (_what, given) => {
    expect(FilterSchema.safeParse(given).success).toBe(false);
  });
});
