// Looks for personal data of the tests where none may be: in every log, and in what the broker keeps on disk.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Every address, and every marker, that the tests make up for a person. */
const PERSONAL = /[a-z0-9._%+-]+@example\.(?:fi|com|org)|Marker[0-9a-f]{32}|\+35845\d{6,7}/i;

function filesBelow(folder) {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/** What was found: how many files were read, and the names of those that hold personal data. */
export function scanForPersonalData(folders) {
  const files = folders.flatMap(filesBelow);
  const leaking = files.filter((path) => PERSONAL.test(readFileSync(path, 'latin1')));
  return { read: files.length, leaking };
}
