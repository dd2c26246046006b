import { jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Writable } from 'node:stream';
import { createHttpApp } from '#http/create-http-app.js';
import { JsonLogger } from '#http/logger.js';
import { BooksModule } from './sample.js';

// Each application starts on its own; on a busy machine that takes seconds.
jest.setTimeout(30_000);

let app: NestFastifyApplication;
let base: string;
const lines: string[] = [];

beforeAll(async () => {
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  app = await createHttpApp(BooksModule, {
    service: 'books',
    api: { title: 'Books', description: 'A shelf', version: '1' },
    logger: new JsonLogger('books', 'info', sink),
    readiness: () => [
      { name: 'shelf', check: () => Promise.resolve(true) },
      { name: 'radio', essential: false, check: () => Promise.reject(new Error('off')) },
    ],
  });
  await app.listen(0, '127.0.0.1');
  base = await app.getUrl();
});
afterAll(() => app.close());

interface Answer {
  status: number;
  type: string | null;
  headers: Headers;
  body: Record<string, unknown>;
  text: string;
}

async function call(method: string, path: string, body?: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(base + path, {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, type: response.headers.get('content-type'), headers: response.headers, text, body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {} };
}

const post = (body: unknown): Promise<Answer> => call('POST', '/v1/books', JSON.stringify(body));
const good = { title: 'Kalevala', language: 'fi' };

describe('bodies', () => {
  it('takes a good one', async () => {
    const answer = await post(good);
    expect(answer.status).toBe(201);
    expect(answer.body['book']).toEqual(good);
  });

  const invalid: [string, unknown, { pointer: string; code: string; detail: string }[]][] = [
    ['an unknown field', { ...good, pelle: 'Marker-1' }, [{ pointer: '#/pelle', code: 'unknown-field', detail: 'pelle is not a known field; possible: title, language, pages, author, note' }]],
    ['an unknown field that holds data in its name', { ...good, 'maija@example.fi': 1 }, [{ pointer: '#', code: 'unknown-field', detail: 'an unknown field; possible: title, language, pages, author, note' }]],
    ['an unknown field that is named like a personal identity code', { ...good, '131052-308T': 1 }, [{ pointer: '#', code: 'unknown-field', detail: 'an unknown field; possible: title, language, pages, author, note' }]],
    ['two unknown fields', { ...good, a: 1, b: 2 }, [
      { pointer: '#/a', code: 'unknown-field', detail: 'a is not a known field; possible: title, language, pages, author, note' },
      { pointer: '#/b', code: 'unknown-field', detail: 'b is not a known field; possible: title, language, pages, author, note' },
    ]],
    ['an unknown field of a field', { ...good, author: { email: 'aino@example.fi', fax: 'Marker-6' } }, [
      { pointer: '#/author/fax', code: 'unknown-field', detail: 'fax is not a known field; possible: email' }]],
    ['a missing field', { title: 'x' }, [{ pointer: '#/language', code: 'required', detail: 'is required' }]],
    ['a choice outside the list', { ...good, language: 'Marker-2' }, [{ pointer: '#/language', code: 'not-allowed', detail: 'must be one of: fi, sv, en' }]],
    ['a wrong type', { ...good, title: 5 }, [{ pointer: '#/title', code: 'wrong-type', detail: 'must be text' }]],
    ['a text too long', { ...good, title: 'Marker-3'.repeat(9) }, [{ pointer: '#/title', code: 'too-long', detail: 'must have at most 40 characters' }]],
    ['a bad email', { ...good, author: { email: 'Marker-4' } }, [{ pointer: '#/author/email', code: 'wrong-format', detail: 'must be an email address' }]],
    ['a refinement with its own code', { ...good, note: 'Marker#5' }, [{ pointer: '#/note', code: 'hash', detail: 'must not contain a hash' }]],
    ['a number too small', { ...good, pages: 0 }, [{ pointer: '#/pages', code: 'too-small', detail: 'must be more than 0' }]],
    ['a list in place of an object', [good], [{ pointer: '#', code: 'wrong-type', detail: 'must be an object' }]],
    ['null', null, [{ pointer: '#', code: 'wrong-type', detail: 'must be an object' }]],
    ['NUL in a text', { ...good, title: 'a\0b' }, [{ pointer: '#/title', code: 'unstorable-character', detail: 'must not contain NUL or broken characters' }]],
    ['half a surrogate pair', { ...good, title: '\ud83d' }, [{ pointer: '#/title', code: 'unstorable-character', detail: 'must not contain NUL or broken characters' }]],
  ];
  it.each(invalid)('names %s and repeats nothing of it', async (_name, body, errors) => {
    const answer = await post(body);
    expect(answer.status).toBe(422);
    expect(answer.type).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ type: '/problems/invalid-request', status: 422, errors });
    expect(answer.text).not.toMatch(/Marker|maija|131052/);
  });

  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  const malformed: [string, string | Uint8Array<ArrayBuffer>][] = [
    ['is cut off', '{"title": "Marker'],
    ['is empty', ''],
    ['is nested too deep', nested(33)],
    ['is nested far too deep', nested(100_000)],
    ['is invalid UTF-8', new Uint8Array([...Buffer.from('{"title":"'), 0xc3, 0x28, ...Buffer.from('","language":"fi"}')])],
    ['reaches for the prototype', '{"title":"x","language":"fi","__proto__":{"a":1}}'],
    ['reaches for the prototype by escape', '{"\\u005f_proto__":{"a":1}}'],
    ['reaches for the constructor', '{"constructor":{"prototype":{"a":1}}}'],
  ];
  it.each(malformed)('refuses a body that %s', async (_name, body) => {
    const answer = await call('POST', '/v1/books', body);
    expect(answer.body).toMatchObject({ type: '/problems/malformed-json', status: 400 });
    expect(answer.text).not.toContain('Marker');
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  it('says where a body is nested too deep, as far as it may be said', async () => {
    const { body } = await call('POST', '/v1/books', `{"title":[{"Aino Virtanen":${nested(40)}}]}`);
    expect(body['errors']).toEqual([{ pointer: '#/title/0', code: 'too-deep', detail: 'must not be nested deeper than 32 levels' }]);
  });

  it('takes nesting of 32 as JSON', async () => {
    expect((await call('POST', '/v1/books', nested(32))).status).toBe(422);
  });

  it('refuses a body of 1 MB', async () => {
    const answer = await post({ ...good, title: 'x'.repeat(1_000_000) });
    expect(answer.body).toMatchObject({ type: '/problems/body-too-large', status: 413 });
  });

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])('refuses %s', async (type) => {
    const answer = await call('POST', '/v1/books', 'grant=x', { 'content-type': type });
    expect(answer.body).toMatchObject({ type: '/problems/unsupported-media-type', status: 415 });
  });

  it('takes a form where the route asks for it, each parameter once', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await call('POST', '/v1/books/form', 'grant=a%20b', form)).body).toEqual({ grant: 'a b' });
    expect((await call('POST', '/v1/books/form', 'grant=a&grant=b', form)).status).toBe(400);
  });
});

