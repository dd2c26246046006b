import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { customerBody } from '../support/customer-body.js';
import { fillRegister, withClient } from '../support/databases.js';
import { type Bench, type Figure, type Row, row } from '../support/figure.js';
import { LupaClient, startMarketing, startRegister } from '../support/lupa.js';
import { marketingDatabase, registerDatabase } from '../support/programs.js';
import { nextNumber } from '../support/requests.js';
import { median, percentile, significant } from '../support/statistics.js';
import { until } from '../support/until.js';

const SAMPLES = 200;
const PATIENCE_MS = 30_000;
/** Time between two samples: the pair is idle when somebody withdraws. */
const PAUSE_MS = 20;
/** Time between two looks at marketing's row: looking without pause would keep one of two cores from those who are measured. */
const LOOK_MS = 1;

interface Person { readonly id: string; readonly ref: string }
export interface Sample { readonly fromAnswer: number; readonly fromRequest: number; readonly polls: number }

/** How long somebody who has withdrawn is still on marketing's lists. */
export const withdrawalFigure: Figure = {
  ids: ['P2'],
  title: 'withdrawals',
  async measure(bench) {
    const register = await startRegister(bench.environment);
    const marketing = await startMarketing(bench.environment);
    try {
      const client = await LupaClient.introduce(bench.environment);
      await fillRegister(registerDatabase(bench), bench.size);
      const samples = await withdrawals(bench, client, SAMPLES);
      await assertNobodyListed(client);
      return rows(bench, samples);
    } finally {
      await Promise.all([register.stop(), marketing.stop()]);
    }
  },
};

/** Opts people in and lets them withdraw one after the other. */
export function withdrawals(bench: Bench, client: LupaClient, count: number): Promise<Sample[]> {
  return withClient(marketingDatabase(bench), async (lists) => {
    const people = await optIn(bench, client, lists, count);
    const samples: Sample[] = [];
    for (const person of people) {
      samples.push(await withdraw(client, lists, person));
      bench.progress(0.2 + (0.8 * samples.length) / people.length, 'withdrawing');
      await sleep(PAUSE_MS);
    }
    return samples;
  });
}

/** Opts people in through the register and waits until marketing lists them all. */
async function optIn(bench: Bench, client: LupaClient, lists: pg.Client, count: number): Promise<Person[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const { id } = await client.call<{ id: string }>('POST', `${client.register}/v1/customers`, customerBody(nextNumber(), client.consent('granted')));
    ids.push(id);
    bench.progress((0.2 * i) / count, 'opting in');
  }
  const { rows: people } = await withClient(registerDatabase(bench), (database) =>
    database.query<Person>('SELECT id, ref FROM customer WHERE id = ANY ($1::uuid[])', [ids]));
  await until('marketing lists everybody', async () => {
    const { rows: listed } = await lists.query('SELECT 1 FROM contact WHERE ref = ANY ($1::uuid[]) AND email_since IS NOT NULL', [people.map(({ ref }) => ref)]);
    return listed.length === people.length;
  });
  await until('marketing’s lists are open', () => client.listsAreOpen());
  return people;
}

/** One withdrawal, watched on marketing's side from the moment it is asked for. */
async function withdraw(client: LupaClient, lists: pg.Client, { id, ref }: Person): Promise<Sample> {
  let answeredAt: number | undefined;
  const sentAt = performance.now();
  const answer = client
    .call('PUT', `${client.register}/v1/customers/${id}/consents/marketing/email`, client.consent('withdrawn'))
    .then(() => { answeredAt = performance.now(); });
  // A rejection is met at the await below.
  answer.catch(() => undefined);
  let polls = 0;
  for (;;) {
    const { rows: [row] } = await lists.query({ name: 'listed', text: 'SELECT 1 FROM contact WHERE ref = $1 AND email_since IS NOT NULL', values: [ref] });
    polls += 1;
    if (!row) break;
    await sleep(LOOK_MS);
    if (performance.now() - sentAt > PATIENCE_MS) throw new Error('a withdrawal did not arrive within 30 s');
  }
  const goneAt = performance.now();
  await answer;
  return { fromAnswer: Math.max(0, goneAt - (answeredAt ?? goneAt)), fromRequest: goneAt - sentAt, polls };
}

/** The row is what the list is read from; at the end the list itself has to agree. */
async function assertNobodyListed(client: LupaClient): Promise<void> {
  const page = await client.call<{ contacts: unknown[] }>('POST', `${client.marketing}/v1/audience/query`, { channel: 'email', limit: 1 });
  if (page.contacts.length > 0) throw new Error('somebody who has withdrawn is still listed');
}

function rows(bench: Bench, samples: readonly Sample[]): Row[] {
  const answer = samples.map(({ fromAnswer }) => fromAnswer);
  const request = samples.map(({ fromRequest }) => fromRequest);
  const poll = median(samples.map(({ fromRequest, polls }) => fromRequest / polls));
  bench.remark(`P2: ${samples.length} withdrawals; marketing’s row was looked at every ${significant(poll)} ms; counted from the register’s answer`);
  const unit = 'ms';
  return [
    row({ id: 'P2', what: 'withdrawn → gone from the lists, median', lupa: percentile(answer, 0.5), unit }, '≤ 50 ms', ({ lupa }) => lupa <= 50),
    row({ id: 'P2-p99', what: 'the same, 99th percentile', lupa: percentile(answer, 0.99), unit }, '≤ 250 ms', ({ lupa }) => lupa <= 250),
    row({ id: 'P2-request', what: 'counted from the start of the request, median', lupa: percentile(request, 0.5), unit }),
    row({ id: 'P2-request-p99', what: 'counted from the start of the request, 99th percentile', lupa: percentile(request, 0.99), unit }),
  ];
}
