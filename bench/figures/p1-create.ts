import { QUEUES } from '#messaging/topology.js';
import { createCustomersByPgbench } from '../limits/create-customer.js';
import { customerBody } from '../support/customer-body.js';
import { fillBaseline, fillRegister, withClient } from '../support/databases.js';
import { type Bench, type Figure, type Row, row } from '../support/figure.js';
import { load, type LoadResult } from '../support/http-load.js';
import { LupaClient, startRegister } from '../support/lupa.js';
import { BASELINE_QUEUE, databaseForLimit, purge, registerDatabase, startBaseline } from '../support/programs.js';
import { keyOf, nextNumber, post } from '../support/requests.js';
import { postmasterOf, processorTime, processorTimeOfFamily } from '../support/processor-time.js';
import { median, percentile, significant } from '../support/statistics.js';

const CONNECTIONS = 32;
const WARM_UP_SECONDS = 2;
const ROUND_SECONDS = 3;
const ROUNDS = 3;

interface Candidate {
  readonly name: string;
  /** The program's own process, if it is one besides PostgreSQL. */
  readonly pid?: number;
  round(seconds: number): Promise<Measured>;
}

/** `load` is missing for pgbench, which tells its rate only. */
interface Measured { readonly perSecond: number; readonly count: number; readonly load?: LoadResult }

/** Processor time of one request in milliseconds, in the program and in PostgreSQL: hardly moved by others on the same cores. */
interface Cost { readonly program: number; readonly postgres: number }

type Round = Measured & { readonly cost: Cost };

/** Three programs do the same task in turn, so that a busy minute of the machine meets them all. */
export const createFigure: Figure = {
  ids: ['P1'],
  title: 'creating customers',
  async measure(bench) {
    const register = await startRegister(bench.environment);
    const baseline = await startBaseline(bench);
    const limitUrl = bench.pgbench ? await databaseForLimit(bench) : undefined;
    const client = await LupaClient.introduce(bench.environment);
    await Promise.all([
      fillRegister(registerDatabase(bench), bench.size), fillBaseline(baseline.databaseUrl, bench.size), limitUrl && fillRegister(limitUrl, bench.size),
    ]);
    const candidates: Candidate[] = [
      { name: 'the tutorial way', pid: baseline.pid, round: (seconds) => overHttp(baseline.url, seconds, baselineRequests(client)) },
      { name: 'Lupa', pid: register.pid, round: (seconds) => lupaRound(bench, client, seconds, [QUEUES.changes, BASELINE_QUEUE]) },
    ];
    const { pgbench } = bench;
    if (pgbench && limitUrl) candidates.push({ name: 'pgbench', round: (seconds) => createCustomersByPgbench(pgbench, limitUrl, seconds) });
    else bench.remark('P1: no pgbench on this machine, so no limit');
    try {
      return rows(bench, await rounds(bench, candidates));
    } finally {
      await Promise.all([register.stop(), baseline.stop()]);
    }
  },
};

async function rounds(bench: Bench, candidates: readonly Candidate[]): Promise<Round[][]> {
  const postmaster = await withClient(registerDatabase(bench), postmasterOf);
  const results: Round[][] = candidates.map(() => []);
  let done = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [i, candidate] of candidates.entries()) {
      bench.progress(done++ / (candidates.length * (ROUNDS + 1)), candidate.name);
      const result = await costed(candidate, postmaster, () => candidate.round(round === 0 ? WARM_UP_SECONDS : ROUND_SECONDS));
      if (result.load && result.load.refused > 0) throw new Error(`${candidate.name} refused ${result.load.refused} requests, the first with:\n${result.load.firstRefusal}`);
      if (round > 0) results[i]?.push(result);
    }
  }
  return results;
}

