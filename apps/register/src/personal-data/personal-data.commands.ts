import type { DataSource } from 'typeorm';
import { unannotated } from '#database/annotated-columns.js';
import { ANNOTATED, TIES } from './tables.js';

/** Whether everything that is held of a person is accounted for. */
export const PERSONAL_DATA_COMMANDS = {
  'personal-data:check': {
    usage: 'personal-data:check',
    summary: 'Compares the annotations of personal data with the live schema: every column of every table has to be told to the person, or left out for a reason.',
    async run(dataSource: DataSource): Promise<void> {
      const missing = await unannotated(dataSource, ANNOTATED, TIES);
      if (missing.length > 0) throw new Error(`${missing.join('\n')}\n${missing.length} thing(s) to be annotated in apps/register/src/personal-data/.`);
      console.log(`Every column of ${Object.keys(ANNOTATED.columns).length} tables with personal data is annotated.`);
    },
  },
} as const;