describe('addresses', () => {
  it('reads a query with its types, and names what is wrong with it', async () => {
    expect((await call('GET', '/v1/books?limit=7')).body).toEqual({ limit: 7 });
    const answer = await call('GET', '/v1/books?limit=1000&email=maija%40example.fi&language=xx');
    expect(answer.status).toBe(422);
    expect(answer.body['errors']).toEqual(
      expect.arrayContaining([
        { pointer: 'limit', code: 'too-big', detail: 'must be at most 100' },
        { pointer: 'language', code: 'not-allowed', detail: 'must be one of: fi, sv' },
        { pointer: 'email', code: 'unknown-field', detail: 'email is not a known field; possible: limit, language' },
      ]),
    );
    expect(answer.text).not.toContain('maija');
  });

  it('checks a path parameter', async () => {
    expect((await call('GET', '/v1/books/nr-5')).body).toMatchObject({ status: 422, errors: [{ pointer: 'id', code: 'wrong-format', detail: 'must be a UUID' }] });
    expect((await call('GET', '/v1/books?language=%00')).body).toMatchObject({ status: 422, errors: [{ pointer: 'language', code: 'unstorable-character' }] });
  });

  it.each(['/nowhere', '/v1/books/a/b', '/v1/%zz', '/problems/no-such'])('has a problem for %s', async (path) => {
    const answer = await call('GET', path);
    expect([400, 404]).toContain(answer.status);
    expect(answer.type).toBe('application/problem+json');
    expect(answer.text).not.toContain('nowhere');
  });

  it('tells a wrong method from a wrong address', async () => {
    const answer = await call('DELETE', '/v1/books');
    expect(answer.body).toMatchObject({ type: '/problems/method-not-allowed', status: 405 });
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
  });

  it('asks for If-Match', async () => {
    const path = '/v1/books/00000000-0000-4000-8000-000000000000';
    expect((await call('PUT', path)).body).toMatchObject({ type: '/problems/if-match-missing', status: 428 });
    expect((await call('PUT', path, undefined, { 'if-match': '"7"' })).body).toMatchObject({ version: 7 });
  });
});

describe('failures', () => {
  it('carries detail, extra members and Retry-After in whole seconds', async () => {
    const answer = await post({ ...good, title: 'full' });
    expect(answer.headers.get('retry-after')).toBe('3');
    expect(answer.body).toEqual({ type: '/problems/shelf-full', title: 'The shelf is full.', status: 409, detail: 'No room left.', room: 0 });
  });

  it('says nothing about the cause of a 500, neither to the caller nor in the log', async () => {
    const answer = await post({ ...good, title: 'boom' });
    expect(answer.body).toEqual({ type: '/problems/internal', title: 'Something went wrong on our side.', status: 500 });
    const requestId = answer.headers.get('x-request-id') ?? 'none';
    expect(lines.filter((line) => line.includes(requestId) && line.includes('request-failed'))).toHaveLength(1);
    expect(lines.join('')).not.toContain('secret');
  });

  it('lists itself at /problems', async () => {
    const { body } = await call('GET', '/problems/shelf-full');
    expect(body).toEqual({ type: '/problems/shelf-full', title: 'The shelf is full.', status: 409 });
  });
});

describe('operation', () => {
  it('logs the route pattern and never the address', async () => {
    await call('GET', '/v1/books/7b1e7c52-0d52-4b53-8e4c-1a6a2a1f0001?who=maija');
    const line = lines.map((text) => JSON.parse(text) as Record<string, unknown>).find(({ route, method, status }) => route === '/v1/books/:id' && method === 'GET' && status === 200);
    expect(line).toMatchObject({ msg: 'request', service: 'books' });
    expect(lines.join('')).not.toMatch(/7b1e7c52|maija/);
  });

  it('counts requests by pattern', async () => {
    const { text } = await call('GET', '/metrics');
    expect(text).toMatch(/http_request_duration_seconds_count\{[^}]*route="\/v1\/books"/);
  });

  it('is ready without what it can do without', async () => {
    expect((await call('GET', '/health/live')).status).toBe(200);
    const { status, body } = await call('GET', '/health/ready');
    expect([status, body]).toEqual([200, { status: 'degraded', checks: { shelf: 'up', radio: 'down' } }]);
  });

  it('sends security headers with every answer', async () => {
    for (const path of ['/v1/books', '/nowhere', '/v1/%zz']) {
      const { headers } = await call('GET', path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });
});
