// Runs a compiled program of ours in the environment of a profile that is running.
import { spawnSync } from 'node:child_process';
import { commandLine } from './lib/arguments.mjs';
import { readEnvironment } from './lib/environment.mjs';
import { containers } from './lib/docker.mjs';
import { PROJECT } from './lib/paths.mjs';
import { running } from './lib/run-files.mjs';
import { Told, main } from './lib/say.mjs';

const help = `node scripts/run.mjs [--profile NAME] PROGRAM [ARGUMENT…]

Runs a compiled program (for example dist/apps/register/src/cli.js) with the addresses and keys of a running profile.
The profile is "dev", that of "npm start", unless told otherwise.`;

await main(async () => {
  const [first, second] = process.argv.slice(2);
  const skip = first === '--profile' ? 2 : first?.startsWith('-') ? 1 : 0;
  const { paths } = commandLine({ help, args: first === '--profile' ? [first, second ?? ''] : skip ? [first] : [] });
  const [program, ...rest] = process.argv.slice(2 + skip);
  if (!program) throw new Told(help);
  const environment = readEnvironment(paths);
  const servers = running(paths, 'launcher') || running(paths, 'postgres') || Object.keys(containers(paths)).length > 0;
  if (!servers) throw new Told('Lupa is not running. Start it with "npm start", then try again.');
  const { status } = spawnSync(process.execPath, ['--enable-source-maps', program, ...rest], {
    cwd: PROJECT,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  return status ?? 1;
});
