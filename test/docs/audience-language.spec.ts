import { readFileSync } from 'node:fs';
import { FilterSchema } from '#marketing/audience/filter.schemas.js';
import { SchemaCollector } from '#http/openapi-schemas.js';
import { languageExamples } from '#test/support/language-examples.js';

type Json = Record<string, unknown>;

/** Every field with every operator, as the OpenAPI document has them. */
function operators(): string[] {
  const schemas = new SchemaCollector();
  schemas.schemaOf(FilterSchema, 'input');
  const fields = (schemas.namedSchemas()['AudienceFilter'] as { properties: Record<string, { properties?: Json }> }).properties;
  return Object.entries(fields).flatMap(([field, { properties }]) => (properties === undefined ? [field] : Object.keys(properties).map((operator) => `${field}.${operator}`)));
}

/** The fields and operators that a filter and the filters in it use. */
function used(filter: Json): string[] {
  return Object.entries(filter).flatMap(([field, value]) =>
    (Array.isArray(value) ? [field, ...(value as Json[]).flatMap(used)] : Object.keys(value as Json).map((operator) => `${field}.${operator}`)));
}

describe('docs/audience-language.md', () => {
  it.each(languageExamples() as object[])('gives a filter that the language takes: %j', (filter) => {
    expect(FilterSchema.parse(filter)).toEqual(filter);
  });

  it('gives an example of every field with every operator', () => {
    const shown = new Set(languageExamples().flatMap((filter) => used(filter as Json)));
    expect(operators().filter((operator) => !shown.has(operator))).toEqual([]);
    expect(operators().length).toBeGreaterThan(40);
  });

  it('names every field in its table, and no other', () => {
    const table = readFileSync('docs/audience-language.md', 'utf8').split('## Fields')[1]?.split('\n\n').find((part) => part.startsWith('| field')) ?? '';
    const fields = [...new Set(operators().filter((operator) => operator.includes('.')).map((operator) => operator.split('.')[0]))];
    expect([...table.matchAll(/^\| `(\w+)`/gm)].map(([, field]) => field)).toEqual(fields);
    for (const line of table.split('\n').slice(2)) {
      const [, field, own = ''] = line.split('|').map((cell) => cell.trim());
      const told = [...own.matchAll(/`(\w+)`/g)].map(([, operator]) => `${field?.replaceAll('`', '')}.${operator}`);
      expect(told.sort()).toEqual(operators().filter((operator) => operator.startsWith(`${field?.replaceAll('`', '')}.`)).sort());
    }
  });
});
