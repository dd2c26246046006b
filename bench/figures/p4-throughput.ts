import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'amqplib';
import type pg from 'pg';
import { type ApplyRates, applyRates, publishRate } from '../limits/apply-changes.js';
import { withClient } from '../support/databases.js';
import { type Bench, type Figure, type Row, row } from '../support/figure.js';
import { LupaClient, startMarketing, startRegister } from '../support/lupa.js';
import { OPT_EVERYBODY_IN, OPT_EVERYBODY_OUT } from '../support/opted-in.sql.js';
import { amqpUrl, marketingDatabase, registerDatabase, startBaselineMarketing } from '../support/programs.js';
import { until } from '../support/until.js';

/** The baseline does a few hundred a second at best: a fifth of the people tells as much. */
const BASELINE_SHARE = 5;
/** More people than this tell nothing new, and the baseline would take an hour. How it goes with millions is P8's and P9's matter. */
const MOST = 100_000;
const BASELINE_PATIENCE_MS_EACH = 20;

/** How many changes of consent reach marketing and are answered in a second, the whole way. */
export const throughputFigure: Figure = {
  ids: ['P4'],
  title: 'changes of consent',
  async measure(bench) {
    const count = Math.min(Math.max(bench.size, 1_000), MOST);
    const baselineCount = Math.ceil(count / BASELINE_SHARE);
    bench.progress(0, 'Lupa');
    const lupa = await lupaRates(bench, count);
    bench.progress(0.6, 'the tutorial way');
    const baseline = await baselineRates(bench, baselineCount);
    bench.progress(0.9, 'publishing and storing alone');
    const published = await publishRate(amqpUrl(bench), count);
    const applied = await applyRates(marketingDatabase(bench), count);
    bench.remark(`P4: ${count} people, baseline ${baselineCount}; alone: publishing ${Math.round(published)}/s, storing opt-outs ${Math.round(applied.optOuts)}/s, opt-ins ${Math.round(applied.optIns)}/s`);
    return [
      figureRow('P4', 'opt-outs, committed → applied and answered', lupa.optOuts, baseline.optOuts, Math.min(published, applied.optOuts), 5_000),
      figureRow('P4-in', 'opt-ins, committed → data pulled, applied and answered', lupa.optIns, baseline.optIns, Math.min(published, applied.optIns), 3_000),
    ];
  },
};

function figureRow(id: string, what: string, lupa: number, baseline: number, limit: number, least: number): Row {
  return row({ id, what, lupa, baseline, limit, unit: '/s' }, `≥ ${least.toLocaleString('en')}/s, ≥ 10 × baseline`, (r) => r.lupa >= least && (r.toBaseline ?? 0) >= 10);
}

async function lupaRates(bench: Bench, count: number): Promise<ApplyRates> {
  const register = await startRegister(bench.environment);
  const marketing = await startMarketing(bench.environment);
  try {
    const client = await LupaClient.introduce(bench.environment);
    await until('marketing’s lists are open', () => client.listsAreOpen());
    return await withClient(registerDatabase(bench), async (database) => {
      const optIns = await answeredRate(database, count, () => database.query(OPT_EVERYBODY_IN, [count]));
      await assertListed(bench, count);
      const optOuts = await answeredRate(database, count, () => database.query(OPT_EVERYBODY_OUT));
      await assertListed(bench, 0);
      return { optIns, optOuts };
    });
  } finally {
    await Promise.all([register.stop(), marketing.stop()]);
  }
}

/** Counts from the commit until marketing's answers have cleared every mark. */
export async function answeredRate(database: pg.Client, count: number, change: () => Promise<unknown>): Promise<number> {
  await change();
  const committed = performance.now();
  for (;;) {
    const { rows: [left] } = await database.query<{ any: boolean }>('SELECT EXISTS (SELECT FROM sync_pending) AS any');
    if (!left?.any) return (count / (performance.now() - committed)) * 1_000;
    if (performance.now() - committed > 300_000) throw new Error('changes were not answered within five minutes');
    await sleep(20);
  }
}

async function assertListed(bench: Bench, count: number): Promise<void> {
  await withClient(marketingDatabase(bench), async (database) => {
    const { rows: [found] } = await database.query<{ n: number }>('SELECT count(*)::int AS n FROM contact WHERE email_since IS NOT NULL');
    if (found?.n !== count) throw new Error(`marketing lists ${found?.n ?? 0} people in place of ${count}`);
  });
}

/** The events lie ready in the queue, published by the bench itself: only the receiving half is measured, to its advantage. */
async function baselineRates(bench: Bench, count: number): Promise<ApplyRates> {
  const baseline = await startBaselineMarketing(bench);
  const connection = await connect(amqpUrl(bench));
  try {
    const channel = await connection.createChannel();
    const ids = Array.from({ length: count }, () => randomUUID());
    const person = { firstName: 'Aino', lastName: 'Virtanen', email: 'asiakas@example.fi', language: 'fi', birthYear: 1987, interests: ['balloons', 'birthday'] };
    const rate = async (pattern: string, dataOf: (id: string) => object, target: number) => {
      const started = performance.now();
      for (const id of ids) channel.sendToQueue(baseline.queue, Buffer.from(JSON.stringify({ pattern, data: dataOf(id) })));
      await until('the baseline has stored everything', async () => {
        const answer = await fetch(`${baseline.url}/contacts/count`);
        return ((await answer.json()) as { count: number }).count === target;
      }, 60_000 + count * BASELINE_PATIENCE_MS_EACH);
      return (count / (performance.now() - started)) * 1_000;
    };
    const optIns = await rate('customer_opted_in', (id) => ({ id, ...person }), count);
    return { optIns, optOuts: await rate('customer_opted_out', (id) => ({ id }), 0) };
  } finally {
    await connection.close();
    await baseline.stop();
  }
}
