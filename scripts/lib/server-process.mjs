// Starts a server that outlives the command which started it: in a session of its own, so that a Ctrl-C in the terminal does
// not reach it, and spawned directly under its account, so that the pid we keep is the server's and not a wrapper's.
import { spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { Told } from './say.mjs';
import { until } from './processes.mjs';
import { isStopping } from './tools.mjs';

const LOG_LIMIT_BYTES = 5_000_000;

/** Opens a log for appending; one that has grown past the limit becomes `<file>.1` first, so at most two are kept. */
export function openLog(file) {
  try {
    if (statSync(file).size > LOG_LIMIT_BYTES) renameSync(file, `${file}.1`);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  return openSync(file, 'a', 0o600);
}

/** Returns the child, whose pid is the server's. Starts nothing once this command is ending. */
export function startServer(program, args, { account, cwd, env, log }) {
  if (isStopping()) throw new Told('Stopping.');
  const output = openLog(log);
  const child = spawn(program, args, {
    cwd,
    env,
    uid: account.uid,
    gid: account.gid,
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.on('error', () => undefined); // a failed spawn shows as a child that never becomes ready
  child.unref();
  return child;
}

/** Waits for readiness; a server that ends before, or takes too long, is a told error that names its log. */
export async function untilReady(name, child, isReady, { timeoutMs, log }) {
  const ended = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  const ready = await until(async () => ended() || (await isReady()), timeoutMs, 150);
  if (ended()) throw new Told(`${name} ended while starting. Its log: ${log}`);
  if (!ready) throw new Told(`${name} is not ready after ${timeoutMs / 1000} seconds. Its log: ${log}`);
}
