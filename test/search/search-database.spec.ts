import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { DataSource } from 'typeorm';
import { registerDataSource } from '#register/database/data-source.js';
import { Needles } from '#search/needles.js';
import { type DatabaseSearched, type ExpectedValue, searchDatabase } from '#search/search-database.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { waitFor } from '../support/wait-for.js';

const AINO = {
  caseId: 'case-aino',
  values: [
    { kind: 'email', text: 'aino.virtanen@example.fi' }, { kind: 'phone', text: '+358451206627' },
    { kind: 'customer-id', text: '01940000-0000-7000-8000-00000000ab01' }, { kind: 'ref', text: 'b7f5a9ce-52c5-4ad5-8d43-0f2a43bb8c11' },
  ],
  together: [['Aino', 'Virtanen', 'Mäkitie 5']],
} as const;
const REF = AINO.values[3].text;
const PACKED = gzipSync('{"to":"aino.virtanen@example.fi"}').toString('hex');

describe('the search of a database', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let needles: Needles;

  beforeAll(async () => {
    database = await createTestDatabase('search', registerDataSource);
    dataSource = await registerDataSource(database.url, 4).initialize();
    needles = await Needles.of([AINO]);
    await dataSource.query(`CREATE SCHEMA elsewhere; CREATE TYPE elsewhere.mood AS ENUM ('aino.virtanen@example.fi'); CREATE TYPE elsewhere.both AS (at timestamptz, x text); CREATE DOMAIN elsewhere.word AS text`);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  /** Runs the statements, searches, and drops what `drop` says. */
  async function searched(statements: readonly string[], drop: string, expected: readonly ExpectedValue[] = []): Promise<DatabaseSearched> {
    for (const statement of statements) await dataSource.query(statement);
    try {
      return await searchDatabase(dataSource, needles, 'register', expected);
    } finally {
      await dataSource.query(drop);
    }
  }
  const finding = (place: string, count = 1) => ({ caseId: 'case-aino', store: 'register', place, count });

  it('finds nothing where she is not, and says how much it has read', async () => {
    const { found, unsearched, tables, bytes } = await searchDatabase(dataSource, needles, 'register');
    const [row] = await dataSource.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM pg_tables WHERE schemaname = 'public'`);
    expect({ found, unsearched, tables }).toEqual({ found: [], unsearched: [], tables: row!.count });
    expect(bytes).toBeGreaterThan(100);
  });

  it.each([
    ['text', 'text', `'to aino.virtanen@example.fi'`], ['varchar in capitals', 'varchar(40)', `'AINO.VIRTANEN@EXAMPLE.FI'`],
    ['jsonb', 'jsonb', `'{"a": [{"phone": "+358451206627"}]}'`], ['json as it was written', 'json', `'{"street":"M\\u00e4kitie 5", "name":"Virtanen Aino"}'`],
    ['text[]', 'text[]', `ARRAY['x', 'aino.virtanen@example.fi']`], ['uuid', 'uuid', `'${REF}'`], ['uuid[]', 'uuid[]', `ARRAY['${REF}']::uuid[]`],
    ['bytea that is text', 'bytea', `convert_to('Hello aino.virtanen@example.fi', 'UTF8')`], ['bytea that is an id', 'bytea', `decode('${REF.replaceAll('-', '')}', 'hex')`],
    ['bytea that is packed', 'bytea', `'\\x${PACKED}'`], ['packed and cut off', 'bytea', `'\\x${PACKED.slice(0, -16)}'`], ['packed in an array', 'bytea[]', `ARRAY['\\x00', '\\x${PACKED}']::bytea[]`],
    ['bytea[]', 'bytea[]', `ARRAY[convert_to('{"phone":"0451206627"}', 'UTF8')]`], ['a number', 'bigint', '358451206627'],
    ['text with tabs, newlines, backslashes', 'text', `E'C:\\\\temp\\taino.virtanen@example.fi\\nx'`], ['a row of many columns', 'text', `repeat('x', 100000) || ' Aino Virtanen' || E'\\n' || 'Mäkitie 5'`],
    ['a type that nobody had thought of', `elsewhere.mood`, `'aino.virtanen@example.fi'`], ['an array of it', 'elsewhere.mood[]', `ARRAY['aino.virtanen@example.fi']::elsewhere.mood[]`],
    ['a composite', 'elsewhere.both', `ROW(now(), 'aino.virtanen@example.fi')`], ['a domain', 'elsewhere.word', `'aino.virtanen@example.fi'`], ['words', 'tsvector', `'aino.virtanen@example.fi'`],
    ['a name', 'name', `'aino.virtanen@example.fi'`], ['a decimal number', 'numeric', '358451206627'], ['xml', 'xml', `'<to>aino.virtanen@example.fi</to>'`],
    ['between columns that are not read', 'timestamptz DEFAULT now(), y boolean DEFAULT true, ref uuid', `now(), false, '${REF}'`],
    ['a range', 'tstzrange, email text', `'[2026-01-01,2026-01-02)', 'aino.virtanen@example.fi'`],
  ])('finds her in a table that nobody told of: %s', async (_, type, value) => {
    const { found } = await searched([`CREATE TABLE elsewhere.added (id serial, value ${type})`, `INSERT INTO elsewhere.added VALUES (1, ${value}), (2, ${value})`], 'DROP TABLE elsewhere.added');
    expect(found).toEqual([finding('elsewhere.added', 2)]);
  });

  it('finds name and street in different columns of one row, and not in two rows', async () => {
    const { found } = await searched([
      'CREATE TABLE elsewhere.added (first text, last text, street text)', `INSERT INTO elsewhere.added VALUES ('Aino', 'Virtanen', 'MÄKITIE 5'), ('Aino', 'Virtanen', 'Mäkitie 55'), ('Eino', 'Virtanen', 'Mäkitie 5')`,
    ], 'DROP TABLE elsewhere.added');
    expect(found).toEqual([finding('elsewhere.added')]);
  });

  it('reads partitions, heirs, materialised views, generated columns, and unusual names', async () => {
    const email = `'aino.virtanen@example.fi'`;
    const { found } = await searched([
      'CREATE TABLE elsewhere.parted (at integer, email text) PARTITION BY RANGE (at)', 'CREATE TABLE elsewhere.part PARTITION OF elsewhere.parted FOR VALUES FROM (0) TO (9)', `INSERT INTO elsewhere.parted VALUES (1, ${email})`,
      'CREATE TABLE elsewhere.parent (email text)', 'CREATE TABLE elsewhere.heir () INHERITS (elsewhere.parent)', `INSERT INTO elsewhere.heir VALUES (${email})`,
      `CREATE TABLE elsewhere.generated (box text, email text GENERATED ALWAYS AS (box || '@example.fi') STORED)`, `INSERT INTO elsewhere.generated VALUES ('aino.virtanen')`,
      `CREATE MATERIALIZED VIEW elsewhere.view AS SELECT email FROM elsewhere.heir`, `CREATE MATERIALIZED VIEW elsewhere.empty AS SELECT email FROM elsewhere.heir WITH NO DATA`,
      'CREATE TABLE elsewhere."Aino ""Virtanen""" ("a ""b" text, gone text)', `INSERT INTO elsewhere."Aino ""Virtanen""" VALUES (${email}, ${email})`, 'ALTER TABLE elsewhere."Aino ""Virtanen""" DROP COLUMN gone',
      'CREATE TABLE elsewhere.without_columns ()', 'CREATE UNLOGGED TABLE elsewhere.unlogged AS SELECT email FROM elsewhere.heir',
    ], 'DROP SCHEMA elsewhere CASCADE; CREATE SCHEMA elsewhere');
    expect(found.map(({ place }) => place).sort()).toEqual(['elsewhere.(unusual name)', 'elsewhere.generated', 'elsewhere.heir', 'elsewhere.part', 'elsewhere.unlogged', 'elsewhere.view']);
  });

  it('finds what the planner remembers of a column, until it is analysed anew', async () => {
    const drop = 'DROP TABLE elsewhere.added';
    const statements = ['CREATE TABLE elsewhere.added (email text)', `INSERT INTO elsewhere.added SELECT 'someone-' || n || '@example.fi' FROM generate_series(1, 9) n UNION ALL SELECT 'aino.virtanen@example.fi'`, 'ANALYZE elsewhere.added', 'DELETE FROM elsewhere.added'];
    expect((await searched(statements, drop)).found).toEqual([finding('statistics of elsewhere.added.email')]);
    expect((await searched([...statements, `INSERT INTO elsewhere.added VALUES ('x')`, 'ANALYZE elsewhere.added'], drop)).found).toEqual([]);
  });

  it('tells of packed bytes that are packed again, and of too many, and not of those that only begin so', async () => {
    const bytes = (value: Buffer): string => `'\\x${value.toString('hex')}'`;
    const values = [gzipSync(gzipSync('x')), gzipSync(Buffer.alloc(1 << 26)), Buffer.concat([Buffer.from('1f8b0800', 'hex'), Buffer.alloc(200, 0xff)])];
    const tables = values.map((value, n) => `CREATE TABLE packed_${n} AS SELECT ${bytes(value)}::bytea AS b`);
    const { found, unsearched } = await searched(tables, 'DROP TABLE packed_0, packed_1, packed_2');
    expect({ found, unsearched }).toEqual({ found: [], unsearched: [0, 1].map((n) => ({ store: 'register', place: `public.packed_${n}`, reason: 'compressed' })) });
  });

  it('unpacks large objects, and tells of those that it cannot look into', async () => {
    const [packed, encrypted] = [PACKED, `0000${randomBytes(500).toString('hex')}`];
    const { found, unsearched } = await searched([`SELECT lo_from_bytea(4711, '\\x${packed}'), lo_from_bytea(4712, '\\x${encrypted}')`], 'SELECT lo_unlink(4711), lo_unlink(4712)');
    expect({ found, unsearched }).toEqual({ found: [finding('large object 4711')], unsearched: [{ store: 'register', place: 'large object 4712', reason: 'format' }] });
  });

  it('reads large objects, across the parts in which they are read', async () => {
    const [row] = await dataSource.query<{ oid: number }[]>(`SELECT lo_from_bytea(0, convert_to(repeat('x ', 524283) || 'aino.virtanen@example.fi', 'UTF8')) AS oid`);
    const result = await searched([], `SELECT lo_unlink(${row!.oid})`);
    expect(result).toMatchObject({ found: [finding(`large object ${row!.oid}`)], largeObjects: 1 });
  });

  describe('what is expected', () => {
    const table = ['CREATE TABLE elsewhere.tombstone (ref uuid, note text)'];
    const expected: ExpectedValue[] = [{ table: 'elsewhere.tombstone', column: 'ref', kind: 'ref', reason: 'so that she never returns' }];
    const drop = 'DROP TABLE elsewhere.tombstone';

    it('is not found in that column', async () => {
      expect((await searched([...table, `INSERT INTO elsewhere.tombstone VALUES ('${REF}', 'erased')`, 'ANALYZE elsewhere.tombstone'], drop, expected)).found).toEqual([]);
      expect((await searched([...table, `INSERT INTO elsewhere.tombstone VALUES ('${REF}', 'erased')`], drop)).found).toEqual([finding('elsewhere.tombstone')]);
    });
    it('is found in any other column of the same row', async () => {
      expect((await searched([...table, `INSERT INTO elsewhere.tombstone VALUES ('${REF}', 'was ${REF}')`], drop, expected)).found).toEqual([finding('elsewhere.tombstone')]);
    });
    it('is found in the same column of any other table', async () => {
      const other = ['CREATE TABLE elsewhere.other (ref uuid)', `INSERT INTO elsewhere.other VALUES ('${REF}')`];
      expect((await searched([...table, ...other], `${drop}; DROP TABLE elsewhere.other`, expected)).found).toEqual([finding('elsewhere.other')]);
    });
    it('leaves her other values found in that row', async () => {
      expect((await searched([...table, `INSERT INTO elsewhere.tombstone VALUES ('${REF}', 'Aino Virtanen, Mäkitie 5')`], drop, expected)).found).toEqual([finding('elsewhere.tombstone')]);
      expect((await searched([...table, `INSERT INTO elsewhere.tombstone VALUES ('${REF}', '+358451206627')`], drop, expected)).found).toEqual([finding('elsewhere.tombstone')]);
    });
    it('can be name and street, of another customer who lives there', async () => {
      const together: ExpectedValue[] = [{ table: 'elsewhere.tombstone', column: 'note', kind: 'together', reason: 'of the same name at the same address' }];
      expect((await searched([...table, `INSERT INTO elsewhere.tombstone VALUES (NULL, 'Aino Virtanen, Mäkitie 5')`], drop, together)).found).toEqual([]);
    });
  });

  it('sees one moment: rows that come meanwhile are of the next search', async () => {
    await dataSource.query('CREATE TABLE elsewhere.a (email text)');
    await dataSource.query('CREATE TABLE elsewhere.b (email text)');
    await dataSource.query(`INSERT INTO elsewhere.a VALUES ('aino.virtanen@example.fi')`);
    const moving = setInterval(() => { void dataSource.query(`WITH gone AS (DELETE FROM elsewhere.b RETURNING email), went AS (DELETE FROM elsewhere.a RETURNING email), came AS (INSERT INTO elsewhere.b SELECT email FROM went) INSERT INTO elsewhere.a SELECT email FROM gone`).catch(() => undefined); }, 1);
    try {
      for (let round = 0; round < 10; round += 1) expect((await searchDatabase(dataSource, needles, 'register')).found).toHaveLength(1);
    } finally {
      clearInterval(moving);
      await dataSource.query('DROP TABLE elsewhere.a, elsewhere.b');
    }
  }, 30_000);

  it('tells of a table that lies elsewhere and is away, and goes on', async () => {
    const admin = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    try {
      await admin.query(`CREATE EXTENSION IF NOT EXISTS file_fdw; CREATE SERVER disk FOREIGN DATA WRAPPER file_fdw; CREATE FOREIGN TABLE elsewhere.away (email text) SERVER disk OPTIONS (filename '/nowhere/at/all.csv'); CREATE TABLE elsewhere.zz_open AS SELECT 'aino.virtanen@example.fi' AS email`);
      const { found, unsearched } = await searchDatabase(admin, needles, 'register');
      expect(found).toEqual([finding('elsewhere.zz_open')]);
      expect(unsearched).toEqual([{ store: 'register', place: 'elsewhere.away', reason: '58P01' }]);
    } finally {
      await admin.query('DROP SERVER IF EXISTS disk CASCADE; DROP TABLE IF EXISTS elsewhere.zz_open');
      await admin.destroy();
    }
  });

  it('does not mind a table that is dropped while it waits for it', async () => {
    await dataSource.query(`CREATE TABLE elsewhere.dropped (email text); CREATE TABLE elsewhere.zz_open AS SELECT 'aino.virtanen@example.fi' AS email`);
    const other = dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query('DROP TABLE elsewhere.dropped');
    const searching = searchDatabase(dataSource, needles, 'register');
    await waitFor('a search that waits', async () => (await dataSource.query<unknown[]>('SELECT 1 FROM pg_locks WHERE NOT granted'))[0]);
    await other.commitTransaction();
    await other.release();
    const { found, unsearched } = await searching;
    await dataSource.query('DROP TABLE elsewhere.zz_open');
    expect({ found, unsearched }).toEqual({ found: [finding('elsewhere.zz_open')], unsearched: [] });
  });

  it('tells what it may not read', async () => {
    const admin = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    const role = `reader_${database.url.split('_').at(-1)!}`;
    await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'reader'`);
    await admin.query(`GRANT USAGE ON SCHEMA elsewhere TO ${role}`);
    await admin.query('CREATE TABLE elsewhere.closed (email text)');
    await admin.query('CREATE TABLE elsewhere.guarded (email text)');
    await admin.query(`GRANT SELECT ON elsewhere.guarded TO ${role}`);
    const url = new URL(database.url);
    [url.username, url.password] = [role, 'reader'];
    const reader = await new DataSource({ type: 'postgres', url: url.href }).initialize();
    try {
      const [object] = await admin.query<{ oid: number }[]>(`SELECT lo_from_bytea(0, 'x') AS oid`);
      const { unsearched } = await searchDatabase(reader, needles, 'register');
      expect(unsearched).toEqual(expect.arrayContaining([
        { store: 'register', place: 'elsewhere.closed', reason: '42501' }, { store: 'register', place: `large object ${object!.oid}`, reason: '42501' },
      ]));
      await admin.query(`SELECT lo_unlink(${object!.oid})`);
      await admin.query('ALTER TABLE elsewhere.guarded ENABLE ROW LEVEL SECURITY');
      await admin.query(`CREATE SCHEMA walled; CREATE TABLE walled.inner (email text); GRANT SELECT ON walled.inner TO ${role}`);
      await admin.query(`CREATE TABLE elsewhere.zz_open (email text); INSERT INTO elsewhere.zz_open VALUES ('aino.virtanen@example.fi'); GRANT SELECT ON elsewhere.zz_open TO ${role}`);
      const partly = await searchDatabase(reader, needles, 'register');
      expect(partly.found).toEqual([finding('elsewhere.zz_open')]);
      expect(partly.unsearched).toEqual(expect.arrayContaining(['elsewhere.guarded', 'walled.inner'].map((place) => ({ store: 'register', place, reason: '42501' }))));
    } finally {
      await reader.destroy();
      await admin.query('DROP SCHEMA IF EXISTS walled CASCADE; DROP TABLE IF EXISTS elsewhere.closed, elsewhere.guarded, elsewhere.zz_open');
      await admin.query(`DROP OWNED BY ${role}`);
      await admin.query(`DROP ROLE ${role}`);
      await admin.destroy();
    }
  });
});
