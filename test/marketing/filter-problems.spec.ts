import { jest } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Readable } from 'node:stream';
import { CHANNELS } from '#contracts/channel.js';
import { FilterSchema } from '#marketing/audience/filter.schemas.js';
import { RunningMarketing } from './running-marketing.js';

jest.setTimeout(60_000);

type Json = Record<string, unknown>;
interface FieldError { pointer: string; code: string; detail: string }

const FIELDS = 'all, any, none, interests, birthYear, age, occupation, city, postalCode, country, language, granted, wording, source, snapshot';
const nested = (levels: number, within: unknown): unknown => (levels === 0 ? within : { all: [nested(levels - 1, within)] });

let marketing: RunningMarketing;
let base: string;
beforeAll(async () => {
  marketing = await RunningMarketing.prepare('filter-problems');
  marketing.register.come();
  base = await (await marketing.start()).getUrl();
  await marketing.open();
});
afterAll(() => marketing.close());

const ask = (filter: unknown): ReturnType<RunningMarketing['call']> => marketing.call('POST', '/v1/audience/query', { channel: 'email', filter });
const errors = ({ body }: { body: Json }): FieldError[] => body['errors'] as FieldError[];

describe('a filter that cannot be understood', () => {
  it.each<[string, unknown, FieldError]>([
    ['an unknown field', { town: 'Marker' }, { pointer: '#/filter/town', code: 'unknown-field', detail: `town is not a known field; possible: ${FIELDS}` }],
    ['an unknown operator', { city: { contains: 'Marker' } },
      { pointer: '#/filter/city/contains', code: 'unknown-field', detail: 'contains is not a known field; possible: is, oneOf, isNot, noneOf' }],
    ['one far down', { any: [{}, { none: [{ granted: { until: 'Marker' } }] }] },
      { pointer: '#/filter/any/1/none/0/granted/until', code: 'unknown-field', detail: 'until is not a known field; possible: channel, since, before, lastDays' }],
    ['one at the deepest level', nested(7, { postalCode: { like: 'Marker' } }),
      { pointer: `#/filter${'/all/0'.repeat(7)}/postalCode/like`, code: 'unknown-field', detail: 'like is not a known field; possible: prefix, between' }],
    ['an unknown channel', { source: { is: 'till', channel: 'Marker' } },
      { pointer: '#/filter/source/channel', code: 'not-allowed', detail: 'must be one of: email, sms, phone, post' }],
    ['no operator', { interests: {} }, { pointer: '#/filter/interests', code: 'no-operator', detail: 'must have at least one of: any, all, none' }],
    ['a text in place of operators', { city: 'Marker' }, { pointer: '#/filter/city', code: 'wrong-type', detail: 'must be an object' }],
    ['a list too long', { language: { oneOf: Array.from({ length: 101 }, () => 'fi') } },
      { pointer: '#/filter/language/oneOf', code: 'too-many', detail: 'must have at most 100 items' }],
    ['nine filters in each other', nested(8, {}), { pointer: `#/filter${'/all/0'.repeat(8)}`, code: 'too-deep', detail: 'must not be nested deeper than 8 filters' }],
    ['201 conditions', { any: Array.from({ length: 67 }, () => ({ all: [{}, {}, {}] })) },
      { pointer: '#/filter', code: 'too-many-conditions', detail: 'must have at most 200 conditions' }],
  ])('(%s) is refused where it is wrong, with what is possible and nothing of what it says', async (_what, filter, error) => {
    for (const path of ['/v1/audience/query', '/v1/audience/count']) {
      const answer = await marketing.call('POST', path, { channel: 'email', filter });
      expect([answer.status, answer.body['type']]).toEqual([422, '/problems/invalid-request']);
      expect(errors(answer)).toEqual([error]);
      expect(JSON.stringify(answer.body)).not.toContain('Marker');
    }
  });

  it('names a snapshot that does not exist by its place', async () => {
    const answer = await ask({ none: [{ snapshot: { id: '6a0f6f3e-6a3c-4c53-9d0b-0d3f4a1b2c3d' } }] });
    expect([answer.status, answer.body['type'], errors(answer)[0]?.pointer]).toEqual([422, '/problems/snapshot-unknown', '#/filter/none/0/snapshot/id']);
  });

  it.each([50, 1_000])('of depth %d is no JSON for us, and is told where', async (depth) => {
    const answer = await ask(nested(depth, {}));
    expect([answer.status, answer.body['type']]).toEqual([400, '/problems/malformed-json']);
    expect(errors(answer)).toEqual([{ pointer: `#/filter${'/all/0'.repeat(15)}/all`, code: 'too-deep', detail: 'must not be nested deeper than 32 levels' }]);
  });

  it.each(['with its length', 'in pieces'])('of 10 MB, sent %s, is too large; the service goes on', async (how) => {
    const body = Buffer.from(JSON.stringify({ channel: 'email', filter: { city: { oneOf: Array.from({ length: 1_000 }, () => 'K'.repeat(10_000)) } } }));
    expect(body.length).toBeGreaterThan(10_000_000);
    const response = await fetch(`${base}/v1/audience/query`, {
      method: 'POST', headers: { 'content-type': 'application/json' },
      ...(how === 'in pieces' ? { body: Readable.toWeb(Readable.from(body, { objectMode: false })), duplex: 'half' } : { body }),
    });
    expect([response.status, ((await response.json()) as Json)['type']]).toEqual([413, '/problems/body-too-large']);
    expect((await ask({})).status).toBe(200);
  });
});

