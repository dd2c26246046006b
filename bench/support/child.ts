import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { peakMemory, residentMemory } from './memory.js';

const living = new Set<ChildProcess>();
/** By service name, in megabytes; over all starts of it. */
const peaks = new Map<string, number>();
/** The same at rest, when a figure has noted it. */
const rests = new Map<string, number>();

/** To be called once, by the main program: whatever happens to it, nothing it started outlives it. */
export function leaveNobodyBehind(): void {
  process.on('exit', () => { for (const child of living) child.kill('SIGKILL'); });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stopAll().finally(() => process.exit(130)));
}

export interface Service {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

interface ServiceOptions {
  readonly name: string;
  /** Compiled entry point. */
  readonly entry: string;
  readonly url: string;
  /** Answers 2xx when the service is ready. */
  readonly readyPath: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Options of Node.js that it is started with. */
  readonly nodeOptions?: readonly string[];
}

/** Starts one service and waits until it is ready. Its output goes to a log beside the servers' logs. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { name, entry, url, readyPath, environment, nodeOptions = [] } = options;
  const folder = environment['LUPA_LOG_DIRECTORY'] ?? '.';
  mkdirSync(folder, { recursive: true });
  const log = openSync(join(folder, `${name}.log`), 'a');
  // For whoever wants to look inside: BENCH_NODE_OPTIONS_REGISTER="--cpu-prof --cpu-prof-dir=/tmp/profile"
  const own = process.env[`BENCH_NODE_OPTIONS_${name.toUpperCase()}`]?.split(' ') ?? [];
  const child = spawn(process.execPath, [...nodeOptions, ...own, entry], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  living.add(child);
  child.once('exit', () => living.delete(child));
  const ready = await becomesReady(child, `${url}${readyPath}`);
  if (!ready) throw new Error(`${name} did not become ready; its log is ${join(folder, `${name}.log`)}`);
  const stopNotingMemory = () => {
    peaks.set(name, Math.max(peaks.get(name) ?? 0, peakMemory(child.pid ?? 0)));
    return stop(child);
  };
  return { name, url, pid: child.pid ?? 0, stop: stopNotingMemory };
}

/** The most resident memory a service had until it was stopped, in megabytes; undefined where that cannot be told. */
export const peakMemoryOf = (name: string): number | undefined => peaks.get(name) || undefined;

/** Notes what a service holds now, with everything loaded and nothing to do. */
export function noteAtRest({ name, pid }: Service): void {
  rests.set(name, residentMemory(pid));
}

/** In megabytes; undefined when nobody has noted it. */
export const memoryAtRestOf = (name: string): number | undefined => rests.get(name) || undefined;

/** Runs a program of ours to its end; its output comes back. @throws Error with what it printed when it fails */
export async function run(program: string, args: readonly string[], environment: Readonly<Record<string, string>>, input = ''): Promise<string> {
  const child = spawn(program, args, { env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment }, stdio: 'pipe' });
  living.add(child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => { printed += text; });
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  living.delete(child);
  if (code !== 0) throw new Error(`${program} ${args[0] ?? ''} ended with ${code}:\n${printed}`);
  return printed;
}

export async function stopAll(): Promise<void> {
  await Promise.all([...living].map(stop));
}

async function becomesReady(child: ChildProcess, url: string): Promise<boolean> {
  const end = Date.now() + 60_000;
  while (Date.now() < end && child.exitCode === null && child.signalCode === null) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return true;
    await sleep(100);
  }
  return false;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), 12_000);
  await gone;
  clearTimeout(insist);
}
