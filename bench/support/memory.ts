import { readFileSync } from 'node:fs';

/** Megabytes a process holds now (VmRSS of proc(5)); 0 on systems without it. */
export function residentMemory(pid: number): number {
  return statusOf(pid, 'VmRSS');
}

/** The most it has ever held (VmHWM). */
export function peakMemory(pid: number): number {
  return statusOf(pid, 'VmHWM');
}

function statusOf(pid: number, field: string): number {
  try {
    return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
  } catch {
    return 0;
  }
}

const LOOK_MS = 50;

/** The most a process held while `work` was done. */
export async function withPeak<T>(pid: number, work: () => Promise<T>): Promise<{ value: T; peak: number }> {
  let peak = residentMemory(pid);
  const timer = setInterval(() => { peak = Math.max(peak, residentMemory(pid)); }, LOOK_MS);
  try {
    const value = await work();
    return { value, peak: Math.max(peak, residentMemory(pid)) };
  } finally {
    clearInterval(timer);
  }
}
