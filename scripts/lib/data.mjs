// Removing what a profile holds.
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { accountOf, dataFolder } from './account.mjs';
import { stopContainer } from './docker.mjs';
import { readJson } from './json-file.mjs';
import { profileSecrets } from './secrets.mjs';
import { stopServices } from './services.mjs';

/** Stops the profile's servers and removes their data and logs; ports and, unless `everything`, keys stay as they are. */
export async function eraseData(paths, { everything = false } = {}) {
  await stopServices(paths);
  if (readJson(`${paths.root}/containers.json`)) await stopContainer(paths, 'postgres', profileSecrets(paths), { andData: true });
  rmSync(dirname(dataFolder(paths, 'postgres', accountOf(['postgres']))), { recursive: true, force: true });
  for (const folder of everything ? [paths.root] : [paths.logs, paths.demo]) rmSync(folder, { recursive: true, force: true });
}
