import { z } from 'zod';

type JsonObject = Record<string, unknown>;
const TAG = 'x-lupa-schema';

/**
 * Turns zod schemas into JSON Schema 2020-12 for the OpenAPI document.
 * Nest's generator rewrites what it is given for OpenAPI 3.0 (one example, `const` to `enum`), so it gets tagged schemas,
 * and `restore` puts the originals back. Schemas with `.meta({ id })` become components.
 */
export class SchemaCollector {
  private readonly originals: JsonObject[] = [];
  private readonly components = new Map<string, JsonObject>();

  convert(schema: unknown, schemaType: 'input' | 'output'): { schema: JsonObject } | undefined {
    if (!(schema instanceof z.ZodType)) return undefined;
    const { $schema: _dialect, $defs, ...json } = z.toJSONSchema(schema, { io: schemaType, unrepresentable: 'any', override: (each) => simplify(each, schemaType) }) as JsonObject;
    const rename = this.collect(($defs ?? {}) as Record<string, JsonObject>, schemaType);
    return { schema: this.tag(withRefs(withoutId(json), rename)) };
  }

  /** The schema itself, for places that Nest's generator does not touch. */
  schemaOf(schema: z.ZodType, schemaType: 'input' | 'output'): JsonObject {
    const converted = this.convert(schema, schemaType);
    return converted ? (this.restore(converted.schema) as JsonObject) : {};
  }

  /** Replaces every tagged schema by its original. */
  restore(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.restore(item));
    if (typeof value !== 'object' || value === null) return value;
    const tag = (value as JsonObject)[TAG];
    if (typeof tag === 'number') return this.originals[tag];
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.restore(item)]));
  }

  namedSchemas(): Record<string, JsonObject> {
    return Object.fromEntries([...this.components].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Keeps the named schemas. One that differs between request and answer gets a second name, and what refers to it is looked at again. */
  private collect(definitions: Record<string, JsonObject>, schemaType: 'input' | 'output'): ReadonlyMap<string, string> {
    const rename = new Map(Object.keys(definitions).map((name) => [name, name]));
    const content = (name: string): JsonObject => withRefs(withoutId(definitions[name] ?? {}), rename);
    const clashes = (name: string): boolean => {
      const known = this.components.get(name);
      return rename.get(name) === name && known !== undefined && JSON.stringify(known) !== JSON.stringify(content(name));
    };
    for (let clash = [...rename.keys()].find(clashes); clash !== undefined; clash = [...rename.keys()].find(clashes)) {
      rename.set(clash, `${clash}${schemaType === 'input' ? 'Request' : 'Answer'}`);
    }
    for (const [name, given] of rename) this.components.set(given, content(name));
    return rename;
  }

  private tag(schema: JsonObject): JsonObject {
    const properties = schema['properties'];
    const tagged: JsonObject = { ...schema, [TAG]: this.originals.push(schema) - 1 };
    // A query schema is taken apart into one parameter per property, so each carries its own tag.
    if (typeof properties === 'object' && properties !== null) {
      tagged['properties'] = Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, this.tag(part as JsonObject)]));
    }
    return tagged;
  }
}

/** Leaves out what zod adds and a reader does not need: the pattern beside a format, and the limits of whole numbers in JavaScript. */
function simplify({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: JsonObject }, schemaType: 'input' | 'output'): void {
  // zod takes the examples of a schema that transforms for answers; here they show what to send.
  const { examples } = z.globalRegistry.get(zodSchema) ?? {};
  if (schemaType === 'input' && Array.isArray(examples)) jsonSchema['examples'] = examples;
  if (typeof jsonSchema['format'] === 'string') delete jsonSchema['pattern'];
  if (jsonSchema['maximum'] === Number.MAX_SAFE_INTEGER) delete jsonSchema['maximum'];
  if (jsonSchema['minimum'] === Number.MIN_SAFE_INTEGER) delete jsonSchema['minimum'];
}

function withoutId({ id: _id, ...schema }: JsonObject): JsonObject {
  return schema;
}

function withRefs<T>(value: T, rename: ReadonlyMap<string, string>): T {
  if (Array.isArray(value)) return value.map((item: unknown) => withRefs(item, rename)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]: [string, unknown]) => {
    if (key !== '$ref' || typeof item !== 'string') return [key, withRefs(item, rename)];
    const name = item.replace('#/$defs/', '');
    return [key, `#/components/schemas/${rename.get(name) ?? name}`];
  });
  return Object.fromEntries(entries) as T;
}
