// `npm run mutants`: do the tests bite? Puts one fault at a time into a copy of the compiled code and runs the tests that should notice.
import { spawn } from 'node:child_process';
import { cpSync, linkSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MUTANTS } from '../test/mutants/mutants.mjs';
import { commandLine } from './lib/arguments.mjs';
import { buildIfNeeded } from './lib/build.mjs';
import { aloneInClone, installIfNeeded } from './lib/install.mjs';
import { readJson } from './lib/json-file.mjs';
import { inProject } from './lib/paths.mjs';
import { Told, assertNode, main, say, step } from './lib/say.mjs';
import { ensureServices, stopServices } from './lib/services.mjs';
import { openSession } from './lib/session.mjs';

const help = `npm run mutants [-- --only WORD]

Runs the chosen tests once on the code as it is, then once for each hand-made fault (test/mutants/mutants.mjs) on a copy of dist/ that
has it. Every mutant must be killed by a failing test. Services are its own (profile "mutants"). --only takes the mutants whose name holds WORD.`;

const keeper = 'launcher';
/** A mutant may make a test wait for ever; that is no answer. */
const PATIENCE_MS = 240_000;

/** A tree of hard links to dist/ beside links to what the code finds by its place: made in a moment, changed without touching dist/. */
function copyCode(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(inProject('dist'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.js')) continue;
    const source = join(entry.parentPath ?? entry.path, entry.name);
    const target = join(folder, 'dist', source.slice(inProject('dist').length + 1));
    mkdirSync(dirname(target), { recursive: true });
    linkSync(source, target);
  }
  symlinkSync(inProject('node_modules'), join(folder, 'node_modules'));
  for (const name of ['package.json', 'config', 'scripts']) cpSync(inProject(name), join(folder, name), { recursive: true });
}

/** Replaces a text that must stand there exactly once: a mutant that no longer fits the code is an error, not a survivor. */
function edit(folder, { name, edits }) {
  for (const [file, find, replacement] of edits) {
    const path = join(folder, 'dist', file);
    const parts = readFileSync(path, 'utf8').split(find);
    if (parts.length !== 2) throw new Told(`The mutant "${name}" does not fit ${file} any more: its text stands there ${parts.length - 1} times.`);
    rmSync(path); // a hard link: writing into it would change dist/ itself
    writeFileSync(path, parts.join(replacement));
  }
}

/** Runs Jest in the copy. Returns { passed, failed, ran }, failed being names of tests and of files that could not run. */
async function runTests(folder, { tests, only }, environment, onChild) {
  const file = join(folder, 'result.json');
  const args = ['--rootDir', join(folder, 'dist'), ...tests, '--json', '--outputFile', file, ...(only ? ['--testNamePattern', only] : ['--bail=1'])];
  const code = await new Promise((resolve) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules', join(folder, 'node_modules/jest/bin/jest.js'), ...args], {
      cwd: folder, stdio: ['ignore', 'ignore', 'ignore'], timeout: PATIENCE_MS, killSignal: 'SIGKILL',
      env: { ...process.env, ...environment, NODE_ENV: 'test' },
    });
    onChild(child);
    child.once('exit', (status) => resolve(status ?? 1));
  });
  const result = readJson(file) ?? { testResults: [], numPassedTests: 0 };
  const failed = result.testResults.flatMap(({ assertionResults, status, name }) => {
    const names = assertionResults.filter((one) => one.status === 'failed').map(({ fullName }) => fullName);
    return names.length > 0 ? names : status === 'failed' ? [`${name.slice(folder.length + 1)} could not run`] : [];
  });
  return { passed: code === 0, failed, ran: result.numPassedTests };
}

/** The unchanged code has to pass, or a failure would say nothing. */
async function assertBaseline(folder, mutants, environment, onChild) {
  const groups = [mutants.filter(({ only }) => !only), mutants.filter(({ only }) => only)].filter((group) => group.length > 0);
  for (const group of groups) {
    const tests = [...new Set(group.flatMap((mutant) => mutant.tests))];
    const only = group[0].only && group.map((mutant) => mutant.only).join('|');
    const { passed, failed, ran } = await runTests(folder, { tests, only }, environment, onChild);
    if (!passed) throw new Told(`The tests fail without any mutant:\n${failed.map((name) => `  ${name}`).join('\n')}`);
    step(`without a mutant: ${ran} tests pass`);
  }
}

await main(async () => {
  assertNode();
  const { paths, values } = commandLine({ help, profile: 'mutants', options: { only: { type: 'string' } } });
  const mutants = MUTANTS.filter(({ name }) => name.includes(values.only ?? ''));
  if (mutants.length === 0) throw new Told(`No mutant is called "${values.only}". There are: ${MUTANTS.map(({ name }) => name).join(', ')}.`);
  let jest;
  const onChild = (child) => { jest = child; };
  const session = await openSession(paths, { farewell: 'Stopping…', exitCode: 130, shutdown: async () => {
    jest?.kill('SIGTERM');
    await stopServices(paths, { keeper });
  } });
  try {
    await aloneInClone(async () => {
      await installIfNeeded();
      await buildIfNeeded();
    });
    const folder = join(paths.root, 'copy');
    for (const mutant of mutants) { // all of them fit before anything is started
      copyCode(folder);
      edit(folder, mutant);
    }
    const environment = await ensureServices(paths, { keeper });
    copyCode(folder);
    await assertBaseline(folder, mutants, environment, onChild);
    const survivors = [];
    for (const mutant of mutants) {
      copyCode(folder);
      edit(folder, mutant);
      const { passed, failed } = await runTests(folder, mutant, environment, onChild);
      if (passed || failed.length === 0) survivors.push(mutant.name);
      step(`${passed ? 'SURVIVED' : 'killed'}  ${mutant.name}: ${mutant.what}${passed ? '' : `\n      by: ${failed[0] ?? 'nothing that was reported'}`}`);
    }
    rmSync(folder, { recursive: true, force: true });
    say(`${mutants.length - survivors.length} of ${mutants.length} mutants killed`);
    return survivors.length === 0 ? 0 : 1;
  } finally {
    await session.end();
  }
});
