import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from './databases.js';
import type { Bench } from './figure.js';
import { CHANGE_SOME } from './changes.sql.js';
import { marketingDatabase, registerDatabase } from './programs.js';

const TICK_MS = 50;
/** So many people take part; a fifth of them is opted out at any time. */
const PEOPLE = 20_000;

/** What changed while something else was done, a second. */
export interface Pumped {
  /** Committed in the register. */
  readonly committed: number;
  /** Applied in marketing, and answered: counted by the answers it has written. */
  readonly applied: number;
  /** Versions of marketing's contacts: one for each statement that changed some. */
  readonly versions: number;
  /** Not yet answered at the end. */
  readonly left: number;
}

/** Changes `perSecond` people a second in the register, as steadily as it can, while `work` is done. */
export async function whileChanging<T>(bench: Bench, perSecond: number, work: () => Promise<T>): Promise<{ value: T; pumped: Pumped }> {
  const people = Math.min(PEOPLE, bench.size);
  let isOver = false;
  let committed = 0;
  const pump = () => withClient(registerDatabase(bench), async (register) => {
    const started = performance.now();
    while (!isOver) {
      const due = Math.min(perSecond, Math.floor(((performance.now() - started) / 1_000) * perSecond) - committed);
      if (due > 0) {
        const { rowCount } = await register.query({ name: 'change-some', text: CHANGE_SOME, values: [due, people, bench.size] });
        committed += rowCount ?? 0;
      }
      await sleep(TICK_MS);
    }
  });
  const before = await standOf(bench);
  const started = performance.now();
  const pumping = pump();
  const value = await work().finally(() => { isOver = true; });
  await pumping;
  const seconds = (performance.now() - started) / 1_000;
  const after = await standOf(bench);
  const { rows: [left] } = await withClient(registerDatabase(bench), (register) => register.query<{ count: number }>('SELECT count(*)::int AS count FROM sync_pending'));
  return {
    value,
    pumped: { committed: committed / seconds, applied: (after.answers - before.answers) / seconds, versions: (after.version - before.version) / seconds, left: left?.count ?? 0 },
  };
}

async function standOf(bench: Bench): Promise<{ answers: number; version: number }> {
  const { rows: [row] } = await withClient(marketingDatabase(bench), (lists) => lists.query<{ answers: number; version: number }>(
    'SELECT (SELECT last_value FROM answer_id_seq)::int AS answers, version::int AS version FROM audience_version'));
  if (!row) throw new Error('marketing has no version');
  return row;
}
