// PostgreSQL and RabbitMQ of a profile, without the two services of ours: for development, trials and fault tests.
import { commandLine } from './lib/arguments.mjs';
import { allRunning, forget, running, takeLock } from './lib/run-files.mjs';
import { Told, main, say, step } from './lib/say.mjs';
import { sleep } from './lib/processes.mjs';
import { ensureServices, SERVICE_NAMES, stopServices } from './lib/services.mjs';

const help = `node scripts/services.mjs <up|down|kill|list> [postgres] [rabbitmq] [--profile NAME]

  up     starts what does not run yet and leaves it running; writes .lupa/<profile>/environment.json
  down   stops in order
  kill   stops with SIGKILL, as a power cut would
  list   names what runs

Without a name, both. The profile is "dev" unless told otherwise.`;

await main(async () => {
  const { paths, positionals } = commandLine({ help, allowPositionals: true });
  const [verb, ...names] = positionals;
  const unknown = names.filter((name) => !SERVICE_NAMES.includes(name));
  if (!['up', 'down', 'kill', 'list'].includes(verb) || unknown.length > 0) throw new Told(help);
  const only = names.length > 0 ? names : SERVICE_NAMES;
  if (verb === 'list') {
    say(allRunning(paths).join('\n') || 'nothing runs');
    return;
  }
  while (await takeLock(paths, 'services')) await sleep(500);
  try {
    if (verb === 'up') {
      await ensureServices(paths, { keeper: running(paths, 'launcher') ? 'launcher' : 'command', only });
      say(`The environment is in ${paths.environment}`);
    } else {
      const stopped = await stopServices(paths, { only, signal: verb === 'kill' ? 'SIGKILL' : undefined });
      step(stopped.length > 0 ? `Stopped: ${stopped.join(', ')}` : 'Nothing was running.');
    }
  } finally {
    forget(paths, 'services');
  }
});
