import { connect } from 'amqplib';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Needles } from '#search/needles.js';
import { type FilesSearched, searchFiles } from '#search/search-files.js';
import { createVhost, type TestVhost } from '../support/broker.js';
import { waitFor } from '../support/wait-for.js';

const EMAIL = 'aino.virtanen@example.fi';
const ID = '01940000-0000-7000-8000-00000000ab01';
const NOBODY = 65_534;

describe('the search of directories', () => {
  let needles: Needles;
  let root: string;

  beforeAll(async () => {
    needles = await Needles.of([{ caseId: 'case-aino', values: [{ kind: 'email', text: EMAIL }, { kind: 'customer-id', text: ID }], together: [['Aino', 'Virtanen', 'Mäkitie 5']] }]);
  });
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'lupa-search-'));
    chmodSync(root, 0o755);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const write = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const search = (): Promise<FilesSearched> => searchFiles([{ store: 'logs', path: root }], needles);
  const finding = (place: string, count = 1) => ({ caseId: 'case-aino', store: 'logs', place, count });

  it('finds lines of files in any depth, and says how much it has read', async () => {
    write('a/b/service.log', `{"msg":"x"}\n{"to":"${EMAIL}"}\n{"to":"AINO.VIRTANEN@EXAMPLE.FI"}\n`);
    write('other.log', 'nothing\n');
    write('empty', '');
    expect(await search()).toEqual({ found: [finding('a/b/service.log', 2)], unsearched: [], more: { found: 0, unsearched: 0 }, files: 3, bytes: 12 + 2 * 34 + 8 });
  });

  it('finds name and street in one line only', async () => {
    write('export.csv', 'Aino;Virtanen;Mäkitie 5\n');
    write('other.csv', 'Aino;Virtanen;Kotikatu 1\nEino;Korhonen;Mäkitie 5\n');
    expect((await search()).found).toEqual([finding('export.csv')]);
  });

  it('looks into gzip, whatever it is called and however many parts it has', async () => {
    write('export.csv', Buffer.concat([gzipSync('x\n'.repeat(1_000_000)), gzipSync(`y\n${EMAIL}\n`)]));
    expect(await search()).toMatchObject({ found: [finding('export.csv')], unsearched: [] });
  });

  it('says of gzip that is cut short that it is, and still finds what can be unpacked', async () => {
    const packed = gzipSync(`${EMAIL}\n${Array.from({ length: 20_000 }, () => randomUUID()).join('\n')}`);
    write('cut.gz', packed.subarray(0, packed.length - 1_000));
    write('damaged.gz', Buffer.concat([packed.subarray(0, packed.length / 2), Buffer.alloc(packed.length / 2, 0xff)]));
    const { found, unsearched } = await search();
    expect(found.map(({ place }) => place).sort()).toEqual(['cut.gz', 'damaged.gz']);
    expect(unsearched.map(({ place, reason }) => [place, reason]).sort()).toEqual([['cut.gz', 'damaged'], ['damaged.gz', 'damaged']]);
  });

  it.each([`export_${EMAIL}.csv`, `request-${EMAIL}.json`, `to-${EMAIL}-2026-11-23.csv.gz.part`, `2026-11-23_${EMAIL}_2.txt`])('finds her in the name %s', async (name) => {
    write(name, 'x');
    expect((await search()).found).toEqual([finding('…')]);
  });

  it.each([`m${EMAIL}.csv`, `x.${EMAIL}.csv`, `x+${EMAIL}.csv`, `${EMAIL}t.csv`, `export_m${EMAIL}.csv`])('and not in %s', async (name) => {
    write(name, 'x');
    expect((await search()).found).toEqual([]);
  });

  it('reads UTF-16 with its mark, of either order, also in gzip', async () => {
    const little = Buffer.from(`\ufeff${'Äiti \u{1f388}\r\n'.repeat(200_000)}Aino;Virtanen;Mäkitie 5\r\n${EMAIL}`, 'utf16le');
    write('little.csv', little);
    write('big.csv', Buffer.from(little).swap16());
    write('little.csv.gz', gzipSync(little));
    const { found, unsearched } = await search();
    expect(unsearched).toEqual([]);
    expect(found.map(({ place, count }) => [place, count]).sort()).toEqual([['big.csv', 2], ['little.csv', 2], ['little.csv.gz', 2]]);
  });

  it('finds what is renamed while it searches, and each file once', async () => {
    write('one/1.log', EMAIL);
    write('two/2.log', EMAIL);
    let asked = 0;
    const exchange = (): void => {
      if (++asked !== 5) return; // after a directory, its file, its content and its end: in the other directory
      renameSync(join(root, 'one/1.log'), join(root, 'two/1.log'));
      renameSync(join(root, 'two/2.log'), join(root, 'one/2.log'));
    };
    const signal = Object.assign(new AbortController().signal, { throwIfAborted: exchange });
    const { found, unsearched, files } = await searchFiles([{ store: 'logs', path: root }], needles, signal);
    expect({ files, unsearched, directories: new Set(found.map(({ place }) => place.slice(0, 3))).size }).toEqual({ files: 2, unsearched: [], directories: 1 });
    expect(found).toHaveLength(2);
  });

  it('says of a directory in which files come without end that it does', async () => {
    let n = 0;
    const come = (): void => { write(`${n++}.log`, 'nothing'); };
    come();
    // Asked at every entry and every part of a file.
    const signal = Object.assign(new AbortController().signal, { throwIfAborted: come });
    const { unsearched } = await searchFiles([{ store: 'logs', path: root }], needles, signal);
    expect(unsearched).toEqual([{ store: 'logs', place: '.', reason: 'moved' }]);
  });

  it('finds her in the name of a file, and does not repeat it', async () => {
    write(`to-send/${EMAIL}.csv.gz`, gzipSync('x'));
    write(`${EMAIL}/mail.txt`, EMAIL);
    write(`${ID}/1.log`, '');
    write('other@firma.fi/mail.txt', EMAIL);
    const result = await search();
    expect(result.found.map(({ place }) => place).sort()).toEqual(['to-send/…', '…', '…', '…/mail.txt', '…/mail.txt']);
    expect(JSON.stringify(result)).not.toMatch(/virtanen|firma|ab01/);
  });

  it('follows no symbolic link, and tells of those that lead elsewhere', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'lupa-elsewhere-'));
    writeFileSync(join(elsewhere, 'app.log'), EMAIL);
    write('a/real.log', EMAIL);
    symlinkSync(join(elsewhere, 'app.log'), join(root, 'file'));
    symlinkSync(elsewhere, join(root, 'directory'));
    symlinkSync(root, join(root, 'again'));
    symlinkSync('real.log', join(root, 'a/same.log'));
    symlinkSync('/nowhere', join(root, 'dangling'));
    symlinkSync('round', join(root, 'round'));
    symlinkSync('/dev/null', join(root, 'null'));
    try {
      const { found, unsearched, files } = await search();
      expect({ found, files }).toEqual({ found: [finding('a/real.log')], files: 1 });
      expect(unsearched.map(({ place, reason }) => [place, reason]).sort()).toEqual([['directory', 'link'], ['file', 'link']]);
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  it('waits for no pipe or socket', async () => {
    write('real.log', 'nothing');
    const socket = createServer();
    await new Promise<void>((resolve) => { socket.listen(join(root, 'socket'), resolve); });
    try {
      expect(await search()).toMatchObject({ files: 1, unsearched: [], bytes: 7 });
    } finally {
      await new Promise((resolve) => socket.close(resolve));
    }
  });

  it('does not mind what vanishes meanwhile', async () => {
    for (let n = 0; n < 500; n += 1) write(`${n % 50}/${n}.log`, 'nothing');
    const [result] = await Promise.all([search(), rm(root, { recursive: true, force: true, maxRetries: 3 })]);
    expect(result).toMatchObject({ found: [], unsearched: [] });
    expect(result.files).toBeLessThan(500);
  });

  it('tells which files and directories it cannot read', async () => {
    write('closed.log', EMAIL);
    write('closed/x.log', EMAIL);
    write('open.log', EMAIL);
    chmodSync(join(root, 'closed.log'), 0);
    chmodSync(join(root, 'closed'), 0);
    const isRoot = process.getuid?.() === 0; // may read everything
    if (isRoot) process.seteuid?.(NOBODY);
    try {
      const { found, unsearched } = await search();
      expect(found).toEqual([finding('open.log')]);
      expect(unsearched.map(({ place, reason }) => [place, reason]).sort()).toEqual([['closed', 'EACCES'], ['closed.log', 'EACCES']]);
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(join(root, 'closed'), 0o755);
    }
  });

  it('tells that a directory is missing which it was told to search', async () => {
    const { unsearched } = await searchFiles([{ store: 'exports', path: join(root, 'nowhere') }], needles);
    expect(unsearched).toEqual([{ store: 'exports', place: '.', reason: 'ENOENT' }]);
  });
});

