import { constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { GradualGunzip } from './gunzip.js';
import type { Needles } from './needles.js';
import { safePath } from './safe-path.js';
import type { Finding, Unsearched } from './sought.js';
import { StreamSearch } from './stream-search.js';
import { Tally } from './tally.js';

/** A directory, and how results name it. */
export interface Directory {
  readonly store: string;
  readonly path: string;
}

export interface FilesSearched {
  readonly found: readonly Finding[];
  readonly unsearched: readonly Unsearched[];
  readonly files: number;
  /** As they lie on the disk, compressed ones too. */
  readonly bytes: number;
}

const CHUNK = 1 << 20;
/** Gone since the directory was read, or something else by now: nothing of it is left to search. */
const VANISHED: ReadonlySet<string> = new Set(['ENOENT', 'ELOOP', 'ENOTDIR']);
const GZIP = '1f8b08';
/** zip, zstd, xz, bzip2, lz4, 7z by their first bytes: nothing here can look into them. */
const OPAQUE = ['504b0304', '28b52ffd', 'fd377a58', '425a68', '04224d18', '377abcaf'];
const SLASH = Buffer.from('/');

/**
 * Searches every file below the directories, and the names of all of them, once, whatever number of people is looked for. A file that
 * is being written is searched as far as it has got. Symbolic links are not followed; sockets and pipes hold nothing.
 * @throws the signal's reason soon after it is aborted
 */
export async function searchFiles(directories: readonly Directory[], needles: Needles, signal?: AbortSignal): Promise<FilesSearched> {
  const result = { found: [] as Finding[], unsearched: [] as Unsearched[], files: 0, bytes: 0 };
  for (const { store, path } of directories) await new DirectorySearch(needles, store, result, signal).directory(Buffer.from(path));
  return result;
}

type Result = { found: Finding[]; unsearched: Unsearched[]; files: number; bytes: number };

class DirectorySearch {
  private readonly chunk = Buffer.allocUnsafe(CHUNK);

  constructor(private readonly needles: Needles, private readonly store: string, private readonly result: Result, private readonly signal: AbortSignal | undefined) {}

  /** @param below path from the root, empty for the root: names above it are the operator's. Any bytes may be a name */
  async directory(root: Buffer, below: Buffer = Buffer.alloc(0)): Promise<void> {
    let entries;
    try {
      entries = await readdir(below.length === 0 ? root : joined(root, below), { withFileTypes: true, encoding: 'buffer' });
    } catch (error) {
      // A directory that was configured and is not there is a mistake; one that was there a moment ago is not.
      this.failed(below, error, below.length > 0);
      return;
    }
    for (const entry of entries) {
      const path = below.length === 0 ? entry.name : joined(below, entry.name);
      this.nameOf(path);
      if (entry.isDirectory()) await this.directory(root, path);
      else if (entry.isFile()) await this.file(joined(root, path), path);
    }
  }

  private async file(absolute: Buffer, path: Buffer): Promise<void> {
    try {
      const file = await open(absolute, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        await this.content(file, path);
      } finally {
        await file.close();
      }
    } catch (error) {
      this.failed(path, error, true);
    }
  }

  private async content(file: FileHandle, path: Buffer): Promise<void> {
    const search = new StreamSearch(this.needles);
    const unpacked = new StreamSearch(this.needles);
    let gunzip: GradualGunzip | undefined;
    for (let isFirst = true; ; isFirst = false) {
      this.signal?.throwIfAborted();
      const { bytesRead } = await file.read(this.chunk, 0, CHUNK, null);
      if (bytesRead === 0) break;
      const read = this.chunk.subarray(0, bytesRead);
      this.result.bytes += bytesRead;
      if (isFirst) {
        const magic = read.toString('hex', 0, 4);
        if (magic.startsWith(GZIP)) gunzip = new GradualGunzip((part) => unpacked.take(part));
        if (OPAQUE.some((opaque) => magic.startsWith(opaque))) this.unsearched(path, 'compressed');
      }
      search.take(read);
      await gunzip?.take(read);
    }
    search.end();
    if (gunzip && !(await gunzip.end())) this.unsearched(path, 'damaged');
    unpacked.end();
    this.result.files += 1;
    for (const { tally } of [search, unpacked]) this.result.found.push(...tally.findings(this.needles, this.store, this.place(path)));
  }

  private nameOf(path: Buffer): void {
    const tally = searchedName(this.needles, path.subarray(path.lastIndexOf(SLASH) + 1));
    this.result.found.push(...tally.findings(this.needles, this.store, this.place(path)));
  }

  private failed(path: Buffer, error: unknown, mayVanish: boolean): void {
    const { code } = Object(error) as { code?: unknown };
    if (typeof code !== 'string') throw error;
    if (!mayVanish || !VANISHED.has(code)) this.unsearched(path, code);
  }

  private unsearched(path: Buffer, reason: string): void {
    this.result.unsearched.push({ store: this.store, place: this.place(path), reason });
  }

  private place(path: Buffer): string {
    return safePath(path, (part) => !searchedName(this.needles, part).isEmpty);
  }
}

/** A name is searched as it is and without each of its endings: in `aino@firma.fi.csv` the address could go on. */
function searchedName(needles: Needles, name: Buffer): Tally {
  const tally = new Tally();
  for (let end = name.length; end > 0; end = name.lastIndexOf('.', end - 1)) needles.search(name.subarray(0, end), true, (found) => tally.note(found, 0));
  return tally;
}

function joined(directory: Buffer, name: Buffer): Buffer {
  return Buffer.concat([directory, SLASH, name]);
}
