// `npm run reset`: back to an empty register.
import { createInterface } from 'node:readline/promises';
import { commandLine } from './lib/arguments.mjs';
import { eraseData } from './lib/data.mjs';
import { running } from './lib/run-files.mjs';
import { Told, main, say } from './lib/say.mjs';

const help = `npm run reset [-- --yes] [--profile NAME]

Deletes the databases, queues, logs and keys under .lupa/dev/. Asks first; --yes answers for you.
Servers that you named in the environment are left alone.`;

await main(async () => {
  const { paths, values } = commandLine({ help, options: { yes: { type: 'boolean', short: 'y' } } });
  if (running(paths, 'launcher')) throw new Told('Lupa is running. Stop it first: npm run stop');
  if (!values.yes) {
    if (!process.stdin.isTTY) throw new Told('This deletes all data of this clone. Say that you mean it: npm run reset -- --yes');
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await terminal.question(`Delete all data under ${paths.root}? (yes/no) `);
    terminal.close();
    if (!/^y(es)?$/i.test(answer.trim())) {
      say('Nothing was deleted.');
      return;
    }
  }
  await eraseData(paths, { everything: true });
  say('Deleted. "npm start" begins anew.');
});
