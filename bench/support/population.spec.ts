import { vocabulary, weighted } from './population.js';

describe('the population', () => {
  const words = vocabulary();
  const share = (list: readonly string[], value: string) => list.filter((each) => each === value).length / list.length;

  it('knows fifty product groups, the first liked most', () => {
    expect(new Set(words.interests).size).toBe(50);
    expect(share(words.interests, 'birthday')).toBeGreaterThan(4 * share(words.interests, 'hen-party'));
  });

  it('lives in Finland: a city, its postal code and a language belong together', () => {
    expect([words.cities.length, words.postalCodes.length]).toEqual([words.languages.length, words.languages.length]);
    expect(share(words.cities, 'Helsinki')).toBeGreaterThan(0.15);
    expect(share(words.languages, 'sv')).toBeGreaterThan(0.03);
    expect(share(words.languages, 'sv')).toBeLessThan(0.08);
    expect(new Set(words.postalCodes.filter((_, i) => words.cities[i] === 'Tuusula'))).toEqual(new Set(['04300', '04310']));
    expect(words.languages.filter((_, i) => words.cities[i] === 'Vasa').every((language) => language === 'sv')).toBe(true);
  });
});

it('weighted: as often as the weights say, and nobody never', () => {
  expect(weighted([['a', 3], ['b', 1], ['c', 0.001]], 8)).toEqual(['a', 'a', 'a', 'a', 'a', 'a', 'b', 'b', 'c']);
});
