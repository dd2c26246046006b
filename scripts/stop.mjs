// `npm run stop`: stops what `npm start` started, also when its launcher was killed.
import { commandLine } from './lib/arguments.mjs';
import { stopProcess } from './lib/processes.mjs';
import { allRunning, forget, recorded, running } from './lib/run-files.mjs';
import { main, say } from './lib/say.mjs';
import { stopServices } from './lib/services.mjs';

const help = `npm run stop [-- --profile NAME]

Stops both services and the PostgreSQL and RabbitMQ that were started for them. Data is kept.`;

await main(async () => {
  const { paths } = commandLine({ help });
  const before = allRunning(paths);
  const launcher = running(paths, 'launcher');
  if (launcher) await stopProcess(launcher, { patienceMs: 60_000 });
  for (const name of ['register', 'marketing']) {
    await stopProcess(recorded(paths, name));
    forget(paths, name);
  }
  const servers = await stopServices(paths);
  forget(paths, 'launcher');
  say(before.length + servers.length > 0 ? 'Stopped.' : 'Nothing was running.');
});
