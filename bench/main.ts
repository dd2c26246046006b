import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chosenFigures, sizeOf } from './arguments.js';
import { memoryRows } from './figures/p10-memory.js';
import { dropKept } from './support/kept-population.js';
import { leaveNobodyBehind, stopAll } from './support/child.js';
import type { Bench, Row } from './support/figure.js';
import { Progress } from './support/progress.js';
import { startAfresh } from './support/programs.js';
import { commit, machine, table } from './support/report.js';

async function bench(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, size: { type: 'string' }, json: { type: 'string' }, keep: { type: 'boolean' } } });
  const figures = chosenFigures(values.only);
  const size = sizeOf(values.size);
  const environment = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const rows: Row[] = [];
  const remarks: string[] = [];
  const benchOf = (progress: Bench['progress']): Bench => ({ environment, size, pgbench: environment['PGBENCH'], progress, remark: (text) => { remarks.push(text); } });
  for (const figure of figures) {
    const progress = new Progress(figure.title);
    const context = benchOf((fraction, note) => { progress.update(fraction, note); });
    await startAfresh(context);
    rows.push(...(await figure.measure(context)));
    progress.finish();
  }
  if (values.keep !== true) await dropKept(benchOf(() => undefined));
  rows.push(...memoryRows());
  const result = { machine: machine(), commit: commit(), rows };
  process.stdout.write(`\n${table(rows)}\n\n${remarks.map((remark) => `· ${remark}`).join('\n')}\n· ${result.machine}; commit ${result.commit}\n`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
}

leaveNobodyBehind();
try {
  await bench();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await stopAll();
}
