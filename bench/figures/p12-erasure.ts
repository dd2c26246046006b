import { setTimeout as sleep } from 'node:timers/promises';
import { whileChanging } from '../support/change-pump.js';
import { withClient } from '../support/databases.js';
import { type Bench, type Figure, type Row, row } from '../support/figure.js';
import { populate } from '../support/kept-population.js';
import { LupaClient, startMarketing, startRegister } from '../support/lupa.js';
import { registerDatabase } from '../support/programs.js';
import { median, percentile, significant } from '../support/statistics.js';
import { until } from '../support/until.js';

const ERASURES = 400;
const PAUSE_MS = 100;
const CHANGES_PER_SECOND = 100;
const GOAL_MS = 5_000;
const ANSWERED_WITHIN_MS = 60_000;
/** A case closes after a search of everything, which at a million people takes a while. */
const CLOSED_WITHIN_MS = 10 * 60_000;

/**
 * The blind indexes of these people are not keyed, so that the register cannot tell that a housemate has the same phone, and would find
 * her phone with him: those who share one are left out.
 */
const SOME = `
  SELECT id FROM customer c
  WHERE NOT EXISTS (SELECT FROM customer n WHERE n.phone_index = c.phone_index AND n.id <> c.id) ORDER BY ref LIMIT $1`;

interface Sample { readonly answered: number; readonly closed: number | null }

/** From a person's demand until every store has answered, and until everything was searched again, while others change. */
export const erasureFigure: Figure = {
  ids: ['P12'],
  title: 'erasures',
  async measure(bench) {
    await populate(bench, bench.size, (fraction, note) => { bench.progress(fraction * 0.5, note); });
    const register = await startRegister(bench.environment);
    const marketing = await startMarketing(bench.environment);
    try {
      const client = await LupaClient.introduce(bench.environment);
      await until('marketing’s lists are open', () => client.listsAreOpen());
      const { value: samples, pumped } = await whileChanging(bench, CHANGES_PER_SECOND, () => erasures(bench, client));
      bench.remark(`P12: ${samples.length} demands, one each ${PAUSE_MS} ms, among ${bench.size.toLocaleString('en')} people of whom ${significant(pumped.committed)} a second changed`);
      return rows(samples);
    } finally {
      await Promise.all([register.stop(), marketing.stop()]);
    }
  },
};

function erasures(bench: Bench, client: LupaClient): Promise<Sample[]> {
  return withClient(registerDatabase(bench), async (database) => {
    const { rows: people } = await database.query<{ id: string }>(SOME, [ERASURES]);
    const asked = new Map<string, number>();
    for (const { id } of people) {
      const sentAt = Date.now();
      const { caseId } = await client.call<{ caseId: string }>('DELETE', `${client.register}/v1/customers/${id}`);
      asked.set(caseId, sentAt);
      bench.progress(0.5 + (0.2 * asked.size) / people.length, 'erasing');
      await sleep(PAUSE_MS);
    }
    const times = async (column: 'answered_at' | 'closed_at'): Promise<Map<string, number>> => {
      const { rows } = await database.query<{ id: string; at: Date }>(`SELECT id, ${column} AS at FROM erasure_case WHERE ${column} IS NOT NULL AND id = ANY ($1::uuid[])`, [[...asked.keys()]]);
      return new Map(rows.map(({ id, at }) => [id, at.getTime() - (asked.get(id) as number)]));
    };
    await until('every erasure is answered', async () => (await times('answered_at')).size === asked.size, ANSWERED_WITHIN_MS);
    const answered = await times('answered_at');
    await until('every case is closed', async () => {
      const { size } = await times('closed_at');
      bench.progress(0.7 + (0.3 * size) / asked.size, `${size} of ${asked.size} closed`);
      return size === asked.size;
    }, CLOSED_WITHIN_MS).catch(() => undefined); // told in the table
    const closed = await times('closed_at');
    return [...answered].map(([id, ms]) => ({ answered: ms, closed: closed.get(id) ?? null }));
  });
}

function rows(samples: readonly Sample[]): Row[] {
  const answered = samples.map((sample) => sample.answered);
  const closed = samples.flatMap((sample) => sample.closed ?? []);
  const unit = 'ms';
  return [
    row({ id: 'P12', what: 'erasure asked for → every store has answered, p99', lupa: percentile(answered, 0.99), unit }, '≤ 5 s', ({ lupa }) => lupa <= GOAL_MS),
    row({ id: 'P12-p50', what: 'the same, median', lupa: median(answered), unit }),
    row({ id: 'P12-closed', what: 'erasure asked for → searched again and certificate issued, median', lupa: median(closed), unit }),
    row({ id: 'P12-closed-p99', what: 'the same, 99th percentile', lupa: percentile(closed, 0.99), unit }),
    row({ id: 'P12-open', what: 'cases that no search could close', lupa: samples.length - closed.length, unit: 'cases' }, '0', ({ lupa }) => lupa === 0),
  ];
}
