import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { DataSource } from 'typeorm';
import { Progress } from '#service/progress.js';
import { ErasureLog } from '../erasure-log/erasure-log.service.js';
import { Eraser, type ManyGround } from '../erasure/eraser.service.js';
import type { RegisterConfig } from '../register.config.js';
import { StandingChanges } from '../standing/standing-changes.service.js';
import { Suppressions } from '../suppression/suppressions.service.js';
import { CHUNK, ErasureRun, RUN_GROUNDS, type RunTally } from './erasure-run.service.js';
import { countIds, idChunks } from './id-list.reader.js';

/** Operator commands about erasing many. They print numbers and lines of the file, never a person. */
export const ERASURE_RUN_COMMANDS = {
  'erasures:run': {
    usage: `erasures:run --file FILE --ground ${RUN_GROUNDS.join('|')} [--dry-run]`,
    summary: 'Erases everybody whose customer id stands in the CSV file, 500 in a transaction. A run that was cut short is repeated with the same file: who is gone is skipped. --dry-run only counts.',
    async run(dataSource: DataSource, config: RegisterConfig, args: string[]): Promise<void> {
      const { values } = parseArgs({ args, options: { file: { type: 'string' }, ground: { type: 'string' }, 'dry-run': { type: 'boolean', default: false } } });
      const ground = groundOf(values.ground);
      const path = await fileOf(values.file);
      const count = await countIds(path);
      const log = await ErasureLog.open(config);
      const progress = new Progress();
      const run = new ErasureRun(dataSource, new Eraser(new Suppressions(dataSource, config), new StandingChanges(), log, config), log, ground);
      try {
        let done = 0;
        for await (const ids of idChunks(path, CHUNK)) {
          await (values['dry-run'] ? run.look(ids) : run.erase(ids));
          done += ids.length;
          progress.update(done / count, `${numbered(done)} of ${numbered(count)}, ${numbered(progress.rate(done))} a second`);
        }
      } finally {
        progress.finish();
        console.log(reportOf(run.tally, values['dry-run']));
        await log.close();
      }
    },
  },
} as const;

function groundOf(text: string | undefined): ManyGround {
  const ground = RUN_GROUNDS.find((each) => each === text);
  if (!ground) throw new Error(`Give the ground: --ground ${RUN_GROUNDS.join(' or ')}. Abuse is decided about one person at a time, by staff.`);
  return ground;
}

async function fileOf(path: string | undefined): Promise<string> {
  if (path === undefined) throw new Error('Give the file: --file FILE');
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new Error('There is no such file, or it cannot be read.');
  return path;
}

const numbered = (count: number): string => count.toLocaleString('en');

function reportOf({ erased, held, restricted, notThere }: RunTally, isDryRun: boolean): string {
  const lines: (readonly [number, string])[] = [
    [erased, isDryRun ? 'would be erased' : 'erased'],
    [held, 'held by law: out of marketing, and erased when the hold ends'],
    [restricted, 'left as they are: they wanted to be restricted, not erased'],
    [notThere, 'not there: erased before, unknown, or twice in the file'],
  ];
  const width = Math.max(...lines.map(([count]) => numbered(count).length));
  return lines.map(([count, what]) => `${numbered(count).padStart(width)} ${what}`).join('\n');
}
