import { jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp } from '#http/create-http-app.js';
import { JsonLogger } from '#http/logger.js';
import { BooksModule } from './sample.js';

// Each application starts on its own; on a busy machine that takes seconds.
jest.setTimeout(30_000);

type Json = Record<string, unknown>;
interface Operation {
  parameters?: { name: string; in: string; required?: boolean; schema: Json; description?: string }[];
  requestBody?: { content: Record<string, { schema: Json }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Json; examples?: Record<string, { value: Json }> }> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json>; securitySchemes: Json };
}

let app: NestFastifyApplication;
let base: string;
let document: Document;
let raw: string;

beforeAll(async () => {
  app = await createHttpApp(BooksModule, { service: 'books', api: { title: 'Books', description: 'A shelf', version: '1' }, logger: new JsonLogger('books', 'silent') });
  await app.listen(0, '127.0.0.1');
  base = await app.getUrl();
  raw = await (await fetch(`${base}/openapi.json`)).text();
  document = JSON.parse(raw) as Document;
});
afterAll(() => app.close());

function visit(value: unknown, see: (node: Json) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, see);
  else if (typeof value === 'object' && value !== null) {
    see(value as Json);
    for (const item of Object.values(value)) visit(item, see);
  }
}

describe('the OpenAPI document', () => {
  it('is OpenAPI 3.1: references resolve, path parameters are declared, every operation answers', () => {
    expect(document.openapi).toBe('3.1.0');
    visit(document, (node) => {
      const reference = node['$ref'];
      if (typeof reference !== 'string') return;
      expect(reference).toMatch(/^#\/components\/schemas\//);
      expect(Object.keys(document.components.schemas)).toContain(reference.replace('#/components/schemas/', ''));
    });
    for (const [path, operations] of Object.entries(document.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      for (const operation of Object.values(operations)) {
        expect((operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(inPath);
        expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
        for (const [status, response] of Object.entries(operation.responses)) {
          expect(status).toMatch(/^[1-5]\d\d$/);
          expect(typeof response.description).toBe('string');
        }
      }
    }
  });

  it('has nothing of OpenAPI 3.0 and nothing of our own making', () => {
    visit(document, (node) => expect(Object.keys(node)).not.toEqual(expect.arrayContaining(['nullable'])));
    expect(raw).not.toMatch(/x-lupa|\$defs|"\$schema"|"example":/);
  });

  it('states schemas as zod does, with every example', () => {
    expect(document.components.schemas['Book']).toMatchObject({
      additionalProperties: false,
      required: ['title', 'language'],
      properties: { language: { enum: ['fi', 'sv', 'en'] }, author: { properties: { email: { type: 'string', format: 'email' } } }, note: { type: 'string', examples: ['Lent to Aino'] } },
      examples: [{ title: 'Kalevala', language: 'fi' }, { title: 'Tuntematon', language: 'fi', pages: 480 }],
    });
    const create = document.paths['/v1/books']?.['post'];
    expect(create?.requestBody?.content['application/json']?.schema).toEqual({ $ref: '#/components/schemas/Book' });
    expect(create?.responses['201']?.content?.['application/json']?.schema).toEqual({ $ref: '#/components/schemas/StoredBook' });
  });

  it('takes a query apart into parameters', () => {
    expect(document.paths['/v1/books']?.['get']?.parameters).toEqual([
      { name: 'limit', in: 'query', required: false, description: 'Books a page', schema: { type: 'integer', minimum: 1, maximum: 100, default: 20, description: 'Books a page', examples: [20] } },
      { name: 'language', in: 'query', required: false, schema: { type: 'string', enum: ['fi', 'sv'] } },
    ]);
  });

  it('shows the problems of a route, each with an example', () => {
    const { responses } = document.paths['/v1/books']?.['post'] ?? { responses: {} };
    expect(Object.keys(responses)).toEqual(['201', '400', '409', '413', '415', '422']);
    const conflict = responses['409']?.content?.['application/problem+json'];
    expect(conflict?.schema).toEqual({ $ref: '#/components/schemas/Problem' });
    expect(conflict?.examples?.['shelf-full']?.value).toEqual({ type: '/problems/shelf-full', title: 'The shelf is full.', status: 409 });
  });

  it('has a page whose every part comes from here', async () => {
    const page = await (await fetch(`${base}/docs`)).text();
    const parts = [...page.matchAll(/(?:src|href)="(\.\/[^"]+)"/g)].map((match) => match[1] ?? '');
    expect(parts.length).toBeGreaterThanOrEqual(4);
    for (const part of parts) {
      const response = await fetch(new URL(part, `${base}/`));
      await response.arrayBuffer();
      expect(response.status).toBe(200);
    }
    expect(page).not.toMatch(/(?:src|href)=["']https?:/);
  });
});
