import { DataSource } from 'typeorm';
import { registerDataSource } from '#register/database/data-source.js';
import { Needles } from '#search/needles.js';
import { searchDatabaseAfresh } from '#search/search-afresh.js';
import { searchDatabase } from '#search/search-database.js';
import { createTestDatabase, type TestDatabase } from '#test/support/database.js';
import { waitFor } from '#test/support/wait-for.js';

const AINO = { caseId: 'case-aino', values: [{ kind: 'email', text: 'aino.virtanen@example.fi' }], together: [] } as const;
const PLACE = { caseId: 'case-aino', store: 'register', place: 'elsewhere.added', count: 1 };
const MEMORY = { ...PLACE, place: 'statistics of elsewhere.added.email' };

describe('what only the planner remembers', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let needles: Needles;

  beforeAll(async () => {
    database = await createTestDatabase('search-afresh', registerDataSource);
    dataSource = await registerDataSource(database.url, 4).initialize();
    needles = await Needles.of([AINO]);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });
  beforeEach(async () => {
    await dataSource.query(`CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.added (email varchar(90) COLLATE "C" CHECK (email <> ''), tags text[])`);
    await dataSource.query(`INSERT INTO elsewhere.added SELECT 'someone-' || n || '@example.fi', ARRAY['a'] FROM generate_series(1, 9) n UNION ALL SELECT 'aino.virtanen@example.fi', ARRAY['aino.virtanen@example.fi']`);
    await dataSource.query('ANALYZE elsewhere.added');
  });
  afterEach(() => dataSource.query('DROP SCHEMA elsewhere CASCADE'));

  const search = async () => (await searchDatabaseAfresh(dataSource, needles, 'register')).found;

  it('is forgotten where others are left', async () => {
    await dataSource.query(`DELETE FROM elsewhere.added WHERE email = 'aino.virtanen@example.fi'`);
    expect((await searchDatabase(dataSource, needles, 'register')).found).toContainEqual(MEMORY);
    expect(await search()).toEqual([]);
    const [others] = await dataSource.query<{ bounds: string }[]>(`SELECT histogram_bounds::text AS bounds FROM pg_stats WHERE schemaname = 'elsewhere' AND attname = 'email'`);
    expect(others!.bounds).toContain('someone-9@example.fi');
  });

  it('is forgotten where nobody is left, and the table is as before', async () => {
    const shape = `SELECT attname, atttypid::regtype::text AS type, atttypmod AS size, attcollation::regcollation::text AS collation FROM pg_attribute WHERE attrelid = 'elsewhere.added'::regclass AND attnum > 0 ORDER BY attnum`;
    const before = await dataSource.query<unknown[]>(shape);
    await dataSource.query('DELETE FROM elsewhere.added');
    expect(await search()).toEqual([]);
    expect(await dataSource.query(shape)).toEqual(before);
    await expect(dataSource.query(`INSERT INTO elsewhere.added VALUES ('')`)).rejects.toThrow(/check constraint/);
  });

  it('stays found in a column that is inherited, which nobody may alter there', async () => {
    await dataSource.query('CREATE TABLE elsewhere.parent (email text); CREATE TABLE elsewhere.heir () INHERITS (elsewhere.parent)');
    await dataSource.query(`INSERT INTO elsewhere.heir SELECT 'someone-' || n || '@example.fi' FROM generate_series(1, 9) n UNION ALL SELECT 'aino.virtanen@example.fi'`);
    await dataSource.query(`ANALYZE elsewhere.heir; DELETE FROM elsewhere.heir; DELETE FROM elsewhere.added; INSERT INTO elsewhere.added VALUES ('x')`);
    expect(await search()).toEqual([{ ...MEMORY, place: 'statistics of elsewhere.heir.email' }]);
  });

  it('stays found, with the row, while she is there, and nobody has to wait for that', async () => {
    const reader = dataSource.createQueryRunner();
    await reader.startTransaction();
    await reader.query('SELECT count(*) FROM elsewhere.added');
    const locks: string[] = [];
    const watching = setInterval(() => { void dataSource.query<{ mode: string }[]>(`SELECT mode FROM pg_locks WHERE relation = 'elsewhere.added'::regclass`).then((rows) => locks.push(...rows.map(({ mode }) => mode))).catch(() => undefined); }, 5);
    expect(await search()).toEqual(expect.arrayContaining([PLACE, MEMORY]));
    clearInterval(watching);
    await reader.rollbackTransaction();
    await reader.release();
    expect(locks).toContain('AccessShareLock');
    expect(locks).not.toContain('AccessExclusiveLock');
  });

  it('stays found while somebody else holds the table, and does not wait for long', async () => {
    await dataSource.query('DELETE FROM elsewhere.added');
    const other = dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query('LOCK TABLE elsewhere.added IN ACCESS SHARE MODE');
    expect(await search()).toContainEqual(MEMORY);
    await other.rollbackTransaction();
    await other.release();
    expect(await search()).toEqual([]);
  });

  describe('a search that is told to end', () => {
    const abort = new AbortController();
    const isUsable = () => Promise.all(Array.from({ length: 8 }, () => dataSource.query('SELECT 1 AS one')));

    it('ends while rows come', async () => {
      await dataSource.query(`INSERT INTO elsewhere.added SELECT repeat('x', 90) FROM generate_series(1, 300000)`);
      const searching = searchDatabaseAfresh(dataSource, needles, 'register', [], abort.signal);
      setImmediate(() => abort.abort(new Error('the service stops')));
      await expect(searching).rejects.toThrow('the service stops');
      expect(await isUsable()).toHaveLength(8);
    });

    it('ends while it waits for a table', async () => {
      const other = dataSource.createQueryRunner();
      await other.startTransaction();
      await other.query('LOCK TABLE elsewhere.added IN ACCESS EXCLUSIVE MODE');
      const stopping = new AbortController();
      const searching = expect(searchDatabaseAfresh(dataSource, needles, 'register', [], stopping.signal)).rejects.toThrow('the service stops');
      await waitFor('a search that waits', async () => (await dataSource.query<unknown[]>('SELECT 1 FROM pg_locks WHERE NOT granted'))[0]);
      stopping.abort(new Error('the service stops'));
      await searching;
      await other.rollbackTransaction();
      await other.release();
      expect(await isUsable()).toHaveLength(8);
    });

    it('does not begin', async () => {
      await expect(searchDatabaseAfresh(dataSource, needles, 'register', [], abort.signal)).rejects.toThrow('the service stops');
    });
  });
});