async function costed({ pid }: Candidate, postmaster: number | undefined, round: () => Promise<Measured>): Promise<Round> {
  const used = () => ({
    program: pid === undefined ? 0 : (processorTime(pid) ?? Number.NaN),
    postgres: postmaster === undefined ? Number.NaN : (processorTimeOfFamily(postmaster) ?? Number.NaN),
  });
  const before = used();
  const result = await round();
  const after = used();
  return { ...result, cost: { program: (after.program - before.program) / result.count, postgres: (after.postgres - before.postgres) / result.count } };
}

function rows(bench: Bench, [tutorial = [], lupa = [], limits = []]: readonly Round[][]): Row[] {
  const perSecond = (results: readonly Round[]) => median(results.map((result) => result.perSecond));
  const latency = (results: readonly Round[], share: number) => median(results.map(({ load }) => percentile(load?.latencies ?? [], share)));
  const cost = (results: readonly Round[], part: keyof Cost) => significant(median(results.map((result) => result.cost[part])));
  const client = Math.max(...lupa.map(({ load }) => load?.clientCpu ?? 0));
  bench.remark(`P1: the load generator used ${Math.round(client * 100)} % of one core at most; marketing was not running, the relay was`);
  bench.remark(`P1: processor time of one request, program + PostgreSQL: Lupa ${cost(lupa, 'program')} + ${cost(lupa, 'postgres')} ms, `
    + `baseline ${cost(tutorial, 'program')} + ${cost(tutorial, 'postgres')} ms, limit ${cost(limits, 'postgres')} ms`);
  const tutorialP50 = latency(tutorial, 0.5);
  return [
    row({ id: 'P1', what: 'customers created', lupa: perSecond(lupa), baseline: perSecond(tutorial), limit: limits.length > 0 ? perSecond(limits) : null, unit: '/s' },
      '≥ 8 × baseline, ≥ 0.4 × limit', ({ toBaseline, toLimit }) => (toBaseline ?? 0) >= 8 && (toLimit ?? 0) >= 0.4),
    row({ id: 'P1-p50', what: 'the same, time of one request, median', lupa: latency(lupa, 0.5), baseline: tutorialP50, unit: 'ms' }),
    row({ id: 'P1-p99', what: 'the same, 99th percentile, beside the baseline’s median', lupa: latency(lupa, 0.99), baseline: tutorialP50, unit: 'ms' },
      '≤ 2 × baseline', ({ toBaseline }) => (toBaseline ?? Infinity) <= 2),
  ];
}

async function overHttp(url: string, seconds: number, nextRequest: () => Buffer): Promise<Measured> {
  const result = await load({ url, connections: CONNECTIONS, seconds, nextRequest });
  return { perSecond: result.perSecond, count: result.latencies.length, load: result };
}

/** Afterwards the marks for marketing are taken away, so that the relay does not send them again during somebody else's round, and so are the messages in `queues`. */
export async function lupaRound(bench: Bench, client: LupaClient, seconds: number, queues: readonly string[]): Promise<Measured> {
  const consent = client.consent('granted');
  const nextRequest = () => {
    const n = nextNumber();
    return post('/v1/customers', customerBody(n, consent), { authorization: `Bearer ${client.token}`, 'idempotency-key': keyOf(n) });
  };
  const result = await overHttp(client.register, seconds, nextRequest);
  await withClient(registerDatabase(bench), async (database) => {
    await database.query('DELETE FROM sync_pending');
    await database.query('VACUUM sync_pending');
  });
  await purge(bench, queues);
  return result;
}

function baselineRequests(client: LupaClient): () => Buffer {
  const { wording, ...evidence } = client.consent('granted');
  return () => {
    const { contact: { address, ...contact }, demographics, interests } = customerBody(nextNumber(), client.consent('granted'));
    return post('/customers', {
      ...contact, ...address, ...demographics, interests,
      consents: [{ purpose: 'marketing', channel: 'email', ...evidence, wordingId: wording.id, wordingVersion: wording.version }],
    });
  };
}
