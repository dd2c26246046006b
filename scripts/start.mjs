// `npm start`: from a fresh clone to a running pair of services, and back down on Ctrl-C.
import { APPS, environmentOf, runApp } from './lib/apps.mjs';
import { commandLine } from './lib/arguments.mjs';
import { buildIfNeeded } from './lib/build.mjs';
import { ensureDemo, playDemo } from './lib/demo.mjs';
import { aloneInClone, installIfNeeded } from './lib/install.mjs';
import { inProject } from './lib/paths.mjs';
import { isFree } from './lib/ports.mjs';
import { stopProcess } from './lib/processes.mjs';
import { forget, recorded } from './lib/run-files.mjs';
import { assertNode, Told, main, say, step } from './lib/say.mjs';
import { ensureServices, stopServices } from './lib/services.mjs';
import { openSession } from './lib/session.mjs';
import { runTool } from './lib/tools.mjs';
import { watchServers } from './lib/watch.mjs';
import { printWelcome } from './lib/welcome.mjs';

const help = `npm start [-- --profile NAME]

Installs what is missing, finds or starts PostgreSQL and RabbitMQ, migrates both databases and starts both services.
An empty register gets a made-up sample of 2,000 customers. Runs until Ctrl-C, then stops what it started.
Data, logs and keys are kept in .lupa/dev/. See also: npm run status, npm run stop, npm run reset.`;

const keeper = 'launcher';

await main(async () => {
  assertNode();
  const { paths } = commandLine({ help });
  const apps = [];
  let endWatch = () => undefined;
  const session = await openSession(paths, {
    farewell: 'Stopping…',
    async shutdown() {
      endWatch();
      await Promise.all(apps.map((app) => app.stop()));
      await stopServices(paths, { keeper });
    },
  });
  const giveUp = (sentence) => {
    if (session.isEnding()) return;
    process.stderr.write(`${sentence}\n`);
    void session.end().finally(() => process.exit(1));
  };
  try {
    await aloneInClone(async () => {
      await installIfNeeded();
      await buildIfNeeded();
    });
    const environment = await ensureServices(paths, { keeper });
    for (const [name, app] of Object.entries(APPS)) {
      await stopProcess(recorded(paths, name)); // left behind by a launcher that was killed
      forget(paths, name);
      await migrate(name, environmentOf(app, environment));
    }
    endWatch = watchServers(paths, { keeper, onGivingUp: giveUp });
    await assertPortsFree(environment);
    for (const name of ['register', 'marketing']) apps.push(runApp(paths, name, environment, { keeper, onGivingUp: giveUp }));
    for (const app of apps) await app.ready();
    step('Both services are ready');
    const demo = await ensureDemo(paths, environment);
    await playDemo(paths, environment, demo);
    await printWelcome(environment, demo);
    say('Lupa is running. Press Ctrl-C to stop.');
    await new Promise(() => setInterval(() => undefined, 1 << 30));
  } catch (error) {
    if (session.isEnding()) await session.end(); // a tool or a server that we ended ourselves is no news
    else {
      await session.end();
      throw error;
    }
  }
});

/** The ports were free when they were chosen; whoever has taken one since would answer for us. */
async function assertPortsFree(environment) {
  for (const { title, port } of Object.values(APPS)) {
    if (await isFree(Number(environment[port]))) continue;
    throw new Told(`Port ${environment[port]}, meant for the ${title} service, has been taken by another program meanwhile. Run "npm start" again: it takes another one.`);
  }
}

async function migrate(name, environment) {
  const { code, output, errors } = await runTool(process.execPath, [inProject(APPS[name].migrate), 'up'], { env: environment });
  if (code !== 0) throw new Told(`The ${name} database could not be migrated:\n${errors || output}`);
  step(`The ${name} database is up to date`);
}
