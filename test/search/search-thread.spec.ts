import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { registerDataSource } from '#register/database/data-source.js';
import { SearchFailed, SearchThread } from '#search/search-thread.js';
import type { Sought } from '#search/sought.js';
import { createTestDatabase, type TestDatabase } from '#test/support/database.js';
import { waitFor } from '#test/support/wait-for.js';

const REF = 'b7f5a9ce-52c5-4ad5-8d43-0f2a43bb8c11';
const AINO: Sought = { caseId: 'case-aino', values: [{ kind: 'email', text: 'aino.virtanen@example.fi' }, { kind: 'ref', text: REF }], together: [] };
const others = Array.from({ length: 1_200 }, (_, n): Sought => ({ caseId: `case-${String(n)}`, values: [{ kind: 'email', text: `n${String(n)}@firma.fi` }], together: [] }));

describe('a thread that searches', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let folder: string;
  let stopping: AbortController;
  let thread: SearchThread;

  beforeAll(async () => {
    database = await createTestDatabase('search-thread', registerDataSource);
    dataSource = await registerDataSource(database.url, 2).initialize();
    folder = mkdtempSync(join(tmpdir(), 'lupa-search-thread-'));
    writeFileSync(join(folder, 'some.log'), `${REF}\nn1199@firma.fi\n`);
    await dataSource.query(`CREATE TABLE leftover AS SELECT 'aino.virtanen@example.fi' AS email, '${REF}'::uuid AS ref UNION ALL SELECT 'n7@firma.fi', NULL`);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await dataSource.destroy();
    await database.drop();
  });
  beforeEach(async () => {
    stopping = new AbortController();
    thread = new SearchThread(stopping.signal);
    await thread.lookFor([AINO, ...others]);
  });
  afterEach(() => thread.end());

  const found = (caseId: string, store: string, place: string) => ({ caseId, store, place, count: 1 });
  const connections = async (): Promise<number> =>
    (await dataSource.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`))[0]!.count;

  it('finds everybody in database and directory, and leaves out what is not to be looked for', async () => {
    const searched = await thread.searchDatabase(dataSource, 'register', [{ table: 'public.leftover', column: 'ref', kind: 'ref', reason: 'a test' }]);
    expect(searched.found).toEqual([found('case-aino', 'register', 'public.leftover'), found('case-7', 'register', 'public.leftover')]);
    const directory = { store: 'logs', path: folder };
    expect((await thread.searchDirectory(directory)).found).toEqual([found('case-aino', 'logs', 'some.log'), found('case-1199', 'logs', 'some.log')]);
    expect((await thread.searchDirectory(directory, ['ref'])).found).toEqual([found('case-1199', 'logs', 'some.log')]);
  });

  it('has the planner forget whom only it remembers', async () => {
    await dataSource.query(`CREATE TABLE emptied AS SELECT 'aino.virtanen@example.fi' AS email FROM generate_series(1, 9); ANALYZE emptied; DELETE FROM emptied`);
    expect((await thread.searchDatabase(dataSource, 'register', [])).found.map(({ place }) => place)).toEqual(['public.leftover', 'public.leftover']);
  });

  it('is gone at once when it is told to end, also while it waits, and says what ended it', async () => {
    const holder = dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.query('LOCK TABLE leftover IN ACCESS EXCLUSIVE MODE');
    const searching = expect(thread.searchDatabase(dataSource, 'register', [])).rejects.toThrow('the service stops');
    await waitFor('a search that waits', async () => (await dataSource.query<unknown[]>('SELECT 1 FROM pg_locks WHERE NOT granted'))[0]);
    stopping.abort(new Error('the service stops'));
    await searching;
    await expect(thread.searchDirectory({ store: 'logs', path: folder })).rejects.toThrow('the service stops');
    await holder.rollbackTransaction();
    await holder.release();
    await waitFor('the connection is gone', async () => ((await connections()) === 0 ? true : undefined));
  });

  it('that is gone has found nothing out: what it was asked fails', async () => {
    const searching = expect(thread.searchDatabase(dataSource, 'register', [])).rejects.toThrow(SearchFailed);
    await thread.end();
    await searching;
    await expect(thread.searchDirectory({ store: 'logs', path: folder })).rejects.toMatchObject({ code: 'ended' });
  });

  it('that was not wanted any more before it began does nothing', async () => {
    stopping.abort(new Error('the service stops'));
    const late = new SearchThread(stopping.signal);
    await expect(late.lookFor([AINO])).rejects.toThrow('the service stops');
    await late.end();
  });

  it('tells of an error its code alone', async () => {
    const elsewhere = registerDataSource(database.url.replace(/[^/]+$/, 'aino_virtanen'), 1);
    const failure: unknown = await thread.searchDatabase(elsewhere, 'register', []).catch((error: unknown) => error);
    expect({ ...(failure as SearchFailed), text: String(failure) }).toEqual({ name: 'SearchFailed', code: '3D000', text: 'SearchFailed: a search broke off' });
    await thread.lookFor([{ caseId: 'x', values: [{ kind: 'email', text: 'x'.repeat(70_000) }], together: [] }]);
    await expect(thread.searchDirectory({ store: 'logs', path: folder })).rejects.toMatchObject({ message: 'a search broke off', code: 'RangeError' });
  });
});
