import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import type { Client } from 'pg';
import { ErasureStatementSchema } from '#contracts/applied.v1.js';

/** The three databases an erasure goes through. */
export interface Stores {
  readonly register: Client;
  readonly log: Client;
  readonly marketing: Client;
}

/** How far an erasure of many has come. */
export interface Counts {
  readonly cases: number;
  readonly answered: number;
  /** Searched for, nothing found, certificate issued. */
  readonly closed: number;
  readonly logged: number;
  /** Of those in the log: known to be carried out. */
  readonly carriedOut: number;
}

export async function countErased({ register, log }: Pick<Stores, 'register' | 'log'>): Promise<Counts> {
  const { rows: [here] } = await register.query<Pick<Counts, 'cases' | 'answered' | 'closed'>>(
    'SELECT count(*)::int AS cases, count(answered_at)::int AS answered, count(closed_at)::int AS closed FROM erasure_case');
  const { rows: [there] } = await log.query<Pick<Counts, 'logged' | 'carriedOut'>>('SELECT count(*)::int AS logged, count(done_at)::int AS "carriedOut" FROM erasure');
  if (!here || !there) throw new Error('a count came without a row');
  return { ...here, ...there };
}

/** Whom the register has now: customer id → reference. */
export async function everybody(register: Client): Promise<ReadonlyMap<string, string>> {
  const { rows } = await register.query<{ id: string; ref: string }>('SELECT id, ref FROM customer');
  return new Map(rows.map(({ id, ref }) => [id, ref]));
}

/**
 * What is wrong after everybody of `people` was erased, as sentences without personal data: each must be gone on both sides, have one case and
 * one entry in the log, about the same case, and a statement that marketing signed about her and that says that nothing is left.
 * @param people customer id → reference; @param keys of marketing's statements
 */
export async function findErasureFaults({ register, log, marketing }: Stores, people: ReadonlyMap<string, string>, keys: JSONWebKeySet): Promise<string[]> {
  const [ids, refs] = [[...people.keys()], [...people.values()]];
  const faults: string[] = [];
  const expectCount = (what: string, found: number, wanted: number): void => { if (found !== wanted) faults.push(`${what}: ${found} in place of ${wanted}`); };
  const count = async (client: Client, statement: string, values: unknown[]): Promise<number> => (await client.query<{ n: number }>(statement, values)).rows[0]?.n ?? -1;

  expectCount('customers left', await count(register, 'SELECT count(*)::int AS n FROM customer WHERE id = ANY($1::uuid[])', [ids]), 0);
  expectCount('proofs left', await count(register, 'SELECT count(*)::int AS n FROM consent_record WHERE customer_id = ANY($1::uuid[])', [ids]), 0);
  expectCount('contacts left', await count(marketing, 'SELECT count(*)::int AS n FROM contact WHERE ref = ANY($1::uuid[])', [refs]), 0);
  expectCount('remembered as erased', await count(marketing, 'SELECT count(*)::int AS n FROM ref_state WHERE erased AND ref = ANY($1::uuid[])', [refs]), refs.length);

  const { rows: entries } = await log.query<{ ref: string; case_id: string; n: number }>(
    'SELECT ref, min(case_id::text) AS case_id, count(*)::int AS n FROM erasure WHERE ref = ANY($1::uuid[]) GROUP BY ref', [refs]);
  expectCount('persons in the log', entries.length, refs.length);
  expectCount('persons twice in the log', entries.filter(({ n }) => n > 1).length, 0);
  expectCount('emails twice in the log', await count(log,
    'SELECT (count(email_digest) - count(DISTINCT email_digest))::int AS n FROM erasure WHERE ref = ANY($1::uuid[])', [refs]), 0);

  const logged = new Map(entries.map(({ ref, case_id: caseId }) => [ref, caseId]));
  const { rows: cases } = await register.query<{ id: string; ref: string; statement: string | null }>(
    'SELECT id, ref, statement FROM erasure_case WHERE ref = ANY($1::uuid[])', [refs]);
  expectCount('cases', cases.length, refs.length);
  expectCount('persons with a case', new Set(cases.map(({ ref }) => ref)).size, refs.length);
  expectCount('cases the log knows', cases.filter(({ id, ref }) => logged.get(ref) === id).length, refs.length);
  const keySet = createLocalJWKSet(keys);
  let truthful = 0;
  for (const { ref, statement } of cases) if (statement !== null && (await isAbout(statement, ref, keySet))) truthful += 1;
  expectCount('answers that marketing signed', truthful, refs.length);
  return faults;
}

async function isAbout(statement: string, ref: string, keys: ReturnType<typeof createLocalJWKSet>): Promise<boolean> {
  const verified = await compactVerify(statement, keys).catch(() => undefined);
  if (!verified) return false;
  const said = ErasureStatementSchema.parse(JSON.parse(new TextDecoder().decode(verified.payload)));
  return said.ref === ref && said.rowsLeft === 0;
}

/** Changes lines of the log that stand, as time or a lost backup would. */
export async function rewriteLog(log: Client, sql: string, values: readonly unknown[]): Promise<void> {
  await log.query('ALTER TABLE erasure DISABLE TRIGGER erasure_stands');
  await log.query(sql, [...values]);
  await log.query('ALTER TABLE erasure ENABLE TRIGGER erasure_stands');
}
