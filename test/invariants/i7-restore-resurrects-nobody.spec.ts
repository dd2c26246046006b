import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { QUEUES } from '#messaging/topology.js';
import { startPair, type Pair } from '#test/support/pair.js';
import { People, type Someone } from '#test/support/people.js';
import { waitFor } from '#test/support/wait-for.js';

jest.setTimeout(300_000);

const SCRIPTS = fileURLToPath(new URL('../../../scripts/', import.meta.url));

/** I7: a restore resurrects nobody. The dumps are real, and older than everything that is done to these people. */
describe('a restore', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lupa-i7-'));
  const exportDirectory = join(folder, 'exports');
  let pair: Pair;
  let people: People;
  let who: Record<'steady' | 'erased' | 'withdrew' | 'stopped' | 'objected' | 'unheard' | 'granted', Someone>;
  let newcomer: Someone;
  let gone: Someone;

  /** Not to be waited for by blocking: the links of the pair to the broker are in this process. */
  const script = (name: string, ...args: readonly string[]): Promise<{ status: number; told: string }> => new Promise((resolve) => {
    const env = { ...pair.register.environment, ...pair.marketing.environment };
    const child = execFile(process.execPath, [join(SCRIPTS, name), '--own-environment', ...args], { env }, (_error, stdout, stderr) => {
      resolve({ status: child.exitCode ?? 1, told: stdout + stderr });
    });
  });
  const dumpOf = (side: string): string => join(folder, readdirSync(folder).find((name) => name.startsWith(`${side}-`) && name.endsWith('.dump')) ?? 'none');
  const restore = (...sides: readonly ('register' | 'marketing')[]) => script('restore.mjs', ...sides.flatMap((side) => [`--${side}`, dumpOf(side)]));
  const restored = async (...sides: readonly ('register' | 'marketing')[]): Promise<void> => {
    const { status, told } = await restore(...sides);
    if (status !== 0) throw new Error(told);
    expect(readdirSync(folder).filter((name) => name.includes('.known'))).toEqual([]);
  };
  const count = async (side: 'register' | 'marketing', query: string, ...values: readonly unknown[]): Promise<number> =>
    Number((await pair.sides[side].query<{ count: string }>(query, [...values])).rows[0]?.count);
  const heldIn = (table: 'customer' | 'contact', { marker }: Someone): Promise<number> =>
    count(table === 'customer' ? 'register' : 'marketing', `SELECT count(*) FROM ${table} WHERE last_name = $1`, marker);
  const markers = (...list: readonly Someone[]): string[] => list.map(({ marker }) => marker).sort();
  const listed = async (channel: 'email' | 'sms'): Promise<string[]> => (await people.listed(channel)).sort();
  const start = async (): Promise<void> => {
    await Promise.all([pair.register.start(), pair.marketing.start()]);
    await pair.open(60_000);
  };

  beforeAll(async () => {
    pair = await startPair('restore', { marketingEnvironment: { MARKETING_EXPORT_DIRECTORY: exportDirectory } });
    people = new People(pair);
    await people.prepare();
    await pair.open();
    who = {
      steady: await people.create('email', 'sms'), erased: await people.create('email', 'sms'), withdrew: await people.create('email', 'sms'),
      stopped: await people.create('email'), objected: await people.create('email'), unheard: await people.create('email'), granted: await people.create('email'),
    };
    await pair.sides.register.query("INSERT INTO staff (username, password_hash, roles) SELECT name, '$argon2id$', '{admin}' FROM unnest(ARRAY['dismissed', 'steady']) AS name");
    await pair.rest();
    expect(await script('backup.mjs', '--directory', folder)).toMatchObject({ status: 0 });
    pair.register.command('staff:disable', '--username', 'dismissed');
    await people.erase(who.erased);
    await people.withdraw(who.withdrew, 'sms');
    await people.stopAll(who.stopped);
    await people.object(who.objected);
    await people.grant(who.granted, 'sms');
    newcomer = await people.create('email');
    gone = await people.create('email');
    await pair.rest();
    await people.erase(gone);
    expect(await pair.verdict()).toMatchObject({ equal: true });
  });
  afterAll(async () => {
    await pair.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is refused while a service runs, and with the wrong dump', async () => {
    expect(await restore('register')).toMatchObject({ status: 1, told: expect.stringContaining('is running') });
    expect(await script('restore.mjs', '--register', dumpOf('marketing'))).toMatchObject({ status: 1, told: expect.stringContaining('of the marketing one') });
    await pair.rest();
  });

  it('of a register that is lost: the erased stay erased, and what was withdrawn stays withdrawn, also where only the queue knew', async () => {
    await pair.marketing.stop();
    await people.withdraw(who.unheard, 'email');
    await waitFor('the withdrawal in the queue', async () => (await pair.vhost.ready(QUEUES.removals)) > 0);
    await pair.register.kill();
    await pair.sides.register.query('DROP TABLE customer CASCADE');

    await restored('register');
    for (const one of [who.erased, gone]) expect(await heldIn('customer', one)).toBe(0);
    // Email, phone, and name with postal address of both, the one whom the dump never knew included.
    expect(await count('register', `SELECT count(*) FROM suppression WHERE reason = 'erased'`)).toBe(6);

    await start();
    expect(await pair.verdict()).toMatchObject({ equal: true, forgotten: [] });
    expect(await listed('email')).toEqual(markers(who.steady, who.withdrew, who.granted));
    expect(await count('register', "SELECT count(*) FROM staff WHERE username = 'dismissed' AND disabled_at IS NOT NULL")).toBe(1);
    expect(await count('register', "SELECT count(*) FROM staff WHERE username = 'steady' AND disabled_at IS NULL")).toBe(1);
    // A grant whose proof is lost is none.
    expect(await listed('sms')).toEqual(markers(who.steady));
    expect(await heldIn('contact', newcomer)).toBe(0);
    expect(await count('register', 'SELECT count(*) FROM erasure_case WHERE answered_at IS NOT NULL')).toBe(2);
    expect(await count('register', `SELECT count(*) FROM consent_record WHERE method = 'lost-in-restore' AND decision = 'withdrawn'`)).toBe(4);
    // She may consent anew.
    await people.grant(who.withdrew, 'sms');
    await pair.open();
    expect(await listed('sms')).toEqual(markers(who.steady, who.withdrew));
    await people.withdraw(who.withdrew, 'sms');
  });

  it('of both, whose databases can still be read: nobody erased is in either before they open, and nothing withdrawn or objected to is forgotten', async () => {
    await people.erase(who.steady);
    await people.object(who.granted);
    await pair.rest();
    await Promise.all([pair.register.stop(), pair.marketing.stop()]);
    // A restore that broke off, and one that nobody told of: as if the backup had been put back by hand.
    await pair.sides.marketing.query('CREATE TABLE restore_unfinished ()');
    await pair.sides.register.query('UPDATE pulse SET count = 0');
    await Promise.all([
      expect(pair.marketing.start()).rejects.toThrow('not brought to its end'),
      expect(pair.register.start()).rejects.toThrow('it was restored'),
    ]);
    mkdirSync(exportDirectory, { recursive: true });
    writeFileSync(join(exportDirectory, `${randomUUID()}.1.content`), 'a file that was waiting');

    await restored('register', 'marketing');
    for (const one of [who.erased, who.steady, gone]) expect(await heldIn('customer', one) + await heldIn('contact', one)).toBe(0);
    expect(await count('marketing', 'SELECT count(*) FROM ref_state WHERE erased')).toBe(3);
    expect(readdirSync(exportDirectory)).toEqual([]);
    // As in the dump; on no list, and gone as soon as the register has spoken.
    expect(await heldIn('contact', who.stopped)).toBe(1);
    expect(await count('register', `SELECT count(*) FROM suppression WHERE reason = 'objected'`)).toBe(3);

    await start();
    expect(await pair.verdict()).toMatchObject({ equal: true, forgotten: [] });
    expect(await listed('email')).toEqual(markers(who.withdrew));
    expect(await listed('sms')).toEqual([]);
  });

  it('of both that broke off between them: what marketing knew before is still known when it is repeated', async () => {
    await people.withdraw(who.withdrew, 'email');
    await pair.rest();
    await Promise.all([pair.register.stop(), pair.marketing.stop()]);
    await pair.sides.register.query('DROP TABLE customer CASCADE');
    const dump = join(folder, 'damaged.register');
    writeFileSync(dump, readFileSync(dumpOf('register')).subarray(0, -200));
    const both = ['--register', dump, '--marketing', dumpOf('marketing')];
    expect(await script('restore.mjs', ...both)).toMatchObject({ status: 1 });
    expect(await heldIn('contact', who.withdrew)).toBe(1);

    copyFileSync(dumpOf('register'), dump);
    expect(await script('restore.mjs', ...both)).toMatchObject({ status: 0 });
    await start();
    expect(await pair.verdict()).toMatchObject({ equal: true, forgotten: [] });
    expect(await listed('email')).toEqual([]);
    expect(await heldIn('customer', who.withdrew)).toBe(1);
  });
});
