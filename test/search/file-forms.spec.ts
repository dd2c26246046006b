import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { Needles } from '#search/needles.js';
import { type FilesSearched, searchFiles } from '#search/search-files.js';

const EMAIL = 'aino.virtanen@example.fi';
const manyLines = Array.from({ length: 500 }, (_, n) => `${n};${EMAIL};${randomUUID()}`).join('\n');

/** As GNU tar packs them. */
function tarOf(members: Record<string, string | Buffer>): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'lupa-tar-'));
  try {
    for (const [name, content] of Object.entries(members)) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), content);
    }
    return execFileSync('tar', ['-cf', '-', '-C', directory, ...Object.keys(members)]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe('forms of files', () => {
  let needles: Needles;
  let root: string;

  beforeAll(async () => { needles = await Needles.of([{ caseId: 'case-aino', values: [{ kind: 'email', text: EMAIL }], together: [] }]); });
  beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'lupa-search-')); });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const write = (path: string, content: string | Buffer): void => { writeFileSync(join(root, path), content); };
  const search = (): Promise<FilesSearched> => searchFiles([{ store: 'logs', path: root }], needles);

  it('says of what it cannot look into that it did not', async () => {
    write('bundle.zip', Buffer.from('504b0304140000000800', 'hex'));
    expect((await search()).unsearched).toEqual([{ store: 'logs', place: 'bundle.zip', reason: 'compressed' }]);
  });

  it.each([
    ['a PDF', Buffer.from('%PDF-1.7\n'), 'format'], ['a custom dump', Buffer.from('PGDMP\x01\x0e'), 'format'], ['a document of Office', Buffer.from('d0cf11e0a1b11ae100', 'hex'), 'format'],
    ['an old lzma', Buffer.from('5d00008000ffffffffffffffff00', 'hex'), 'compressed'], ['zlib', deflateSync(EMAIL), 'compressed'], ['an older lz4', Buffer.from('02214c18', 'hex'), 'compressed'], ['Snappy', Buffer.from('ff060000734e61507059', 'hex'), 'compressed'],
    ['Avro', Buffer.from('Obj\x01\x04'), 'format'], ['ORC', Buffer.from('ORC\n\x1a\n\x03'), 'format'], ['Arrow', Buffer.from('ARROW1\0\0'), 'format'], ['SQLite', Buffer.from('SQLite format 3\0\x10'), 'format'], ['a journal', Buffer.from('LPKSHHRH\0'), 'format'],
    ['brotli', brotliCompressSync(manyLines), 'format'], ['what is encrypted', Buffer.concat([Buffer.alloc(2), randomBytes(200)]), 'format'], ['a picture after a text', Buffer.concat([Buffer.from('name: x\n'.repeat(1_000)), randomBytes(9_000)]), 'format'], ['brotli far behind', Buffer.concat([Buffer.from('name: x\n'.repeat(300_000)), randomBytes(140_000)]), 'format'],
    ['brotli in gzip', gzipSync(brotliCompressSync(manyLines)), 'format'], ['gzip in a tar', tarOf({ 'a.log': 'x'.repeat(700), 'b.log': gzipSync(EMAIL) }), 'format'], ['UTF-16 in a tar', tarOf({ a: Buffer.from(`\ufeff${EMAIL}`, 'utf16le') }), 'format'], ['a tar in a tar', tarOf({ a: tarOf({ b: 'x' }) }), 'format'], ['zip in a tar in gzip', gzipSync(tarOf({ a: '', b: Buffer.from('504b0304140000000800', 'hex') })), 'format'],
    ['rar', Buffer.from('Rar!\x1a\x07'), 'compressed'], ['compress', Buffer.from('1f9d90', 'hex'), 'compressed'], ['zip in gzip', gzipSync(Buffer.from('504b0304140000000800', 'hex')), 'compressed'], ['gzip in gzip', gzipSync(gzipSync(EMAIL)), 'compressed'],
  ])('does not take %s for a text without her', async (_, bytes, reason) => {
    write('file', bytes);
    expect((await search()).unsearched).toEqual([{ store: 'logs', place: 'file', reason }]);
  });

  it.each([
    ['JSON lines', Array.from({ length: 3_000 }, (_, n) => JSON.stringify({ n, id: randomUUID(), text: 'Äiti söi' })).join('\n')], ['base64', randomBytes(200_000).toString('base64')], ['hex', randomBytes(200_000).toString('hex')],
    ['a short text', 'x'], ['ids as bytes between texts', Buffer.concat(Array.from({ length: 3_000 }, () => Buffer.concat([Buffer.from('\0\0\0\x20{"type":"x"}'), randomBytes(16)])))],
    ['a text that begins like ORC', 'ORCHID;1;x\n'.repeat(50)], ['a text that begins like bzip2', 'BZhang;1\n'], ['Chinese', '\u8cc7\u6599\u5eab\u7684\u540d\u5b57\n'.repeat(900)], ['a tar of texts', tarOf({ 'a.log': 'x'.repeat(2_000), 'b/c.csv': 'PK is no zip\n', empty: '' })],
  ])('takes %s for what it can read', async (_, content) => {
    write('file', content);
    expect(await search()).toMatchObject({ unsearched: [], files: 1 });
  });

  it('does not take a little of brotli for a text without her', async () => {
    write('page.html.br', brotliCompressSync(EMAIL));
    expect((await search()).unsearched).toEqual([{ store: 'logs', place: 'page.html.br', reason: 'compressed' }]);
  });

  it('finds her in members of a tar, also in gzip', async () => {
    write('a.tar', tarOf({ 'x.log': 'x'.repeat(1_000), 'y.log': EMAIL }));
    write('b.tgz', gzipSync(tarOf({ 'y.log': EMAIL })));
    const { found, unsearched } = await search();
    expect({ unsearched, found: found.map(({ place }) => place).sort() }).toEqual({ unsearched: [], found: ['a.tar', 'b.tgz'] });
  });
});
