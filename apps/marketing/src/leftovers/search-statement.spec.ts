import { randomUUID } from 'node:crypto';
import { caseDigest, MAX_LISTED, SearchStatementSchema } from '#contracts/search.v1.js';
import { searchStatement, type StoreSearched } from './search-statement.js';

const round = { roundId: randomUUID(), searchedAt: '2026-11-23T09:00:00.000Z', cases: 3 };
const store = (found: StoreSearched['found'], unsearched: StoreSearched['unsearched'] = []): StoreSearched =>
  ({ store: 'marketing', what: 'tables', number: 7, bytes: 1_000, found, unsearched });
const finding = (caseId: string, place: string) => ({ caseId, store: 'marketing', place, count: 2 });

describe('the statement about a search', () => {
  it('names every case that was found, though not every place', () => {
    const [noisy, quiet] = [randomUUID(), randomUUID()];
    const found = [...Array.from({ length: MAX_LISTED + 5 }, (_, at) => finding(noisy, `public.t${at}`)), finding(quiet, 'public.contact')];
    const statement = SearchStatementSchema.parse(searchStatement(round, [store(found), store([])]));
    expect(statement.found).toHaveLength(MAX_LISTED + 2);
    expect(statement.found).toContainEqual({ case: caseDigest(quiet), store: 'marketing', place: 'public.contact', count: 2 });
    expect(statement).toMatchObject({ ...round, stores: [{ store: 'marketing', what: 'tables', number: 7, bytes: 1_000 }, {}], more: { found: 4, unsearched: 0 } });
    expect(JSON.stringify(statement)).not.toContain(noisy);
  });

  it('counts what the search itself has not listed', () => {
    const listed = { store: 'marketing', what: 'tables', number: 7, bytes: 1_000, found: [], unsearched: [] } as const;
    expect(searchStatement(round, [{ ...listed, more: { found: 3, unsearched: 2 } }, { ...listed, more: { found: 1, unsearched: 0 } }]).more).toEqual({ found: 4, unsearched: 2 });
  });
  it('counts what it does not list of the places that could not be searched', () => {
    const unsearched = Array.from({ length: MAX_LISTED + 2 }, (_, at) => ({ store: 'logs', place: `${'x/'.repeat(200)}${at}`, reason: 'EACCES' }));
    const statement = SearchStatementSchema.parse(searchStatement(round, [store([], unsearched)]));
    expect(statement.more).toEqual({ found: 0, unsearched: 2 });
    expect(statement.unsearched[7]!.place).toMatch(/^….{297}\/7$/);
  });
});
