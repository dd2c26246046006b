import { jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { ErasureStatementSchema } from '#contracts/applied.v1.js';
import { waitFor } from '#test/support/wait-for.js';
import { decodeJwt } from 'jose';
import { Exporting } from './exporting.js';
import { changed } from './fake-register.js';

jest.setTimeout(120_000);

const refsIn = (content: Buffer): string[] => parse<{ ref: string }>(content, { columns: true }).map(({ ref }) => ref);
const digestOf = (content: Buffer): string => `sha-256=:${createHash('sha256').update(content).digest('base64')}:`;

describe('files of exports', () => {
  let exporting: Exporting;
  let refs: string[];

  beforeEach(async () => {
    exporting = await Exporting.prepare('exports-files', { blockSlots: 64 });
    refs = await exporting.populate(300);
  });
  afterEach(() => exporting.close());

  const query = <T>(text: string, values: unknown[] = []): Promise<T> => exporting.marketing.database.query<T>(text, values);
  const files = (): Promise<string[]> => readdir(exporting.directory);
  const gone = (): Promise<true> => waitFor('no file', async () => (await files()).length === 0);

  it('are made in the background, kept for this user only, and can be taken with their hash more than once', async () => {
    const id = await exporting.file({ bom: true });
    const look = await exporting.look(id);
    expect(look).toMatchObject({ state: 'ready', progress: { rows: 300, of: 300, percent: 100 }, handovers: 0, endedAt: null });
    expect((await stat(exporting.directory)).mode & 0o777).toBe(0o700);
    for (const name of await files()) expect((await stat(join(exporting.directory, name))).mode & 0o777).toBe(0o600);
    expect((await files()).length).toBe(2);
    for (let time = 1; time <= 2; time += 1) {
      const { content, headers, isWhole } = await exporting.take(id);
      expect([isWhole, headers['content-length'], headers['repr-digest']]).toEqual([true, String(content.length), digestOf(content)]);
      expect(look['sha256']).toBe(createHash('sha256').update(content).digest('hex'));
      expect(content.subarray(0, 3).toString('hex')).toBe('efbbbf');
      expect(refsIn(content.subarray(3))).toEqual(refs);
      expect(await exporting.look(id)).toMatchObject({ state: 'ready', handovers: time });
    }
  });

  it('do not hand out who has left since, and then have another hash', async () => {
    const id = await exporting.file();
    const before = await exporting.look(id);
    await exporting.leave(refs[0]!, refs[100]!, refs[299]!);
    const { content, headers } = await exporting.take(id);
    expect(refsIn(content)).toEqual(refs.filter((_, at) => ![0, 100, 299].includes(at)));
    expect(headers['repr-digest']).toBe(digestOf(content));
    const after = await exporting.look(id);
    expect(after).toMatchObject({ progress: { rows: 297 }, bytes: content.length });
    expect(after['sha256']).not.toBe(before['sha256']);
    expect((await files()).length).toBe(2);
    // They were never handed out.
    expect((await exporting.removals()).refs).toEqual([]);
    await exporting.leave(refs[1]!);
    expect((await exporting.removals()).refs).toEqual([refs[1]]);
    expect(refsIn((await exporting.take(id)).content)).toHaveLength(296);
    expect((await exporting.removals()).refs).toEqual([refs[1]]);
  });

  it('that nobody took name nobody for removal', async () => {
    await exporting.file();
    await exporting.leave(refs[0]!);
    expect((await exporting.removals()).refs).toEqual([]);
  });

  it('are refused when the lists are stale, and fail when they go stale while they are made', async () => {
    const id = await exporting.file();
    const late = await exporting.request();
    await exporting.goStale();
    expect(await exporting.marketing.call('GET', `/v1/exports/${id}/content`)).toMatchObject({ status: 503, body: { type: '/problems/list-stale' } });
    expect(await exporting.look(id)).toMatchObject({ state: 'ready', handovers: 0 });
    await query(`UPDATE export SET delivery = 'file' WHERE id = $1`, [late]);
    expect(await exporting.until(late, 'failed')).toMatchObject({ reason: 'list-stale' });
    expect((await files()).every((name) => name.startsWith(id))).toBe(true);
    expect((await exporting.marketing.call('GET', `/v1/exports/${late}/content`))).toMatchObject({ status: 410, body: { state: 'failed', reason: 'list-stale' } });
  });

  it('are deleted when they expire or are cancelled; the record stays', async () => {
    const [one, two] = [await exporting.file(), await exporting.file()];
    await query(`UPDATE export SET expires_at = now() WHERE id = $1`, [one]);
    await exporting.until(one, 'expired');
    await waitFor('one file', async () => (await files()).every((name) => name.startsWith(two)));
    expect(await exporting.marketing.call('GET', `/v1/exports/${one}/content`)).toMatchObject({ status: 410, body: { type: '/problems/export-gone', state: 'expired' } });
    expect(await exporting.marketing.call('POST', `/v1/exports/${two}/cancel`)).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    await gone();
    expect(await exporting.look(one)).toMatchObject({ progress: { rows: 300 }, sha256: expect.any(String) });
    expect(await query('SELECT 1 FROM export_block')).toEqual([]);
  });

  it('that wait cannot be taken yet', async () => {
    const id = await exporting.request();
    await query(`UPDATE export SET delivery = 'file', state = 'running', worker = gen_random_uuid(), worker_until = now() + interval '1 hour' WHERE id = $1`, [id]);
    expect(await exporting.marketing.call('GET', `/v1/exports/${id}/content`)).toMatchObject({ status: 409, body: { type: '/problems/export-not-ready', state: 'running' } });
  });

  it('half written by a process that died are removed and made anew; those of the living are left alone', async () => {
    await exporting.start();
    const id = await exporting.request();
    const alive = await exporting.request();
    await query(`UPDATE export SET delivery = 'file', state = 'running', tries = 1, worker = gen_random_uuid(), worker_until = now() + interval '1 hour' WHERE id = ANY ($1::uuid[])`, [[id, alive]]);
    await writeFile(join(exporting.directory, `${alive}.1.content`), 'being written');
    await writeFile(join(exporting.directory, `${id}.1.content`), 'half a row of somebody');
    await query(`INSERT INTO export_block (export_id, block, stored) VALUES ($1, 0, decode(repeat('ff', 8192), 'hex'))`, [id]);
    await query(`UPDATE export SET worker_until = now() - interval '1 s' WHERE id = $1`, [id]);
    await exporting.until(id, 'ready');
    await waitFor('the old file to go', async () => !(await files()).includes(`${id}.1.content`));
    expect(refsIn((await exporting.take(id)).content)).toEqual(refs);
    expect(await readFile(join(exporting.directory, `${alive}.1.content`), 'utf8')).toBe('being written');
    expect(await exporting.look(alive)).toMatchObject({ state: 'running' });
  });

  it('that keep being interrupted are given up', async () => {
    const id = await exporting.request();
    await query(`UPDATE export SET delivery = 'file', state = 'running', tries = 3, worker = gen_random_uuid(), worker_until = now() - interval '1 s' WHERE id = $1`, [id]);
    expect(await exporting.until(id, 'failed')).toMatchObject({ reason: 'interrupted' });
  });

  it('that nobody knows are removed at the start', async () => {
    await writeFile(join(exporting.directory, '6d5a30c8-9f3f-4a57-8a53-0c6b84f4a7ff.1.content'), 'somebody');
    await writeFile(join(exporting.directory, 'not-ours.txt'), 'left alone');
    await exporting.start();
    await waitFor('the orphan to go', async () => (await files()).join() === 'not-ours.txt');
  });

  it('are made once by two instances, and either hands them out', async () => {
    await exporting.start();
    const ids = await Promise.all(Array.from({ length: 4 }, () => exporting.request({ delivery: 'file' })));
    for (const [at, id] of ids.entries()) {
      await exporting.until(id, 'ready');
      expect(refsIn((await exporting.take(id, at % 2)).content)).toEqual(refs);
    }
    expect(await query('SELECT DISTINCT tries FROM export')).toEqual([{ tries: 1 }]);
  });

  it('that somebody has damaged are not handed out', async () => {
    const [short, changedOne] = [await exporting.file(), await exporting.file()];
    await writeFile(join(exporting.directory, `${short}.1.content`), 'short');
    expect(await exporting.marketing.call('GET', `/v1/exports/${short}/content`)).toMatchObject({ status: 410, body: { reason: 'file-lost' } });
    const path = join(exporting.directory, `${changedOne}.1.content`);
    const content = await readFile(path);
    content[content.length - 5] = 0x58;
    await writeFile(path, content);
    const taken = await exporting.take(changedOne);
    expect([taken.status, taken.content.toString('utf8')]).toEqual([410, expect.stringContaining('/problems/export-gone')]);
    expect(await exporting.until(changedOne, 'failed')).toMatchObject({ reason: 'file-lost' });
  });

  describe('and an erasure', () => {
    const erase = async (ref: string): Promise<void> => exporting.marketing.register.tell(changed(ref, [1, 2], [], true));
    const statementOf = async (ref: string) => {
      const { statement } = await exporting.marketing.register.answer(ref);
      return ErasureStatementSchema.parse(decodeJwt(statement!));
    };

    it('is stated only when no file holds the person any more', async () => {
      const taken = await exporting.file();
      const waiting = await exporting.file();
      await exporting.take(taken);
      await erase(refs[7]!);
      expect(await statementOf(refs[7]!)).toMatchObject({ rowsLeft: 0, recipients: [{ id: 'tester', name: 'A tester', country: 'FI' }] });
      for (const name of await files()) expect((await readFile(join(exporting.directory, name))).includes(refs[7]!)).toBe(false);
      expect(await exporting.look(waiting)).toMatchObject({ state: 'ready', progress: { rows: 299 } });
      expect(await exporting.removals()).toMatchObject({ all: [{ ref: refs[7], erased: true, channel: 'email', exports: [taken] }] });
    });

    it('names no recipient that was never given the person', async () => {
      await exporting.file();
      await exporting.take(await exporting.request({ filter: { source: { is: 'nowhere' } } }));
      await erase(refs[8]!);
      expect(await statementOf(refs[8]!)).toMatchObject({ recipients: [] });
    });

    it('does not wait for a file that is made by a process that has died', async () => {
      const id = await exporting.file();
      await query(`UPDATE export SET state = 'running', file = NULL, worker = gen_random_uuid(), worker_until = now() + interval '1 s', tries = 3 WHERE id = $1`, [id]);
      await erase(refs[9]!);
      expect(await statementOf(refs[9]!)).toMatchObject({ rowsLeft: 0 });
      expect(await exporting.look(id)).toMatchObject({ state: 'failed' });
    });
  });
});

const isRoot = process.getuid?.() === 0;

// Only root may mount a small disk; without it there is no honest way to fill one.
(isRoot ? describe : describe.skip)('a full disk', () => {
  let exporting: Exporting;
  const run = (...command: [string, ...string[]]): void => {
    const { status } = spawnSync(command[0], command.slice(1));
    if (status !== 0) throw new Error(`${command.join(' ')} ended with ${String(status)}`);
  };

  beforeEach(async () => {
    exporting = await Exporting.prepare('exports-full', { blockSlots: 64 });
    run('mount', '-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', exporting.directory);
    await exporting.populate(1_000, 1_000);
  });
  afterEach(async () => {
    run('umount', exporting.directory);
    await exporting.close();
  });

  it('fails the export with a clear reason and leaves nothing behind', async () => {
    const id = await exporting.request({ delivery: 'file' });
    expect(await exporting.until(id, 'failed')).toMatchObject({ reason: 'disk-full' });
    expect(await readdir(exporting.directory)).toEqual([]);
    expect(await exporting.marketing.call('GET', `/v1/exports/${id}/content`)).toMatchObject({ status: 410, body: { state: 'failed', reason: 'disk-full' } });
    expect(await exporting.marketing.database.query('SELECT 1 FROM export_block')).toEqual([]);
    // A smaller one fits.
    await exporting.file({ filter: { source: { is: 'nowhere' } } });
  });

  it('takes a file away that cannot be written anew without somebody', async () => {
    await exporting.marketing.database.query(`UPDATE contact SET occupation = repeat('x', 40)`);
    const id = await exporting.file();
    const [row] = await exporting.marketing.database.query<{ ref: string }[]>('SELECT ref FROM contact LIMIT 1');
    await exporting.leave(row!.ref);
    expect(await exporting.marketing.call('GET', `/v1/exports/${id}/content`)).toMatchObject({ status: 410, body: { state: 'failed', reason: 'disk-full' } });
    await waitFor('no file', async () => (await readdir(exporting.directory)).length === 0);
  });
});
