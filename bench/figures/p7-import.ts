import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { copyIn } from '../limits/copy-in.js';
import { run } from '../support/child.js';
import { customerBody } from '../support/customer-body.js';
import { withClient } from '../support/databases.js';
import { type Bench, type Figure, row } from '../support/figure.js';
import { load } from '../support/http-load.js';
import { type ConsentBody, LupaClient, REGISTER_CLI, startRegister } from '../support/lupa.js';
import { postmasterOf, processorTime, processorTimeOfFamily } from '../support/processor-time.js';
import { databaseForLimit, registerDatabase } from '../support/programs.js';
import { keyOf, nextNumber, post } from '../support/requests.js';
import { significant } from '../support/statistics.js';

/** Fewer would measure the start of the command; more than a million tell nothing new. */
const [FEWEST, MOST] = [20_000, 1_000_000];
/** One row of so many has a phone that is none. */
const BAD_EVERY = 100;
const LOOP_SECONDS = 5;

/** How many customers a second come in from a file, each with a consent and its proof, from the start of the command to its end. */
export const importFigure: Figure = {
  ids: ['P7'],
  title: 'customers from a file',
  async measure(bench) {
    const people = Math.min(Math.max(bench.size, FEWEST), MOST);
    const register = await startRegister(bench.environment);
    const client = await LupaClient.introduce(bench.environment);
    const consent = client.consent('granted');
    await register.stop();
    const folder = mkdtempSync(join(tmpdir(), 'lupa-bench-import-'));
    try {
      const file = join(folder, 'people.csv');
      await pipeline(Readable.from(linesOf(people, consent)), createWriteStream(file));
      bench.progress(0.1, `${people.toLocaleString('en')} rows`);
      const { seconds, taken } = await imported(bench, folder, file, people);
      bench.progress(0.8, 'COPY');
      const copied = bench.pgbench === undefined ? undefined : await copyIn(bench.pgbench, registerDatabase(bench), await databaseForLimit(bench));
      if (copied === undefined) bench.remark('P7: no psql on this machine, so no limit');
      bench.progress(0.9, 'one POST after the other');
      const baseline = await inALoop(bench, client, consent);
      return [row({
        id: 'P7', what: 'customers imported from CSV, with consents', lupa: people / seconds, baseline, limit: copied === undefined ? null : taken / copied, unit: '/s',
      }, '≥ 0.3 × limit', ({ toLimit }) => (toLimit ?? 0) >= 0.3)];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** What somebody writes who has no import. */
async function inALoop(bench: Bench, client: LupaClient, consent: ConsentBody): Promise<number> {
  const register = await startRegister(bench.environment);
  const nextRequest = () => {
    const n = nextNumber();
    return post('/v1/customers', customerBody(n, consent), { authorization: `Bearer ${client.token}`, 'idempotency-key': keyOf(n) });
  };
  const result = await load({ url: client.register, connections: 1, seconds: LOOP_SECONDS, nextRequest });
  await register.stop();
  if (result.refused > 0) throw new Error(`${result.refused} requests were refused, the first with:\n${result.firstRefusal}`);
  return result.perSecond;
}

async function imported(bench: Bench, folder: string, file: string, people: number): Promise<{ seconds: number; taken: number }> {
  return withClient(registerDatabase(bench), async (database) => {
    const postmaster = (await postmasterOf(database)) ?? 0;
    const used = () => ({ bench: processorTime(process.pid) ?? Number.NaN, family: processorTimeOfFamily(process.pid) ?? Number.NaN, postgres: processorTimeOfFamily(postmaster) ?? Number.NaN });
    const before = used();
    const started = performance.now();
    const rejected = join(folder, 'rejected.csv');
    // It ends with 1, because some rows are bad; whether it did the rest is looked at in the database.
    await run(process.execPath, [REGISTER_CLI, 'customers:import', '--file', file, '--rejected', rejected], bench.environment).catch(() => undefined);
    const seconds = (performance.now() - started) / 1_000;
    const after = used();
    const { rows: [stored] } = await database.query<{ customers: number; proofs: number }>('SELECT (SELECT count(*) FROM customer)::int AS customers, (SELECT count(*) FROM sync_pending)::int AS proofs');
    const bad = Math.floor(people / BAD_EVERY);
    const reported = readFileSync(rejected, 'utf8').trim().split('\n').length - 1;
    if (stored?.customers !== people - bad || stored.proofs !== people - bad || reported !== bad) {
      throw new Error(`of ${people} rows ${stored?.customers} customers and ${stored?.proofs} marks came, and ${reported} faults were reported`);
    }
    const each = (from: number, to: number): number => Math.round(((to - from) * 1_000) / people);
    bench.remark(`P7: ${people.toLocaleString('en')} rows in ${significant(seconds)} s, ${bad} of them bad and reported; processor time of one: command ${each(before.family - before.bench, after.family - after.bench)} + PostgreSQL ${each(before.postgres, after.postgres)} µs`);
    return { seconds, taken: people - bad };
  });
}

const COLUMNS = [
  'contact.firstName', 'contact.lastName', 'contact.email', 'contact.phone', 'contact.language', 'contact.address.street', 'contact.address.postalCode', 'contact.address.city',
  'demographics.birthYear', 'interests', 'source.kind',
  ...['decision', 'decidedAt', 'method', 'form', 'sourceSystem', 'wording.id', 'wording.version', 'wording.language', 'wording.sha256'].map((name) => `consents.marketing.email.${name}`),
];

function* linesOf(people: number, { wording, ...consent }: ConsentBody): Generator<string> {
  yield `${COLUMNS.join(',')}\n`;
  const proof = [consent.decision, consent.decidedAt, consent.method, consent.form, consent.sourceSystem, wording.id, wording.version, wording.language, wording.sha256];
  for (let i = 1; i <= people; i++) {
    const { contact: { address, ...contact }, demographics, interests, source } = customerBody(nextNumber(), { wording, ...consent });
    const phone = i % BAD_EVERY === 0 ? 'none' : contact.phone;
    const cells = [contact.firstName, `${contact.lastName} ${i}`, contact.email, phone, contact.language, address.street, address.postalCode, address.city, demographics.birthYear, interests.join(' '), source.kind];
    yield `${[...cells, ...proof].join(',')}\n`;
  }
}
