// While `npm start` runs: a server of ours that died is started again, and no log grows without bound.
import { copyFileSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { TITLES } from './account.mjs';
import { lives } from './processes.mjs';
import { recorded } from './run-files.mjs';
import { say } from './say.mjs';
import { ensureServices, SERVICE_NAMES } from './services.mjs';

const LOG_LIMIT_BYTES = 10_000_000;

/** Keeps the last 10 MB of a log beside it. Writers append, so cutting it to nothing under them is safe. */
export function boundLogs(folder) {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.log'))) {
    const file = join(folder, name);
    if (statSync(file).size <= LOG_LIMIT_BYTES) continue;
    copyFileSync(file, `${file}.1`);
    truncateSync(file);
  }
}

/**
 * Looks every second. A recorded server that is dead crashed; one whose record is gone was stopped on purpose. More than
 * five crashes in a minute are reported through `onGivingUp(sentence)`. Returns a function that ends the watch.
 */
export function watchServers(paths, { keeper, onGivingUp }) {
  let crashes = [];
  let busy = false;
  const look = async () => {
    if (busy) return;
    busy = true;
    try {
      boundLogs(paths.logs);
      const dead = SERVICE_NAMES.filter((name) => recorded(paths, name)?.keeper === keeper && !lives(recorded(paths, name)));
      if (dead.length === 0) return;
      const names = dead.map((name) => TITLES[name]).join(' and ');
      crashes = [...crashes.filter((at) => Date.now() - at < 60_000), Date.now()];
      if (crashes.length > 5) return onGivingUp(`${names} ended more than five times within a minute. The logs: ${paths.logs}`);
      say(`· ${names} ended unexpectedly; starting again`);
      await ensureServices(paths, { keeper, only: dead });
    } catch (error) {
      onGivingUp(error.message);
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void look(), 1000);
  return () => clearInterval(timer);
}
