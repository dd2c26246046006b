// `npm run backup`: a dump of each database, and never of the log of erasures.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commandLine } from './lib/arguments.mjs';
import { withServers } from './lib/databases-at-hand.mjs';
import { dump, SIDES } from './lib/dumps.mjs';
import { main, say, step } from './lib/say.mjs';

const help = `npm run backup [-- --directory FOLDER] [--profile NAME | --own-environment]

Writes a dump of the register's database and one of marketing's (pg_dump, custom format, for the owner's eyes only) into FOLDER, by default
.lupa/<profile>/backups. The services may go on running. The log of erasures is left out: it has to outlive every restore, so keep it
apart and never put it back to an earlier state (docs/restore.md).

  --own-environment   takes the addresses from REGISTER_DATABASE_URL and MARKETING_DATABASE_URL, as the services do`;

await main(async () => {
  const { paths, values } = commandLine({ help, options: { directory: { type: 'string' }, 'own-environment': { type: 'boolean' } } });
  const folder = resolve(values.directory ?? join(paths.root, 'backups'));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const at = new Date().toISOString().replace(/\.\d+Z$/, 'Z').replaceAll(':', '-');
  await withServers(paths, values['own-environment'], async (environment) => {
    for (const [side, { url }] of Object.entries(SIDES)) {
      const file = join(folder, `${side}-${at}.dump`);
      const bytes = await dump(side, environment[url], file);
      step(`${file} (${bytes} bytes)`);
    }
  });
  say('They hold personal data, and go on holding whoever is erased from now on: delete them when their time is over.');
});
