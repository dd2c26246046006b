import { countedLists, numbered, unseenFilter } from './filters.js';

const NOW = new Date('2026-11-23T06:00:00.500Z');

describe('the lists that are counted', () => {
  it('begin with the consent and have five conditions more', () => {
    for (const { sql, filter, name } of countedLists(NOW)) {
      expect(sql.startsWith('email_since IS NOT NULL AND ')).toBe(true);
      expect([name, Object.keys(filter).length]).toEqual([name, 5]);
    }
  });

  it('have a place for every value, and a value for every place', () => {
    for (const { sql, values } of countedLists(NOW)) {
      const statement = numbered(sql, values);
      const places = [...statement.text.matchAll(/\$(\d+)/g)].map(([, n]) => Number(n));
      expect(new Set(places)).toEqual(new Set(statement.values.map((_, i) => i + 1)));
      expect(statement.text).not.toMatch(/[^:]:[a-z]/);
    }
  });

  it('mean the same moments in both ways of writing', () => {
    const either = countedLists(NOW).find(({ name }) => name === 'either');
    expect(either?.values['since']).toEqual(new Date('2026-05-27T00:00:00Z'));
  });
});

it('a filter that nobody has asked for differs from the others', () => {
  const texts = Array.from({ length: 200 }, (_, n) => JSON.stringify(unseenFilter(n, NOW)));
  expect(new Set(texts).size).toBe(200);
});
