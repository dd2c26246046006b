import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createFigure } from './figures/p1-create.js';
import { withdrawalFigure } from './figures/p2-withdrawal.js';
import { throughputFigure } from './figures/p4-throughput.js';
import { memoryRows } from './figures/p10-memory.js';
import { stopAll } from './support/child.js';
import type { Bench, Figure, Row } from './support/figure.js';
import { Progress } from './support/progress.js';
import { startAfresh } from './support/programs.js';
import { commit, machine, table } from './support/report.js';

const FIGURES: readonly Figure[] = [createFigure, withdrawalFigure, throughputFigure];
const DEFAULT_SIZE = 10_000;

/** The figures asked for; all when none is named. @throws Error naming what there is */
function chosen(only: string | undefined): readonly Figure[] {
  if (only === undefined) return FIGURES;
  const wanted = only.toUpperCase().split(',').map((id) => id.trim()).filter((id) => id !== '');
  const known = FIGURES.flatMap(({ ids }) => ids);
  const unknown = wanted.filter((id) => !known.includes(id));
  if (unknown.length > 0 || wanted.length === 0) throw new Error(`--only takes some of ${known.join(', ')}; not known: ${unknown.join(', ') || 'nothing named'}`);
  return FIGURES.filter(({ ids }) => ids.some((id) => wanted.includes(id)));
}

function sizeOf(text: string | undefined): number {
  const size = Number(text ?? DEFAULT_SIZE);
  if (!Number.isInteger(size) || size < 0 || size > 100_000_000) throw new Error('--size takes a whole number of customers');
  return size;
}

async function bench(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, size: { type: 'string' }, json: { type: 'string' } } });
  const figures = chosen(values.only);
  const size = sizeOf(values.size);
  const environment = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const rows: Row[] = [];
  const remarks: string[] = [];
  for (const figure of figures) {
    const progress = new Progress(figure.title);
    const context: Bench = {
      environment, size, pgbench: environment['PGBENCH'],
      progress: (fraction, note) => { progress.update(fraction, note); },
      remark: (text) => { remarks.push(text); },
    };
    await startAfresh(context);
    rows.push(...(await figure.measure(context)));
    progress.finish();
  }
  rows.push(...memoryRows());
  const result = { machine: machine(), commit: commit(), rows };
  process.stdout.write(`\n${table(rows)}\n\n${remarks.map((remark) => `· ${remark}`).join('\n')}\n· ${result.machine}; commit ${result.commit}\n`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
}

try {
  await bench();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await stopAll();
}
