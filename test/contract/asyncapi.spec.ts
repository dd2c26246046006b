import specs from '@asyncapi/specs';
import { Ajv, type Options } from 'ajv';
import formats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { QUEUES, ROUTING } from '#messaging/topology.js';
import { ASYNCAPI_FILE, asyncApiDocument, exampleOf, jsonSchemaOf, MESSAGES } from './asyncapi.js';

const NAMES = Object.keys(MESSAGES) as (keyof typeof MESSAGES)[];
const text = readFileSync(ASYNCAPI_FILE, 'utf8');
const document = JSON.parse(text) as { channels: Record<string, { address: string | null; 'x-queue'?: { name: string } }> };

function validator(options: Options = {}): Ajv {
  const ajv = new Ajv({ strict: false, ...options });
  formats.default(ajv);
  return ajv;
}

describe('docs/asyncapi.json', () => {
  it('is what the zod schemas say (npm run asyncapi writes it anew)', () => {
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(asyncApiDocument())));
  });

  it('is an AsyncAPI 3.0 document', () => {
    // The specification's schema brings its own copy of draft 7.
    const isValid = validator({ meta: false, validateSchema: false }).compile(specs.schemas['3.0.0']);
    isValid(document);
    expect(isValid.errors).toBeNull();
    expect(isValid({ ...document, channels: { removals: { address: 7 } } })).toBe(false);
  });

  it('refers to nothing that is not there', () => {
    const references = [...text.matchAll(/"\$ref": "#\/([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) {
      const found = reference.split('/').reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
      expect([reference, typeof found]).toEqual([reference, 'object']);
    }
  });

  it('names every queue and routing key', () => {
    const channels = Object.values(document.channels);
    expect(channels.map((channel) => channel['x-queue']?.name ?? channel.address).filter((name) => name !== null).sort()).toEqual(Object.values(QUEUES).sort());
    expect(channels.filter((channel) => channel['x-queue']).map(({ address }) => address).sort()).toEqual(Object.values(ROUTING).sort());
  });

  it('lets no queue carry personal data (R21)', () => {
    const known = [
      'schema', 'ref', 'epoch', 'version', 'channels', 'erased', 'reason', 'marketingEpoch', 'watermark', 'issuedAt', 'pending', 'appliedAt', 'answers', 'erasures', 'statement', 'roundId', 'pulse', 'pulses', 'instance', 'count',
    ];
    const queued = (['consentChanged', 'watermark', 'applied', 'searchRequested', 'searchAnswered'] as const).map(jsonSchemaOf);
    expect([...new Set(queued.flatMap(fieldsOf))].sort()).toEqual([...known].sort());
  });

  it.each(NAMES)('shows an example of %s that both the contract and the document take', (name) => {
    expect(MESSAGES[name].schema.safeParse(MESSAGES[name].example).success).toBe(true);
    const takes = validator().compile(jsonSchemaOf(name));
    expect([takes(exampleOf(name)), takes.errors]).toEqual([true, null]);
  });

  it.each(NAMES)('refuses another version of %s, as the contract does', (name) => {
    const other = { ...MESSAGES[name].example, schema: 'other.v9' };
    expect(MESSAGES[name].schema.safeParse(other).success).toBe(false);
    expect(validator().compile(jsonSchemaOf(name))('ok' in exampleOf(name) ? { ok: other } : other)).toBe(false);
  });

  it.each(NAMES)('lets receivers of %s ignore fields that were added later', (name) => {
    expect(MESSAGES[name].schema.safeParse({ ...MESSAGES[name].example, addedLater: 1 }).success).toBe(true);
  });
});

/** The names of all properties in a JSON Schema, at any depth. */
function fieldsOf(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(fieldsOf);
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => [
    ...(key === 'properties' ? Object.keys(value as object) : []),
    ...(key === 'properties' ? Object.values(value as object).flatMap(fieldsOf) : fieldsOf(value)),
  ]);
}
