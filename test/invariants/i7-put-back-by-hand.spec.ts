import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { startPair, type Pair } from '#test/support/pair.js';
import { People, type Someone } from '#test/support/people.js';
import { waitFor } from '#test/support/wait-for.js';

jest.setTimeout(300_000);

const run = promisify(execFile);
const { findProgram } = (await import(pathToFileURL(join(process.cwd(), 'scripts/lib/programs.mjs')).href)) as { findProgram: (name: string) => string | undefined };

/** I7, where nothing of what docs/restore.md asks for was done: the dump was put back, and that was all. It is so young that what it says of the link would open lists. */
describe('a marketing that was put back by hand', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lupa-i7-hand-'));
  const exportDirectory = join(folder, 'exports');
  let pair: Pair;
  let people: People;
  let steady: Someone;

  const program = async (name: string, ...args: readonly string[]): Promise<void> => {
    const file = findProgram(name);
    if (file === undefined) throw new Error(`${name} is not installed`);
    await run(file, [...args], { cwd: dirname(file) });
  };
  const url = (): string => String(pair.marketing.environment['MARKETING_DATABASE_URL']);
  const dumped = async (): Promise<string> => {
    const dump = join(folder, `${randomUUID()}.dump`);
    await program('pg_dump', '--format=custom', '--no-owner', '-f', dump, '-d', url());
    return dump;
  };
  const putBack = async (dump: string): Promise<void> => {
    await pair.sides.marketing.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await program('pg_restore', '--no-owner', '--exit-on-error', '--single-transaction', '-d', url(), dump);
  };
  const epoch = async (): Promise<string> => (await pair.sides.marketing.query<{ marketing_epoch: string }>('SELECT marketing_epoch FROM link_state')).rows[0]!.marketing_epoch;
  const noticed = (): number => pair.marketing.output.join('').split('database-went-back-in-time').length - 1;
  const exportState = async (id: string): Promise<unknown> => (await pair.ask('GET', `/v1/exports/${id}`)).body['state'];

  /** Asks for the list all the while, whatever is answered; and in the end, whom it has shown. */
  function watch(): { readonly end: () => Promise<{ shown: Set<string>; refused: number }> } {
    const seen = { shown: new Set<string>(), refused: 0 };
    let isOver = false;
    const looking = (async () => {
      while (!isOver) {
        const answer = await pair.ask('POST', '/v1/audience/query', { channel: 'email', limit: 1_000 }).catch(() => undefined);
        if (answer?.status === 200) for (const { lastName } of answer.body['contacts'] as { lastName: string }[]) seen.shown.add(lastName);
        else seen.refused += 1;
      }
    })();
    return { end: async () => { isOver = true; await looking; return seen; } };
  }

  /** Somebody whom the register does not know under any name, as the dump of another day may hold her. */
  async function unknown(): Promise<{ readonly marker: string; readonly leave: () => Promise<unknown> }> {
    const [ref, marker] = [randomUUID(), `m${randomUUID().replaceAll('-', '')}`];
    await pair.sides.marketing.query(
      `WITH slots AS (INSERT INTO ref_state (ref, epoch, version, slot) VALUES ($1, 1, 1, nextval('contact_slot')) RETURNING ref, slot)
       INSERT INTO contact (ref, slot, last_name, email, email_digest, email_since, email_wording_id, email_wording_version, email_source)
       SELECT ref, slot, $2, $2 || '@example.fi', sha256(ref::text::bytea), now(), 'newsletter', 1, 'web-shop' FROM slots`, [ref, marker]);
    return { marker, leave: () => pair.sides.marketing.query('DELETE FROM contact WHERE ref = $1', [ref]) };
  }

  beforeAll(async () => {
    pair = await startPair('by-hand', { marketingEnvironment: { MARKETING_EXPORT_DIRECTORY: exportDirectory } });
    people = new People(pair);
    await people.prepare();
    await pair.open();
    steady = await people.create('email');
  });
  afterAll(async () => {
    await pair.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each<['while it was stopped' | 'under it']>([['while it was stopped'], ['under it']])('%s lists nobody who has withdrawn or was erased since, at any moment, and opens again', async (when) => {
    const [withdrew, erased] = [await people.create('email'), await people.create('email')];
    await pair.rest();
    const stranger = await unknown();
    const { body } = await pair.ask('POST', '/v1/exports', { recipient: 'listmonk', purpose: 'marketing', channel: 'email', preset: 'ndjson', delivery: 'file' });
    const id = String(body['id']);
    await waitFor('the file', async () => (await exportState(id)) === 'ready');
    const dump = await dumped();
    await people.withdraw(withdrew, 'email');
    await people.erase(erased);
    await stranger.leave();
    await pair.open();
    expect((await people.listed('email')).sort()).toEqual([steady.marker]);
    const [before, lines] = [await epoch(), noticed()];

    const watching = watch();
    if (when === 'while it was stopped') await pair.marketing.stop();
    await putBack(dump);
    if (when === 'while it was stopped') await pair.marketing.start();
    await pair.open(60_000);
    const { shown, refused } = await watching.end();
    expect([...shown]).toEqual([steady.marker]);
    expect(refused).toBeGreaterThan(0);

    expect(noticed()).toBe(lines + 1);
    expect(await epoch()).not.toBe(before);
    expect(await pair.verdict()).toMatchObject({ equal: true, forgotten: [] });
    expect(await people.listed('email')).toEqual([steady.marker]);
    expect(await exportState(id)).toBe('failed');
    expect(readdirSync(exportDirectory)).toEqual([]);
  });

  it('to before it last took another epoch does the same, though the register takes it for the one it was', async () => {
    const withdrew = await people.create('email');
    await pair.rest();
    const [old, dump] = [await epoch(), await dumped()];
    // As epoch:raise does: what the dump has said is all that its epoch has ever said.
    await pair.sides.marketing.query('UPDATE link_state SET marketing_epoch = gen_random_uuid(), reconcile_due = true');
    await pair.open(60_000);
    await people.withdraw(withdrew, 'email');
    await pair.open();
    const [before, lines] = [await epoch(), noticed()];
    const watching = watch();
    await pair.marketing.stop();
    await putBack(dump);
    await pair.marketing.start();
    await pair.open(60_000);
    expect([...(await watching.end()).shown]).toEqual([steady.marker]);
    expect(noticed()).toBe(lines + 1);
    expect([before, old]).not.toContain(await epoch());
    expect(await pair.verdict()).toMatchObject({ equal: true, forgotten: [] });
  });
});
