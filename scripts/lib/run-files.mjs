// What runs is written down under .lupa/<profile>/run/, one file for each process, so that any later command finds it.
import { linkSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from './json-file.mjs';
import { birthOf, lives, sleep } from './processes.mjs';

const fileOf = (paths, name) => join(paths.run, `${name}.json`);

/** Records a process under a name. `extra` may hold who keeps it (`keeper`: 'launcher' stops it, 'command' leaves it). */
export function record(paths, name, pid, extra = {}) {
  const entry = { pid, birth: birthOf(pid), since: new Date().toISOString(), ...extra };
  writeJson(fileOf(paths, name), entry, 0o644);
  return entry;
}

export const recorded = (paths, name) => readJson(fileOf(paths, name));
export const forget = (paths, name) => rmSync(fileOf(paths, name), { force: true });

/** The record of a process that lives now, or undefined. */
export function running(paths, name) {
  const entry = recorded(paths, name);
  return lives(entry) ? entry : undefined;
}

/** Names of every recorded process that lives. */
export const allRunning = (paths) =>
  readdirSync(paths.run)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .filter((name) => running(paths, name));

/**
 * Takes a lock that dies with this process. Returns undefined when it is ours, else the record of the living holder.
 * A lock left by a killed process is taken over.
 */
export async function takeLock(paths, name) {
  const file = fileOf(paths, name);
  const mine = { pid: process.pid, birth: birthOf(process.pid), since: new Date().toISOString() };
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, JSON.stringify(mine));
  try {
    for (;;) {
      try {
        linkSync(draft, file);
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
        const holder = readJson(file);
        if (lives(holder) && holder.pid !== process.pid) return holder;
        rmSync(file, { force: true });
        continue;
      }
      // Two commands may heal the same stale lock at once: the later one removes the earlier one's. Look again.
      await sleep(60);
      const now = readJson(file);
      if (now?.pid === process.pid) return undefined;
    }
  } finally {
    rmSync(draft, { force: true });
  }
}
