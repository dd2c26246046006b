import { jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { DataSource } from 'typeorm';
import { digestsOf } from '#marketing/contacts/address-digests.js';
import { marketingDataSource } from '#marketing/database/data-source.js';
import { ConfigurationError } from '#service/configuration.js';
import { createTestDatabase, type TestDatabase } from '#test/support/database.js';
import { changed, person } from './fake-register.js';
import { RunningMarketing } from './running-marketing.js';

jest.setTimeout(60_000);

const bytea = (digest: Buffer | null): string | null => digest && `\\x${digest.toString('hex')}`;

describe('a database from before the digests', () => {
  let testDatabase: TestDatabase;
  let database: DataSource;
  const given = process.env['MARKETING_INDEX_KEY'];

  beforeAll(async () => {
    testDatabase = await createTestDatabase('digests-before', marketingDataSource);
    database = await marketingDataSource(testDatabase.url, 2).initialize();
    const digested = async (): Promise<boolean> =>
      (await database.query<unknown[]>("SELECT 1 FROM migrations WHERE name LIKE 'AddressDigests%'")).length > 0;
    while (await digested()) await database.undoLastMigration();
    await database.query(`
      INSERT INTO contact (ref, email, email_since, email_wording_id, email_wording_version, email_source, phone, sms_since, sms_wording_id, sms_wording_version, sms_source)
      SELECT gen_random_uuid(), 'Person' || i || '@Example.fi', '2026-01-02T23:30:00Z', 'newsletter', 1, 'shop', '+35845100' || i, '2026-01-03T00:30:00Z', 'newsletter', 2, 'shop'
        FROM generate_series(1000, 1009) AS i`);
    await database.query('DELETE FROM growth');
  });
  afterAll(async () => {
    if (given === undefined) delete process.env['MARKETING_INDEX_KEY'];
    else process.env['MARKETING_INDEX_KEY'] = given;
    await database.destroy();
    await testDatabase.drop();
  });

  it('is not touched without the key, which is named', async () => {
    delete process.env['MARKETING_INDEX_KEY'];
    const said = jest.spyOn(console, 'log').mockImplementation(() => undefined); // TypeORM says so, too
    await expect(database.runMigrations()).rejects.toThrow(/MARKETING_INDEX_KEY: is not set/);
    said.mockRestore();
    expect(await database.query("SELECT 1 FROM information_schema.columns WHERE table_name = 'contact' AND column_name = 'email_digest'")).toEqual([]);
  });

  it('has a digest for every address afterwards, and its people counted on the day of their consent', async () => {
    const key = randomBytes(32);
    process.env['MARKETING_INDEX_KEY'] = key.toString('base64');
    await database.runMigrations();
    const rows = await database.query<{ email: string; phone: string; email_digest: Buffer; phone_digest: Buffer }[]>(
      'SELECT email, phone, email_digest, phone_digest FROM contact');
    expect(rows).toHaveLength(10);
    for (const row of rows) expect({ email_digest: bytea(row.email_digest), phone_digest: bytea(row.phone_digest) }).toEqual(digestsOf(key, row));
    expect(await database.query("SELECT to_char(day, 'YYYY-MM-DD') AS day, channel, source, wording_id, wording_version, gained, withdrawn FROM growth ORDER BY channel")).toEqual([
      { day: '2026-01-02', channel: 'email', source: 'shop', wording_id: 'newsletter', wording_version: 1, gained: 10, withdrawn: 0 },
      { day: '2026-01-03', channel: 'sms', source: 'shop', wording_id: 'newsletter', wording_version: 2, gained: 10, withdrawn: 0 },
    ]);
  });

  it.each([
    ['an address without its digest', "UPDATE contact SET email_digest = NULL"],
    ['a digest without its address', "UPDATE contact SET phone = NULL, sms_since = NULL, sms_wording_id = NULL, sms_wording_version = NULL, sms_source = NULL"],
  ])('refuses %s from then on', async (_what, statement) => {
    await expect(database.query(statement)).rejects.toThrow(/digested/);
  });
});

describe('another key', () => {
  const CLI = fileURLToPath(import.meta.resolve('#marketing/cli.js'));
  const other = randomBytes(32);
  const ref = randomUUID();
  let marketing: RunningMarketing;

  beforeAll(async () => {
    marketing = await RunningMarketing.prepare('another-key');
    marketing.register.come();
    await marketing.start();
    marketing.register.people.set(ref, person(ref, [1, 1], ['email']));
    await marketing.register.tell(changed(ref, [1, 1], ['email']));
    await marketing.register.answer(ref);
    await marketing.stop();
  });
  afterAll(() => marketing.close());

  const isFound = async (): Promise<unknown> => {
    await marketing.open();
    const address = `marker-${ref.slice(0, 8)}@example.fi`;
    return (await marketing.call('POST', '/v1/audience/check', { channel: 'email', addresses: [address] })).body['allowed'];
  };

  it('keeps marketing from starting, since nobody would be found', async () => {
    await expect(marketing.start({ indexKey: other })).rejects.toThrow(ConfigurationError);
    await expect(marketing.start({ indexKey: other })).rejects.toThrow(/MARKETING_INDEX_KEY.*digests:rebuild/);
  });

  it('is taken over by the operator command, and the one before no more', async () => {
    const env = { ...process.env, ...marketing.environment, MARKETING_INDEX_KEY: other.toString('base64') };
    const { status, stdout } = spawnSync(process.execPath, [CLI, 'digests:rebuild'], { env, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '1 contact(s) are found by the new key.\n' });
    await expect(marketing.start()).rejects.toThrow(ConfigurationError);
    await marketing.start({ indexKey: other });
    expect(await isFound()).toEqual([true]);
  });
});
