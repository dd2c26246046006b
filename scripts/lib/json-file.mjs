// JSON files written whole or not at all.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** The parsed file, or undefined when it is absent or cut short. */
export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Writes for the owner's eyes only unless told otherwise. */
export function writeJson(file, value, mode = 0o600) {
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode });
  renameSync(draft, file);
}
