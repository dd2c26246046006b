// `npm run status`: what runs, where, and whether it is ready.
import { commandLine } from './lib/arguments.mjs';
import { containers } from './lib/docker.mjs';
import { readJson } from './lib/json-file.mjs';
import { running } from './lib/run-files.mjs';
import { main, say } from './lib/say.mjs';

const help = `npm run status [-- --profile NAME]

Tells what runs and where, and what each service says of itself (/health/ready).`;

const addressOf = (url) => (url ? new URL(url).host : '');

async function readiness(url) {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(3000) });
    await response.arrayBuffer();
    return response.ok ? 'ready' : `not ready (${response.status})`;
  } catch {
    return 'does not answer';
  }
}

await main(async () => {
  const { paths } = commandLine({ help });
  const environment = readJson(paths.environment) ?? {};
  const line = (name, text) => say(`${name.padEnd(11)}${text}`);
  const server = (name, url) => {
    const entry = running(paths, name);
    if (entry) return line(name, `running on ${addressOf(url)} (process ${entry.pid})`);
    if (containers(paths)[name]) return line(name, `in Docker on ${addressOf(url)}`);
    return line(name, 'not started by this clone');
  };
  const launcher = running(paths, 'launcher');
  line('launcher', launcher ? `running since ${launcher.since} (process ${launcher.pid})` : 'not running');
  server('postgres', environment.ADMIN_DATABASE_URL ?? environment.REGISTER_DATABASE_URL);
  server('rabbitmq', environment.AMQP_URL);
  for (const name of ['register', 'marketing']) {
    const upper = name.toUpperCase();
    const url = `http://${environment[`${upper}_HOST`]}:${environment[`${upper}_PORT`]}`;
    const entry = running(paths, name);
    line(name, entry ? `${url} ${await readiness(url)} (process ${entry.pid})` : 'not running');
  }
});
