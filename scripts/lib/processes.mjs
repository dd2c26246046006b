// Processes by their real identity: a pid alone may have been given to somebody else since.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until the condition is true; false when the time is over. The condition may be asynchronous. */
export async function until(condition, timeoutMs, everyMs = 100) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() >= end) return false;
    await sleep(everyMs);
  }
}

/** When the process began, in a form that only compares; undefined when there is no such living process. */
export function birthOf(pid) {
  if (!Number.isInteger(pid) || pid < 2) return undefined;
  if (existsSync('/proc/self/stat')) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  const seen = spawnSync('ps', ['-o', 'lstart=,state=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim();
  return seen && !/\sZ\S*$/.test(seen) ? seen.replace(/\s\S+$/, '') : undefined;
}

/** True while the recorded process lives: same pid and same birth. */
export const lives = (record) => record?.birth !== undefined && birthOf(record.pid) === record.birth;

/** Asks with the signal, waits, and insists with SIGKILL. Resolves when the process is gone. */
export async function stopProcess(record, { signal = 'SIGTERM', patienceMs = 15_000 } = {}) {
  if (!lives(record)) return;
  send(record.pid, signal);
  if (await until(() => !lives(record), patienceMs, 50)) return;
  send(record.pid, 'SIGKILL');
  await until(() => !lives(record), 5000, 50);
}

export function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
