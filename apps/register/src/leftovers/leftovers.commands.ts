import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { DataSource } from 'typeorm';
import type { RegisterConfig } from '../register.config.js';
import { Needles } from '#search/needles.js';
import { searchDatabase } from '#search/search-database.js';
import { searchFiles } from '#search/search-files.js';
import type { Sought } from '#search/sought.js';
import { SoughtSchema } from './sought.schemas.js';

/** Operator commands that look for what should not be there any more. Values come on standard input: arguments are seen by every process. */
export const LEFTOVERS_COMMANDS = {
  'leftovers:search': {
    usage: 'leftovers:search [--directory NAME=PATH]…',
    summary: 'Searches every table of this database, and the directories, for values on standard input: a line of JSON each, {"caseId", "values": [{"kind", "text"}], "together": [["first name", "last name", "street"]]}. Prints where and how often, never what. Ends with 1 when anything is found or could not be searched.',
    async run(dataSource: DataSource, _config: RegisterConfig, args: string[]): Promise<void> {
      const { values } = parseArgs({ args, options: { directory: { type: 'string', multiple: true } } });
      const directories = (values.directory ?? []).map(directoryOf);
      const needles = await Needles.of(await soughtOnStandardInput());
      const [database, files] = [await searchDatabase(dataSource, needles, 'register'), await searchFiles(directories, needles)];
      const [found, unsearched] = [[...database.found, ...files.found], [...database.unsearched, ...files.unsearched]];
      for (const { caseId, store, place, count } of found) console.log(`found ${caseId} in ${store}: ${place}, ${count} time(s)`);
      for (const { store, place, reason } of unsearched) console.log(`not searched ${store}: ${place} (${reason})`);
      console.log(`${needles.cases} case(s) looked for in ${database.tables} tables and ${files.files} files, ${database.bytes + files.bytes} bytes`);
      if (found.length + unsearched.length > 0) throw new Error(`Found in ${found.length} place(s); ${unsearched.length} could not be searched.`);
    },
  },
} as const;

function directoryOf(argument: string): { store: string; path: string } {
  const [, store, path] = /^([\w-]+)=(.+)$/.exec(argument) ?? [];
  if (store === undefined || path === undefined) throw new Error('--directory takes NAME=PATH');
  return { store, path };
}

async function soughtOnStandardInput(): Promise<Sought[]> {
  const sought: Sought[] = [];
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === '') continue;
    const parsed = SoughtSchema.safeParse(jsonOf(line));
    if (!parsed.success) throw new Error(`Line ${sought.length + 1} is not what is looked for: ${parsed.error.issues.map(({ path }) => path.join('.') || 'JSON').join(', ')}`);
    sought.push(parsed.data);
  }
  return sought;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // the parser's message would repeat the line
  }
}
