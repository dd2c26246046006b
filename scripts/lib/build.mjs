// Compiles apps, libs, tests and bench to dist/ when a source is newer than the last build.
import { existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { modifiedAt } from './install.mjs';
import { inProject } from './paths.mjs';
import { Told, during } from './say.mjs';
import { runTool } from './tools.mjs';

const ROOMS = ['apps', 'libs', 'test', 'bench'];
const STAMP = inProject('dist/.built');

const filesBelow = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    : [];

const isStale = () => {
  const built = modifiedAt(STAMP);
  const sources = ROOMS.flatMap((room) => filesBelow(inProject(room))).filter((file) => file.endsWith('.ts'));
  return [...sources, inProject('tsconfig.json'), inProject('package-lock.json')].some((file) => modifiedAt(file) > built);
};

export async function buildIfNeeded() {
  if (!isStale()) return;
  const begun = new Date();
  await during('compiling', 15_000, compile, { closing: 'Compiled the sources' });
  removeOrphans();
  writeFileSync(STAMP, '');
  utimesSync(STAMP, begun, begun); // a source edited while the compiler ran is newer than the build
}

async function compile() {
  const compiler = inProject('node_modules/typescript/bin/tsc');
  const { code, output, errors } = await runTool(process.execPath, [compiler, '-p', inProject('tsconfig.json'), '--pretty', 'false']);
  if (code !== 0) throw new Told(`The sources do not compile:\n${(output || errors).split('\n').slice(0, 40).join('\n')}`);
}

/** A deleted source leaves its output behind, and a deleted test would go on being run. */
function removeOrphans() {
  for (const file of ROOMS.flatMap((room) => filesBelow(inProject('dist', room)))) {
    const source = inProject(relative(inProject('dist'), file).replace(/\.js(\.map)?$/, '.ts'));
    if (/\.js(\.map)?$/.test(file) && !existsSync(source)) rmSync(file);
  }
}
