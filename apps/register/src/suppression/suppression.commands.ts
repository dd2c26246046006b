import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { DataSource } from 'typeorm';
import { runStatement } from '#database/statement.js';
import { type SuppressionLine, SuppressionLineSchema } from './suppression.schemas.js';
import { EXPORT_SUPPRESSIONS, IMPORT_SUPPRESSIONS } from './suppression.sql.js';

const PAGE = 5_000;

/** Operator commands about the list of suppressions. It outlives the people, so it has to outlive a restore of the database too. */
export const SUPPRESSION_COMMANDS = {
  'suppression:export': {
    usage: 'suppression:export',
    summary: 'Writes the list of suppressions to standard output, one JSON object a line: digests only. Keep it apart from the backups.',
    async run(dataSource: DataSource): Promise<void> {
      let last = '';
      for (;;) {
        const lines = await runStatement<{ line: SuppressionLine }>(dataSource, EXPORT_SUPPRESSIONS, [last, PAGE]);
        for (const { line } of lines) if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, 'drain');
        if (lines.length < PAGE) return;
        last = lines.at(-1)?.line.digest ?? '';
      }
    },
  },
  'suppression:import': {
    usage: 'suppression:import',
    summary: 'After a restore, before the service is started: takes the list from standard input. Whatever closed an address later wins. Safe to repeat.',
    async run(dataSource: DataSource): Promise<void> {
      let taken = 0;
      let batch: SuppressionLine[] = [];
      const store = async (): Promise<void> => {
        await runStatement(dataSource, IMPORT_SUPPRESSIONS, [JSON.stringify(batch)]);
        taken += batch.length;
        batch = [];
      };
      let number = 0;
      for await (const text of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
        number += 1;
        if (text.trim() === '') continue;
        batch.push(parse(text, number));
        if (batch.length === PAGE) await store();
      }
      await store();
      console.log(`${taken} suppressions taken in.`);
    },
  },
} as const;

function parse(text: string, number: number): SuppressionLine {
  try {
    return SuppressionLineSchema.parse(JSON.parse(text));
  } catch {
    throw new Error(`Line ${number} is no suppression; the lines before it may have been taken in. Nothing is lost by importing again.`);
  }
}
