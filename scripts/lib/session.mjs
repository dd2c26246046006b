// One launcher at a time for a profile, and a shutdown that runs whichever way the session ends.
import { forget, takeLock } from './run-files.mjs';
import { Told, say } from './say.mjs';
import { stopTools } from './tools.mjs';

const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Holds the profile's launcher lock and calls `shutdown()` once: on a signal (then the process ends with `exitCode`), and when
 * `end()` is called. Throws a told error when another launcher lives.
 */
export async function openSession(paths, { shutdown, farewell, exitCode = 0 }) {
  const holder = await takeLock(paths, 'launcher');
  if (holder) throw new Told(`Already running here since ${holder.since.slice(0, 16).replace('T', ' ')} UTC (process ${holder.pid}). "npm run stop" stops it.`);
  let ending;
  const end = () => {
    stopTools();
    return (ending ??= Promise.resolve().then(shutdown).finally(() => forget(paths, 'launcher')));
  };
  const onSignal = () => {
    if (ending) return;
    say();
    say(farewell);
    void end().then(
      () => {
        say('Stopped.');
        process.exit(exitCode);
      },
      (error) => {
        say(error.message);
        process.exit(1);
      },
    );
  };
  for (const signal of ENDINGS) process.on(signal, onSignal);
  return { end, isEnding: () => ending !== undefined };
}
