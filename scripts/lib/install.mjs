// `npm ci`, when node_modules is missing or older than the lock file.
import { mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { forget, takeLock } from './run-files.mjs';
import { sleep } from './processes.mjs';
import { inProject } from './paths.mjs';
import { Told, during, step } from './say.mjs';
import { runTool } from './tools.mjs';

export const modifiedAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Two commands in one clone install and build one after the other. */
export async function aloneInClone(work) {
  const paths = { run: inProject('.lupa') };
  mkdirSync(paths.run, { recursive: true });
  for (let told = false; await takeLock(paths, 'building'); told = true) {
    if (!told) step('Another command is installing or building here; waiting for it');
    await sleep(500);
  }
  try {
    return await work();
  } finally {
    forget(paths, 'building');
  }
}

export async function installIfNeeded() {
  // npm writes this file last, so an interrupted installation has none.
  if (modifiedAt(inProject('node_modules/.package-lock.json')) >= modifiedAt(inProject('package-lock.json'))) return;
  step('Installing the npm packages (npm ci)');
  await during('npm ci', 30_000, npmCi, { fraction: installedPart, closing: 'Installed the npm packages' });
}

// Development packages always: TypeScript builds what runs. Errors only: a warning of somebody's own npm settings is not ours.
const OPTIONS = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=8000'];

async function npmCi() {
  const own = process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : undefined;
  const { code, errors } = await (own ? runTool(process.execPath, [own, ...OPTIONS]) : runTool('npm', OPTIONS));
  if (code === 0) return;
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED/.test(errors)) {
    throw new Told(`npm could not reach the package registry: is this machine offline?\n${errors}`);
  }
  throw new Told(`npm ci failed:\n${errors}`);
}

let expected;

/** How much is unpacked, by counting the top-level folders that the lock file names. */
function installedPart() {
  expected ??= Object.entries(JSON.parse(readFileSync(inProject('package-lock.json'), 'utf8')).packages).filter(
    ([path, entry]) => path.startsWith('node_modules/') && path.lastIndexOf('node_modules/') === 0 && !entry.optional,
  ).length;
  const names = (folder) => {
    try {
      return readdirSync(folder).filter((name) => !name.startsWith('.'));
    } catch {
      return [];
    }
  };
  const top = names(inProject('node_modules'));
  const scoped = top.filter((name) => name.startsWith('@')).flatMap((scope) => names(inProject('node_modules', scope)));
  return (top.length + scoped.length) / (expected * 1.05);
}
