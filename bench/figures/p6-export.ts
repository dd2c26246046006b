import { exportByOrm, openLists } from '../baseline/lists/lists-by-orm.js';
import { copySeconds } from '../limits/copy-out.js';
import { noteAtRest } from '../support/child.js';
import { download, type Exported, file } from '../support/export-client.js';
import { type Bench, type Figure, type Row, row } from '../support/figure.js';
import { populate } from '../support/kept-population.js';
import { LupaClient, startMarketing, startRegister } from '../support/lupa.js';
import { residentMemory, withPeak } from '../support/memory.js';
import { marketingDatabase } from '../support/programs.js';
import { median, significant } from '../support/statistics.js';
import { until } from '../support/until.js';

const ROUNDS = 3;
/** More than this over what the service held before, and memory is not flat. */
const FLAT_MB = 64;

/** Everybody who may be written to by email, as CSV: over HTTP, beside COPY of the same columns, and beside the ORM. */
export const exportFigure: Figure = {
  ids: ['P6'],
  title: 'exports',
  async measure(bench) {
    await populate(bench, bench.size, (fraction, note) => { bench.progress(fraction * 0.5, note); });
    const register = await startRegister(bench.environment);
    const marketing = await startMarketing(bench.environment);
    try {
      const client = await LupaClient.introduce(bench.environment);
      await until('marketing’s lists are open', () => client.listsAreOpen());
      noteAtRest(register);
      noteAtRest(marketing);
      const before = residentMemory(marketing.pid);
      const found: Round[] = [];
      let peak = before;
      // In turn, so that a busy minute of the machine meets them all; the first round is for warming up.
      for (let round = 0; round <= ROUNDS; round++) {
        bench.progress(0.5 + (0.4 * round) / (ROUNDS + 1), `round ${round + 1} of ${ROUNDS + 1}`);
        const { value, peak: highest } = await withPeak(marketing.pid, async () => ({ streamed: await download(client), filed: await file(client) }));
        const copied = await copies(bench);
        peak = Math.max(peak, highest);
        if (round > 0) found.push({ ...value, copied });
      }
      bench.progress(0.9, 'the ORM');
      return rows(bench, found, { before, peak, after: residentMemory(marketing.pid) }, await byOrm(bench));
    } finally {
      await Promise.all([register.stop(), marketing.stop()]);
    }
  },
};

interface Round {
  readonly streamed: Exported;
  readonly filed: { readonly made: Exported; readonly taken: Exported };
  /** Seconds. Undefined without psql. */
  readonly copied: { readonly ordered: number; readonly unordered: number } | undefined;
}

async function copies(bench: Bench): Promise<Round['copied']> {
  if (!bench.pgbench) return undefined;
  const psql = bench.pgbench.replace(/pgbench$/, 'psql');
  return { ordered: await copySeconds(psql, marketingDatabase(bench), true), unordered: await copySeconds(psql, marketingDatabase(bench), false) };
}

async function byOrm(bench: Bench): Promise<number> {
  const lists = await openLists(marketingDatabase(bench), 'public');
  try {
    const started = performance.now();
    const written = await exportByOrm(lists);
    return written / ((performance.now() - started) / 1_000);
  } finally {
    await lists.destroy();
  }
}

function rows(bench: Bench, found: readonly Round[], memory: { before: number; peak: number; after: number }, ormPerSecond: number): Row[] {
  const rate = (of: (round: Round) => Exported): number => median(found.map((round) => of(round).rows / of(round).seconds));
  const streamed = rate((round) => round.streamed);
  const people = found[0]?.streamed.rows ?? 0;
  const bytes = found[0]?.streamed.bytes ?? 0;
  const copyRate = (of: (copied: NonNullable<Round['copied']>) => number): number | null => {
    const seconds = found.flatMap(({ copied }) => (copied ? [of(copied)] : []));
    return seconds.length === 0 ? null : people / median(seconds);
  };
  const [ordered, unordered] = [copyRate((copied) => copied.ordered), copyRate((copied) => copied.unordered)];
  const megabytes = (perSecond: number) => `${significant((perSecond * bytes) / Math.max(1, people) / 1e6)} MB/s`;
  bench.remark(`P6: ${people.toLocaleString('en')} rows, ${significant(bytes / 1e6)} MB; streamed ${megabytes(streamed)}${unordered === null ? '' : `, COPY ${megabytes(unordered)}`}; `
    + `marketing held ${Math.round(memory.before)} MB before, ${Math.round(memory.peak)} MB at most, ${Math.round(memory.after)} MB afterwards`);
  if (ordered !== null && unordered !== null) bench.remark(`P6: COPY in the order of lists ${Math.round(ordered).toLocaleString('en')} rows/s, as it comes ${Math.round(unordered).toLocaleString('en')} rows/s: the faster one is the limit`);
  const limit = ordered === null || unordered === null ? null : Math.max(ordered, unordered);
  const goal = '≥ 0.8 × limit';
  const reaches = ({ toLimit }: { toLimit: number | null }): boolean => (toLimit ?? 0) >= 0.8;
  const unit = '/s';
  return [
    row({ id: 'P6', what: 'rows exported, streamed over HTTP while taken', lupa: streamed, baseline: ormPerSecond, limit, unit }, goal, reaches),
    row({ id: 'P6-file', what: 'rows written to a file in the background', lupa: rate((round) => round.filed.made), baseline: ormPerSecond, limit, unit }, goal, reaches),
    row({ id: 'P6-taken', what: 'rows of that file, taken over HTTP', lupa: rate((round) => round.filed.taken), limit, unit }),
    row({ id: 'P6-memory', what: 'memory marketing needs more while exporting', lupa: Math.max(0, memory.peak - memory.before), unit: 'MB' }, `≤ ${FLAT_MB} MB`, ({ lupa }) => lupa <= FLAT_MB),
  ];
}
