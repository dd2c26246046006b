import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';

/** Linux counts processor time in hundredths of a second. */
const MS_PER_TICK = 10;

interface Stat { readonly parent: number; readonly own: number; readonly ofDeadChildren: number }

/** Reads /proc/<pid>/stat (proc(5)); undefined when the process is gone or the system has no /proc. */
function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command in parentheses may hold spaces; the fields behind it do not.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number);
    const ticks = (...at: number[]) => at.reduce((sum, i) => sum + (fields[i] ?? 0), 0) * MS_PER_TICK;
    return { parent: fields[1] ?? 0, own: ticks(11, 12), ofDeadChildren: ticks(13, 14) };
  } catch {
    return undefined;
  }
}

/** Milliseconds of processor time a process has used; undefined where that cannot be told. */
export function processorTime(pid: number): number | undefined {
  return statOf(pid)?.own;
}

/** The same for a process with all its children, also those that have ended. */
export function processorTimeOfFamily(pid: number): number | undefined {
  const head = statOf(pid);
  if (!head) return undefined;
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((name) => statOf(Number(name)));
  return children.reduce((sum, child) => sum + (child?.parent === pid ? child.own : 0), head.own + head.ofDeadChildren);
}

/** The process that all of PostgreSQL's are children of, when it runs on this machine. */
export async function postmasterOf(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return statOf(rows[0]?.pid ?? 0)?.parent;
}
