// `npm test`: every test, against a PostgreSQL and a RabbitMQ of its own, beside whatever else runs.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildIfNeeded } from './lib/build.mjs';
import { eraseData } from './lib/data.mjs';
import { aloneInClone, installIfNeeded } from './lib/install.mjs';
import { scanForPersonalData } from './lib/leak-scan.mjs';
import { PROJECT, inProject, profilePaths } from './lib/paths.mjs';
import { assertNode, main, say } from './lib/say.mjs';
import { ensureServices, stopServices } from './lib/services.mjs';
import { openSession } from './lib/session.mjs';

const help = `npm test [-- PATTERN…] [-- JEST OPTIONS]

Installs and builds if needed, starts services of its own (profile "test", own ports, data thrown away), runs Jest on
dist/ and stops them again. PATTERN chooses test files, for example: npm test -- consents`;

const keeper = 'launcher';
/** Nothing that a test file has imported is freed in its process: all of them in one come to 4 GB, where a heap ends. Beyond this the next file gets a new one. */
const MEMORY_LIMIT = '1GB';

/** After all tests: what they made up for persons may stand in no log and nowhere in the broker's files. */
function reportLeaks(paths, environment) {
  const { read, leaking } = scanForPersonalData([paths.logs, join(environment.LUPA_DATA_DIRECTORY, 'rabbitmq')]);
  if (read === 0) say('There was no log to look for personal data in.');
  else if (leaking.length === 0) say(`· No personal data of the tests in ${read} files of logs and of the broker`);
  else say(`Personal data of the tests stands in:\n${leaking.map((path) => `  ${path}`).join('\n')}`);
  return read > 0 && leaking.length === 0 ? 0 : 1;
}

await main(async () => {
  assertNode();
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) return say(help);
  const paths = profilePaths('test');
  let jest;
  const session = await openSession(paths, {
    farewell: 'Stopping the tests…',
    exitCode: 130,
    async shutdown() {
      jest?.kill('SIGTERM');
      await stopServices(paths, { keeper });
    },
  });
  try {
    await aloneInClone(async () => {
      await installIfNeeded();
      await buildIfNeeded();
    });
    await eraseData(paths);
    mkdirSync(paths.logs, { recursive: true });
    const environment = await ensureServices(paths, { keeper });
    const code = await new Promise((resolve) => {
      jest = spawn(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules', inProject('node_modules/jest/bin/jest.js'), '--rootDir', 'dist', '--config', JSON.stringify({ workerIdleMemoryLimit: MEMORY_LIMIT }), ...args],
        {
          cwd: PROJECT,
          stdio: 'inherit',
          env: { ...process.env, ...environment, LUPA_TEST_LOG_DIRECTORY: paths.logs, NODE_ENV: 'test' },
        },
      );
      jest.once('error', (error) => {
        say(error.message);
        resolve(1);
      });
      jest.once('exit', (code) => resolve(code ?? 1));
    });
    return code === 0 ? reportLeaks(paths, environment) : code;
  } finally {
    await session.end();
  }
});