describe('the search of the broker’s data directory', () => {
  let vhost: TestVhost;
  beforeAll(async () => { vhost = await createVhost('search'); });
  afterAll(() => vhost.delete());

  it('finds what a message holds, in whatever way the broker keeps it', async () => {
    const path = join(process.env['LUPA_DATA_DIRECTORY']!, 'rabbitmq');
    // Not at example.fi: addresses there are the persons of other tests, and the broker may hold none of those afterwards.
    const markers = { 'small': `m${randomUUID()}@planted.example`, 'large': `m${randomUUID()}@planted.example`, 'classic': `m${randomUUID()}@planted.example`, 'header': `m${randomUUID()}@planted.example` };
    const absent = `m${randomUUID()}@planted.example`;
    const needles = await Needles.of(Object.entries({ ...markers, absent }).map(([caseId, text]) => ({ caseId, values: [{ kind: 'email' as const, text }], together: [] })));
    const connection = await connect(vhost.url);
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue('kept', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    await channel.assertQueue('classic', { durable: true });
    channel.sendToQueue('kept', Buffer.from(markers.small), { persistent: true });
    channel.sendToQueue('kept', Buffer.from(JSON.stringify({ filler: 'x'.repeat(100_000), email: markers.large })), { persistent: true });
    channel.sendToQueue('classic', Buffer.from(JSON.stringify({ email: markers.classic })), { persistent: true });
    channel.sendToQueue('kept', Buffer.from('{}'), { persistent: true, headers: { email: markers.header } });
    await channel.waitForConfirms();
    const found = await waitFor('the broker to write', async () => {
      const result = await searchFiles([{ store: 'broker', path }], needles);
      const cases = [...new Set(result.found.map(({ caseId }) => caseId))].sort();
      return cases.length >= 4 && { cases, unsearched: result.unsearched };
    }, 30_000);
    expect(found).toEqual({ cases: ['classic', 'header', 'large', 'small'], unsearched: [] });
    await connection.close();
  }, 60_000);
});
