import { jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { waitFor } from '#test/support/wait-for.js';
import { changed, person } from './fake-register.js';
import { RunningMarketing } from './running-marketing.js';

jest.setTimeout(60_000);

const CLI = fileURLToPath(import.meta.resolve('#marketing/cli.js'));

describe('the operator commands of marketing', () => {
  let marketing: RunningMarketing;

  beforeAll(async () => {
    marketing = await RunningMarketing.prepare('cli');
    marketing.register.come();
    await marketing.start();
  });
  afterAll(() => marketing.close());

  /** Runs one command in a process of its own, beside the running service. */
  function cli(...args: string[]): Promise<{ code: number | null; out: string }> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [CLI, ...args], { env: { ...process.env, ...marketing.environment } });
      let out = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { out += chunk.toString(); });
      child.on('error', reject);
      child.on('exit', (code) => { resolve({ code, out }); });
    });
  }

  it('tell what there is, and refuse what there is not', async () => {
    expect(await cli('--help')).toMatchObject({ code: 0, out: expect.stringContaining('parked:retry') });
    expect(await cli('parked:eat')).toMatchObject({ code: 1, out: expect.stringContaining('parked:list') });
    expect(await cli('parked:drop', '1; DROP TABLE contact')).toMatchObject({ code: 1 });
  });

  it('say what retention would forget, and forget it when they are not only asked; nothing else is only asked', async () => {
    await marketing.database.query(
      `INSERT INTO person_read (actor, purpose, route, read_at) SELECT 'tiina', 'rights-and-obligations', 'GET /x', now() - make_interval(months => m) FROM unnest(ARRAY[37, 35]) AS m`);
    expect(await cli('retention:run', '--dry-run')).toEqual({ code: 0, out: 'exports: 0 membership(s) of 0 export(s) to be forgotten\nreads: 1 to be forgotten\n' });
    expect(await cli('retention:run')).toMatchObject({ code: 0, out: expect.stringContaining('reads: 1 forgotten') });
    expect(await cli('retention:run', '--dry-run')).toMatchObject({ out: expect.stringContaining('reads: 0 to be forgotten') });
    expect(await cli('parked:drop', '--dry-run', '1')).toMatchObject({ code: 1, out: expect.stringContaining('parked:list') });
  });

  it('list, retry and drop what is parked, without telling whom it is about', async () => {
    const ref = randomUUID();
    const parkedAt = async (count: number) => waitFor('parked rows', async () =>
      (await marketing.database.query<{ id: number }[]>('SELECT id FROM parked ORDER BY id')).length === count);
    await marketing.register.tell({ channels: [], nonsense: true });
    await parkedAt(1);
    await marketing.database.query(
      `INSERT INTO parked (queue, content, content_sha256, ref, reason) VALUES ('marketing.removals', $1, '\\x00', $2, 'refused-22023')`,
      [Buffer.from(JSON.stringify(changed(ref, [1, 1], []))), ref],
    );
    const listed = await cli('parked:list');
    expect(listed).toMatchObject({ code: 0, out: expect.stringContaining('2 parked') });
    expect(listed.out).not.toContain(ref);

    const retried = await cli('parked:retry');
    expect(retried).toMatchObject({ code: 1, out: expect.stringMatching(/still refused: not-as-agreed[^]*applied/) });
    await marketing.register.answer(ref);
    const [{ id }] = await marketing.database.query<[{ id: number }]>('SELECT id FROM parked');
    expect(await cli('parked:drop', String(id))).toMatchObject({ code: 0, out: `${id}  dropped\n` });
    expect(await cli('parked:list')).toMatchObject({ out: '0 parked\n' });
  });

  it('compare with the register, and tell an alarm by the exit code', async () => {
    const ref = randomUUID();
    marketing.register.people.set(ref, person(ref, [1, 1], ['email']));
    await marketing.register.tell(changed(ref, [1, 1], ['email']));
    await marketing.register.answer(ref);
    expect(await cli('reconcile')).toMatchObject({ code: 0, out: expect.stringContaining('0 alarm(s)') });
    marketing.register.people.delete(ref);
    expect(await cli('reconcile')).toMatchObject({ code: 2, out: expect.stringContaining('1 taken out, 1 alarm(s)') });
    expect(await marketing.held(ref)).toBeUndefined();
  });

  it('raise the epoch, and the running service says hello with it', async () => {
    const { code, out } = await cli('epoch:raise');
    const epoch = /[0-9a-f-]{36}/.exec(out)?.[0];
    expect([code, epoch]).toEqual([0, expect.any(String)]);
    await marketing.register.watermark();
    await waitFor('hello', () => marketing.register.heard.at(-1)?.marketingEpoch === epoch);
  });
});
