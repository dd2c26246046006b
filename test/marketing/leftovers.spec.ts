import { jest } from '@jest/globals';
import { compactVerify, createLocalJWKSet, exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { caseDigest, type NeedlesReply, SEARCH_STATEMENT_TYPE, type SearchStatement, SearchStatementSchema } from '#contracts/search.v1.js';
import { TOMBSTONES } from '#marketing/leftovers/tombstones.sql.js';
import type { MarketingConfig } from '#marketing/marketing.config.js';
import { QUEUES } from '#messaging/topology.js';
import { waitFor } from '#test/support/wait-for.js';
import { changed, person } from './fake-register.js';
import { RunningMarketing } from './running-marketing.js';

jest.setTimeout(60_000);

type Case = NeedlesReply['cases'][number];

/** Somebody erased, as the register hands out what to search for; every one has other values. */
function erased(ref = randomUUID()): Case {
  const { email, phone, firstName, lastName, streetAddress } = person(ref, [1, 1], ['email', 'phone', 'post']);
  return {
    caseId: randomUUID(), together: [[firstName!, lastName!, streetAddress!]],
    values: [{ kind: 'email', text: email! }, { kind: 'phone', text: phone! }, { kind: 'customer-id', text: randomUUID() }, { kind: 'ref', text: ref }],
  };
}
const valueOf = (sought: Case, kind: Case['values'][number]['kind']): string => sought.values.find((value) => value.kind === kind)!.text;

describe('the search for what erasures have left', () => {
  let marketing: RunningMarketing;
  let root: string;
  let configuration: Pick<MarketingConfig, 'exports' | 'searchDirectories'>;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'lupa-leftovers-'));
    marketing = await RunningMarketing.prepare('leftovers');
    await mkdir(join(root, 'logs'));
    configuration = {
      exports: { ...marketing.config.exports, directory: join(root, 'exports') },
      searchDirectories: [{ store: 'logs', path: join(root, 'logs') }],
    };
    await marketing.start(configuration);
    marketing.register.come();
  });
  afterAll(async () => {
    await marketing.close();
    await rm(root, { recursive: true });
  });
  afterEach(() => marketing.database.query('DROP TABLE IF EXISTS added'));

  const keys = async (): Promise<JSONWebKeySet> => (await marketing.request('GET', '/.well-known/lupa-statement-keys.json', undefined, [])).body as unknown as JSONWebKeySet;
  async function verified(statement: string): Promise<SearchStatement> {
    const { payload, protectedHeader } = await compactVerify(statement, createLocalJWKSet(await keys()), { algorithms: ['ES256'] });
    expect(protectedHeader.typ).toBe(SEARCH_STATEMENT_TYPE);
    return SearchStatementSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
  }
  const searchedFor = async (...cases: Case[]): Promise<SearchStatement> => verified(await marketing.register.statement(await marketing.register.askForSearch(cases)));
  const finding = (sought: Case, store: string, place: string, count = 1) => ({ case: caseDigest(sought.caseId), store, place, count });

  it('finds nothing of people who are erased, only their tombstones, and says how much it has read', async () => {
    const refs = [randomUUID(), randomUUID(), randomUUID()];
    for (const ref of refs) {
      marketing.register.people.set(ref, person(ref, [1, 1], ['email', 'phone', 'post']));
      await marketing.register.tell(changed(ref, [1, 1], ['email', 'phone', 'post']));
      await marketing.register.answer(ref);
    }
    await marketing.database.query('ANALYZE contact');
    const [gone] = refs.map(erased);
    expect((await searchedFor(gone!)).found.map(({ place }) => place)).toEqual(expect.arrayContaining(['public.contact', 'statistics of public.contact.email']));

    await marketing.register.tell(...refs.map((ref) => changed(ref, [1, 2], [], true)));
    for (const ref of refs) await marketing.register.answer(ref, 2);
    const toldAt = new Date().toISOString();
    const roundId = await marketing.register.askForSearch(refs.map(erased));
    const statement = await verified(await marketing.register.statement(roundId));
    const [{ tables } = { tables: 0 }] = await marketing.database.query<{ tables: number }[]>(`SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = 'public'`);
    expect(statement).toMatchObject({ roundId, cases: 3, found: [], unsearched: [], more: { found: 0, unsearched: 0 } });
    expect(statement.stores).toEqual([
      { store: 'marketing', what: 'tables', number: tables, bytes: expect.any(Number) }, { store: 'marketing-exports', what: 'files', number: 0, bytes: 0 },
      { store: 'logs', what: 'files', number: 0, bytes: 0 },
    ]);
    expect(statement.stores[0]!.bytes).toBeGreaterThan(1_000);
    expect(statement.searchedAt > toldAt).toBe(true);
  });

  it('finds them wherever they are, and names neither them nor what was found', async () => {
    const [inTable, inLog, inExport, nowhere, together] = [erased(), erased(), erased(), erased(), erased()] as const;
    await marketing.database.query('CREATE TABLE added (note text, other jsonb)');
    await marketing.database.query('INSERT INTO added VALUES ($1, NULL), ($2, NULL), (NULL, $3)', [`to ${valueOf(inTable, 'email')}`, valueOf(inTable, 'ref'), JSON.stringify(together.together[0])]);
    await mkdir(configuration.exports.directory, { recursive: true });
    await writeFile(join(configuration.exports.directory, 'forgotten.csv'), `x;${valueOf(inExport, 'phone')}\n`);
    await writeFile(join(root, 'logs', 'service.log.gz'), gzipSync(`GET /v1/customers/${valueOf(inLog, 'customer-id')}\n`));
    const cases = [inTable, inLog, inExport, nowhere, together];
    const answered = marketing.register.searched.length;
    const statement = await searchedFor(...cases);
    expect(statement.found).toHaveLength(4);
    expect(statement.found).toEqual(expect.arrayContaining([
      finding(inTable, 'marketing', 'public.added', 2), finding(together, 'marketing', 'public.added'),
      finding(inExport, 'marketing-exports', 'forgotten.csv'), finding(inLog, 'logs', 'service.log.gz'),
    ]));
    await waitFor('the alarm in the log', () => marketing.log.some((line) => line.includes('"leftovers-found"') && line.includes('"count":4')));
    const [message] = marketing.register.searched.slice(answered);
    const told = `${JSON.stringify(message)} ${JSON.stringify(statement)} ${marketing.log.join('')}`;
    for (const { caseId, values, together: groups } of cases) for (const secret of [caseId, ...values.map(({ text }) => text), ...groups.flat()]) expect(told).not.toContain(secret);
    await rm(configuration.exports.directory, { recursive: true });
    await rm(join(root, 'logs', 'service.log.gz'));
    await marketing.database.query('DELETE FROM added');
    expect((await searchedFor(...cases)).found).toEqual([]);
  });

  it('looks for the same reference in other columns than that of the tombstone', async () => {
    const sought = erased();
    await marketing.database.query('CREATE TABLE added (ref uuid)');
    await marketing.database.query('INSERT INTO added VALUES ($1)', [valueOf(sought, 'ref')]);
    expect((await searchedFor(sought)).found).toEqual([finding(sought, 'marketing', 'public.added')]);
  });

  it('says what could not be searched', async () => {
    await rm(join(root, 'logs'), { recursive: true });
    expect((await searchedFor(erased())).unsearched).toEqual([{ store: 'logs', place: '.', reason: 'ENOENT' }]);
    await mkdir(join(root, 'logs'));
  });

  it('forgets a round that the register does not know, and goes on', async () => {
    const over = await marketing.register.askForSearch([]);
    marketing.register.rounds.delete(over);
    expect((await searchedFor(erased())).found).toEqual([]);
    expect(marketing.register.searched.map(({ roundId }) => roundId)).not.toContain(over);
    expect(marketing.log.filter((line) => line.includes('"search-round-over"'))).toHaveLength(1);
  });

  it('searches no further when the register has given the round up meanwhile', async () => {
    const other = marketing.database.createQueryRunner();
    await other.query('CREATE TABLE added (note text)');
    await other.startTransaction();
    await other.query('LOCK TABLE added IN ACCESS EXCLUSIVE MODE'); // a search that takes long
    const givenUp = await marketing.register.askForSearch([erased()]);
    await waitFor('a search that waits', async () => (await other.query('SELECT 1 FROM pg_locks WHERE NOT granted') as unknown[])[0]);
    marketing.register.rounds.delete(givenUp);
    const told = marketing.log.filter((line) => line.includes('"search-round-over"')).length;
    await other.rollbackTransaction();
    await other.release();
    await waitFor('the end of the round', () => marketing.log.filter((line) => line.includes('"search-round-over"')).length > told);
    expect((await searchedFor(erased())).found).toEqual([]);
    expect(marketing.register.searched.map(({ roundId }) => roundId)).not.toContain(givenUp);
  });

  it('keeps a request until it is answered: while the register fails, and when marketing stops in the middle', async () => {
    const roundId = await marketing.register.askForSearch({} as never); // it stumbles over them
    await waitFor('a failed try', () => marketing.log.some((line) => line.includes('batch-failed') && line.includes(QUEUES.search)));
    await marketing.stop();
    await waitFor('the request to be back in the queue', async () => await marketing.vhost.ready(QUEUES.search) === 1);

    marketing.register.rounds.set(roundId, [erased()]);
    const other = marketing.database.createQueryRunner();
    await other.startTransaction();
    await other.query('CREATE TABLE added (note text)');
    await other.commitTransaction();
    await other.startTransaction();
    await other.query('LOCK TABLE added IN ACCESS EXCLUSIVE MODE'); // a search that takes long
    await marketing.start(configuration);
    await waitFor('a search that waits', async () => (await other.query('SELECT 1 FROM pg_locks WHERE NOT granted') as unknown[])[0]);
    await marketing.stop();
    expect(marketing.log.some((line) => line.includes('SearchInterrupted'))).toBe(true); // it did not have to be waited for
    await waitFor('the request to be back in the queue', async () => await marketing.vhost.ready(QUEUES.search) === 1);
    await other.rollbackTransaction();
    await other.release();

    await marketing.start(configuration);
    expect((await verified(await marketing.register.statement(roundId))).roundId).toBe(roundId);
    await waitFor('the ack', async () => await marketing.vhost.ready(QUEUES.search) === 0);
    expect(marketing.register.searched.filter((answer) => answer.roundId === roundId)).toHaveLength(1);
  });

  it('publishes the keys of statements made before, under their thumbprints', async () => {
    const before = await marketing.register.statement(await marketing.register.askForSearch([erased()]));
    const other = await exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey) as MarketingConfig['statementKey'];
    await marketing.stop();
    await marketing.start({ ...configuration, statementKey: other });
    const published = await keys();
    expect(published.keys.map(({ x }) => x)).toEqual([other.x, marketing.statementKey.x]);
    expect(JSON.stringify(published)).not.toContain('"d"');
    await verified(before);
    expect((await searchedFor(erased())).cases).toBe(1);
  });

  it('excepts columns that exist, and no other', async () => {
    for (const { table, column, reason } of TOMBSTONES) {
      const [schema, name] = table.split('.');
      expect(await marketing.database.query(`SELECT 1 AS exists FROM pg_attribute WHERE attrelid = format('%I.%I', $1::text, $2::text)::regclass AND attname = $3`, [schema, name, column])).toEqual([{ exists: 1 }]);
      expect(reason.length).toBeGreaterThan(20);
    }
  });
});
