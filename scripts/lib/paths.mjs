// Where things lie. A profile is one complete set of services, with its own ports, data and logs.
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const inProject = (...parts) => join(PROJECT, ...parts);

/** Eight hex digits that tell this clone from another one on the same machine. */
export const cloneId = createHash('sha256').update(PROJECT).digest('hex').slice(0, 8);

/** The folders and files of a profile. Creates the folders; the data folder is chosen in account.mjs. */
export function profilePaths(profile) {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(profile)) throw new Error(`A profile is named in small letters and digits, not "${profile}".`);
  const root = inProject('.lupa', profile);
  const paths = {
    profile,
    root,
    logs: join(root, 'logs'),
    run: join(root, 'run'),
    ports: join(root, 'ports.json'),
    secrets: join(root, 'secrets.json'),
    environment: join(root, 'environment.json'),
    demo: join(root, 'demo.json'),
  };
  for (const folder of [root, paths.logs, paths.run]) mkdirSync(folder, { recursive: true, mode: 0o755 });
  return paths;
}
