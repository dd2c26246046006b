import { csvRows, UnreadableFile } from '../imports/csv-file.reader.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** How the column may be called; as exports call it, and as the register does. */
const NAMES: readonly string[] = ['customerid', 'customer_id', 'id'];
/** Lines told at most. */
const TOLD = 20;

/**
 * The customer ids of a CSV file, in small letters: of the column `customerId` when the first line names one, else the first of each line.
 * @throws UnreadableFile with the numbers of the lines that hold no customer id
 */
export async function* customerIds(path: string): AsyncGenerator<string> {
  const bad: number[] = [];
  let column: number | undefined;
  for await (const { line, cells } of csvRows(path)) {
    if (column === undefined) {
      const named = cells.findIndex((cell) => NAMES.includes(cell.trim().toLowerCase()));
      column = Math.max(0, named);
      if (named >= 0) continue;
    }
    const id = cells[column]?.trim() ?? '';
    if (UUID.test(id)) yield id.toLowerCase();
    else if (bad.push(line) === TOLD) break;
  }
  if (bad.length > 0) throw new UnreadableFile(`No customer id stands in line ${bad.join(', ')}${bad.length === TOLD ? ' and maybe more' : ''}.`);
}

/** Reads the whole file once, so that nobody is erased by a file that is not what it seems. Resolves to how many ids are in it. @throws UnreadableFile */
export async function countIds(path: string): Promise<number> {
  let count = 0;
  for await (const id of customerIds(path)) if (id !== '') count += 1;
  return count;
}

/** The same ids, some at a time, and each once within them. @param size most at a time */
export async function* idChunks(path: string, size: number): AsyncGenerator<string[]> {
  let chunk = new Set<string>();
  for await (const id of customerIds(path)) {
    chunk.add(id);
    if (chunk.size < size) continue;
    yield [...chunk];
    chunk = new Set();
  }
  if (chunk.size > 0) yield [...chunk];
}
