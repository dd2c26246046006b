// Short-lived helpers (npm, tsc, migrations, operator commands): run to the end, their output kept, ended with us.
import { spawn } from 'node:child_process';
import { PROJECT } from './paths.mjs';

const KEPT_CHARACTERS = 16_000;
const live = new Set();
let stopping = false;

/** Runs a program; resolves with { code, output, errors } and never rejects. `input` goes to its standard input. */
export function runTool(program, args, { env = process.env, input } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: PROJECT, env, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    live.add(child);
    const kept = { output: '', errors: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => (kept.output = (kept.output + text).slice(-KEPT_CHARACTERS)));
    child.stderr.setEncoding('utf8').on('data', (text) => (kept.errors = (kept.errors + text).slice(-KEPT_CHARACTERS)));
    const end = (code) => {
      live.delete(child);
      resolve({ code, output: kept.output.trim(), errors: kept.errors.trim() });
    };
    child.once('error', (error) => {
      kept.errors = error.message;
      end(127);
    });
    child.once('close', (code, signal) => end(signal ? 128 : code));
    child.stdin?.on('error', () => undefined).end(input);
  });
}

/** Ends whatever tool still runs, and lets no further server be started: the command itself is ending. */
export function stopTools() {
  stopping = true;
  for (const child of live) child.kill('SIGTERM');
}

export const isStopping = () => stopping;
