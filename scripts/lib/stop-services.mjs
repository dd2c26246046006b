// Stops what services.mjs started.
import { containers, stopContainer } from './docker.mjs';
import { stopProcess } from './processes.mjs';
import { forget, recorded, running } from './run-files.mjs';
import { profileSecrets } from './secrets.mjs';

/** PostgreSQL: SIGINT is its fast shutdown. RabbitMQ: SIGTERM stops the node in order. epmd serves RabbitMQ only. */
const STOPPING = { rabbitmq: {}, epmd: {}, postgres: { signal: 'SIGINT' } };

/** Stops the profile's servers. With `keeper`, only those that were started by it. Returns the names of those stopped. */
export async function stopServices(paths, { keeper, only = ['postgres', 'rabbitmq'], signal } = {}) {
  const stopped = [];
  for (const [name, how] of Object.entries(STOPPING)) {
    const entry = recorded(paths, name);
    const wanted = only.includes(name === 'epmd' ? 'rabbitmq' : name);
    if (!entry || !wanted || (keeper && entry.keeper !== keeper)) continue;
    if (running(paths, name)) stopped.push(name);
    const kill = signal && name !== 'epmd' ? { signal } : how;
    await stopProcess(entry, kill);
    forget(paths, name);
  }
  for (const [name, entry] of Object.entries(containers(paths))) {
    if (!only.includes(name) || (keeper && entry.keeper !== keeper)) continue;
    await stopContainer(paths, name, profileSecrets(paths));
    stopped.push(name);
  }
  return stopped;
}