describe('a small group', () => {
  it('is told apart from none by nobody who may not see lists', async () => {
    const count = { channel: 'email' };
    expect((await marketing.call('POST', '/v1/audience/count', count)).body).toMatchObject({ count: 0 });
    const { status, body } = await marketing.call('POST', '/v1/audience/count', count, ['audience:count']);
    expect(status).toBe(200);
    expect(body).toEqual({ count: null, below: 10, asOf: expect.any(String), version: expect.any(Number), stale: false });
  });
});

describe('the OpenAPI document', () => {
  let schema: Json & { properties: Record<string, Json>; examples: unknown[] };
  let schemas: Record<string, Json>;
  let document: { components: { schemas: Record<string, Json> } };
  beforeAll(async () => {
    document = (await (await fetch(`${base}/openapi.json`)).json()) as typeof document;
    ({ schemas } = document.components);
    schema = schemas['AudienceFilter'] as typeof schema;
  });

  it('is valid', async () => {
    expect(await new Validator().validate(document)).toEqual({ valid: true });
  });

  it('has one schema of the filter, which refers to itself', () => {
    expect(Object.keys(schemas).filter((name) => name.startsWith('AudienceFilter'))).toEqual(['AudienceFilter']);
    for (const group of ['all', 'any', 'none']) expect(schema.properties[group]).toMatchObject({ type: 'array', items: { $ref: '#/components/schemas/AudienceFilter' } });
    expect(schema['additionalProperties']).toBe(false);
    for (const name of ['AudienceQuery', 'AudienceCount']) {
      expect((schemas[name] as { properties: Json }).properties['filter']).toEqual({ $ref: '#/components/schemas/AudienceFilter' });
    }
  });

  it('describes every field and every operator', () => {
    expect(Object.keys(schema.properties).join(', ')).toBe(FIELDS);
    const bare = Object.entries(schema.properties).flatMap(([field, each]) => [
      [field, each] as const, ...Object.entries((each['properties'] ?? {}) as Record<string, Json>).map(([operator, inner]) => [`${field}.${operator}`, inner] as const),
    ]).filter(([, each]) => typeof each['description'] !== 'string');
    expect(bare).toEqual([]);
  });

  it('shows examples that the language takes', () => {
    expect(schema.examples.length).toBeGreaterThanOrEqual(3);
    for (const name of ['AudienceQuery', 'AudienceCount']) {
      for (const example of (schemas[name] as { examples: Json[] }).examples) {
        if (example['segment'] === undefined) expect(CHANNELS).toContain(example['channel']);
        FilterSchema.parse(example['filter'] ?? {});
      }
    }
    for (const example of schema.examples) FilterSchema.parse(example);
  });
});
