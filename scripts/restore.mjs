// `npm run restore`: puts databases back to a dump without bringing anybody back.
import { resolve } from 'node:path';
import { commandLine } from './lib/arguments.mjs';
import { buildIfNeeded } from './lib/build.mjs';
import { withServers } from './lib/databases-at-hand.mjs';
import { assertDumpOf } from './lib/dumps.mjs';
import { restore } from './lib/restoring.mjs';
import { running } from './lib/run-files.mjs';
import { Told, main, say } from './lib/say.mjs';

const help = `npm run restore -- [--register FILE] [--marketing FILE] [--profile NAME | --own-environment]

Replaces the database of the register, or of marketing, or both, by a dump (pg_dump, custom format; npm run backup makes them). Then, before
either service may open: migrations, the log of erasures is replayed, withdrawals that the dump does not know of are taken from marketing
and from the database that is replaced, stored export files are deleted, epochs are raised. Both services have to be stopped.
When it does not come to its end, the services refuse to start until it was repeated. By hand: docs/restore.md.

  --own-environment   takes addresses and keys from the environment, as the services do, and starts no servers`;

await main(async () => {
  const { paths, values } = commandLine({
    help, options: { register: { type: 'string' }, marketing: { type: 'string' }, 'own-environment': { type: 'boolean' } },
  });
  const files = Object.fromEntries(['register', 'marketing'].filter((side) => values[side]).map((side) => [side, resolve(values[side])]));
  if (Object.keys(files).length === 0) throw new Told(`Name a dump.\n\n${help}`);
  for (const [side, file] of Object.entries(files)) assertDumpOf(side, file);
  if (!values['own-environment']) {
    const open = ['launcher', 'register', 'marketing'].find((name) => running(paths, name));
    if (open) throw new Told('Lupa is running. Stop it first: npm run stop');
    await buildIfNeeded();
  }
  await withServers(paths, values['own-environment'], (environment) => restore(files, environment));
  say('Restored. Both services may be started; marketing opens its lists when the register has told it everything anew.');
});
