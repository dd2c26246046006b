import { jest } from '@jest/globals';
import type { DataSource, QueryRunner } from 'typeorm';
import { connectionSettings } from '#database/connection-settings.js';
import { copyOut } from '#database/copy-out.js';
import { isAway } from '#database/database-errors.js';
import { runStatement } from '#database/statement.js';
import { registerDataSource } from '#register/database/data-source.js';
import { createTestDatabase, type TestDatabase } from '#test/support/database.js';
import { startTcpProxy, type TcpProxy } from '#test/support/tcp-proxy.js';
import { waitFor } from '#test/support/wait-for.js';

jest.setTimeout(60_000);

/** Long enough for any statement here on a busy machine, short enough to wait for. */
const TIMEOUT_MS = 1_500;

describe('a database server that falls silent', () => {
  let at: TestDatabase;
  let proxy: TcpProxy;
  let database: DataSource;
  /** Not over the proxy: what the server itself says. */
  let direct: DataSource;

  beforeAll(async () => {
    at = await createTestDatabase('silent-server', registerDataSource);
    direct = await registerDataSource(at.url, 2).initialize();
    await direct.query('CREATE TABLE note (id int PRIMARY KEY)');
  });
  beforeEach(async () => {
    const url = new URL(at.url);
    proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
    const through = Object.assign(new URL(at.url), { hostname: '127.0.0.1', port: String(proxy.port) });
    database = await registerDataSource(through.href, 2, TIMEOUT_MS).initialize();
  });
  afterEach(async () => {
    proxy.heal();
    await database.destroy();
    await proxy.close();
    await direct.query('TRUNCATE note');
  });
  afterAll(async () => {
    await direct.destroy();
    await at.drop();
  });

  const failure = (work: Promise<unknown>): Promise<unknown> => work.then(() => { throw new Error('it was answered'); }, (error: unknown) => error);
  const pidOf = async (asked: Pick<DataSource, 'query'>): Promise<number> => (await asked.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid'))[0]?.pid ?? 0;
  const isConnected = async (pid: number): Promise<boolean> => (await direct.query<unknown[]>('SELECT FROM pg_stat_activity WHERE pid = $1', [pid])).length > 0;
  const inUnlimited = async (work: (runner: QueryRunner) => Promise<unknown>): Promise<void> => {
    const runner = database.createQueryRunner();
    try {
      await runner.startTransaction();
      await runner.query('SET LOCAL statement_timeout = 0');
      await work(runner);
    } finally {
      await runner.release();
    }
  };

  it.each([
    ['a query', () => database.query('SELECT 1')],
    ['a named statement', () => runStatement(database, { name: 'silent', text: 'SELECT $1::int' }, [1])],
    ['a COPY', async () => {
      const runner = database.createQueryRunner();
      await copyOut(runner, 'COPY (SELECT 1) TO STDOUT', () => undefined).finally(() => runner.release());
    }],
  ])('is told as away to %s', async (_, ask) => {
    proxy.blackHole();
    expect(isAway(await failure(ask()))).toBe(true);
  });

  it('gives the connection up: nobody comes into the transaction that it left open, and its locks go', async () => {
    let pid = 0;
    const broken = await failure(database.transaction(async (manager) => {
      pid = await pidOf(manager);
      await manager.query('INSERT INTO note VALUES (1)');
      proxy.blackHole();
      await manager.query('INSERT INTO note VALUES (2)');
    }));
    expect(isAway(broken)).toBe(true);
    proxy.heal();
    await database.query('INSERT INTO note VALUES (3)');
    expect(await pidOf(database)).not.toBe(pid);
    await waitFor('the end of the old connection', async () => !(await isConnected(pid)));
    // It waits for nobody: the first transaction is rolled back.
    await direct.query('INSERT INTO note VALUES (1)');
    expect(await direct.query('SELECT id FROM note ORDER BY id')).toEqual([{ id: 1 }, { id: 3 }]);
  });

  it('answers nobody with what another one has asked', async () => {
    const asked = [1, 2, 3, 4, 5, 6].map((value) => database.query<{ value: number }[]>('SELECT pg_sleep(0.3), $1::int AS value', [value]));
    await waitFor('two at work', async () => (await direct.query<unknown[]>(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(0.3)%' AND pid <> pg_backend_pid()`)).length === 2);
    proxy.blackHole();
    const settled = await Promise.allSettled(asked);
    proxy.heal();
    for (const [at, one] of settled.entries()) if (one.status === 'fulfilled') expect(one.value[0]?.value).toBe(at + 1);
    expect(settled.some(({ status }) => status === 'rejected')).toBe(true);
    for (const value of [7, 8, 9]) expect(await database.query('SELECT $1::int AS value', [value])).toEqual([{ value }]);
  });

  it('lets whoever has taken the limit of the server away go on as long as the server is there', async () => {
    await inUnlimited(async (runner) => {
      const [slept] = (await runner.query(`SELECT pg_sleep(${String((2.5 * TIMEOUT_MS) / 1_000)}), 1 AS value`)) as { value: number }[];
      expect(slept?.value).toBe(1);
      await runner.commitTransaction();
    });
  });

  it('is told as away to such a one, too', async () => {
    await inUnlimited(async (runner) => {
      const asleep = failure(runner.query('SELECT pg_sleep(600)'));
      proxy.blackHole();
      expect(isAway(await asleep)).toBe(true);
    });
    await direct.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()`);
  });

  it('limits the next transaction on the same connection again', async () => {
    const runner = database.createQueryRunner();
    await runner.startTransaction();
    await runner.query('SET LOCAL statement_timeout = 0');
    await runner.commitTransaction();
    await runner.query(`SELECT set_config('statement_timeout', '0', false)`); // so that the server's limit is not what ends it
    const asked = await failure(runner.query('SELECT pg_sleep(20)'));
    await runner.release();
    expect(asked).toMatchObject({ driverError: { code: 'ETIMEDOUT' } });
    await direct.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(20)%' AND pid <> pg_backend_pid()`);
  });

  it('does not keep a process that closes its connections', async () => {
    proxy.blackHole();
    await database.destroy();
    // A byte written to a socket that is closed for good comes back as a reset; one that is closed in one direction takes it: here as a part of a long notice.
    proxy.injectToClient(Buffer.of(0x4e, 0x00, 0xff, 0xff, 0xff));
    await waitFor('the connection to be gone', () => {
      proxy.injectToClient(Buffer.of(0));
      return proxy.clients() === 0;
    });
    proxy.heal();
    database = await registerDataSource(at.url, 1).initialize();
  });

  it('notices clients that have gone: it asks them after ten seconds', async () => {
    const shown = await Promise.all(['tcp_keepalives_idle', 'tcp_keepalives_interval', 'tcp_keepalives_count', 'tcp_user_timeout', 'statement_timeout'].map(async (name) =>
      (await database.query<Record<string, string>[]>(`SHOW ${name}`))[0]?.[name]));
    expect(shown).toEqual(['10', '5', '3', '30000', '1285ms']);
  });

  it('may take 30 s for a statement at most', () => {
    expect([35_000, 70_000, Infinity, 3_500].map((timeout) => connectionSettings(timeout, '').statement_timeout)).toEqual([30_000, 30_000, 30_000, 3_000]);
  });
});
