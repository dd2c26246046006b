import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, realpath, stat } from 'node:fs/promises';
import { ContentSearch } from './content-search.js';
import type { Needles } from './needles.js';
import { Places } from './places.js';
import { safePath } from './safe-path.js';
import type { Finding, Unsearched } from './sought.js';
import { Tally } from './tally.js';

/** A directory, and how results name it. */
export interface Directory {
  readonly store: string;
  readonly path: string;
}

export interface FilesSearched {
  readonly found: readonly Finding[];
  readonly unsearched: readonly Unsearched[];
  /** How many more were found and not searched than are listed. */
  readonly more: { readonly found: number; readonly unsearched: number };
  readonly files: number;
  /** As they lie on the disk, compressed ones too. */
  readonly bytes: number;
}

const CHUNK = 1 << 20;
/** Gone since the directory was read, or something else by now: nothing of it is left to search there. */
const VANISHED: ReadonlySet<string> = new Set(['ENOENT', 'ELOOP', 'ENOTDIR']);
/** After the first only what was not seen before is read, which is quick. */
const MOST_WALKS = 4;
const SLASH = Buffer.from('/');
const NOTHING = Buffer.alloc(0);
/** Brotli has no mark, and little of it does not look packed. */
const BROTLI = Buffer.from('.br');

/**
 * Searches every file below the directories, and the names of all of them, once, whatever number of people is looked for. A file that
 * is being written is searched as far as it has got; one that is renamed meanwhile, as logs are, is found under its other name.
 * Symbolic links are not followed: one that leads out of the directory is told, as what it leads to was not searched. Sockets and pipes hold nothing.
 * @throws the signal's reason soon after it is aborted
 */
export async function searchFiles(directories: readonly Directory[], needles: Needles, signal?: AbortSignal): Promise<FilesSearched> {
  const result = { found: [] as Finding[], unsearched: [] as Unsearched[], more: { found: 0, unsearched: 0 }, files: 0, bytes: 0 };
  for (const { store, path } of directories) {
    const search = new DirectorySearch(needles, store, Buffer.from(path), signal);
    await search.run();
    for (const each of search.places.found) result.found.push(each);
    for (const each of search.places.unsearched) result.unsearched.push(each);
    result.more.found += search.places.more.found;
    result.more.unsearched += search.places.more.unsearched;
    result.files += search.files;
    result.bytes += search.bytes;
  }
  return result;
}

class DirectorySearch {
  readonly places: Places;
  files = 0;
  bytes = 0;
  private readonly chunk = Buffer.allocUnsafe(CHUNK);
  /** Device and inode of each file that was searched: they stay when it is renamed. */
  private readonly seen = new Set<string>();
  /** Paths that were told as such, by their name or as not searched: in the next walk they are not told again. */
  private readonly told = new Set<string>();
  private isNew = false;
  private isAgain = false;

  constructor(private readonly needles: Needles, store: string, private readonly root: Buffer, private readonly signal: AbortSignal | undefined) {
    this.places = new Places(needles, store);
  }

  /** Walks until nothing is met that was not met before. */
  async run(): Promise<void> {
    for (let walk = 0; walk < MOST_WALKS; walk += 1) {
      [this.isNew, this.isAgain] = [false, walk > 0];
      await this.directory(NOTHING);
      if (!this.isNew) return;
    }
    this.unsearched(NOTHING, 'moved');
  }

  /** @param below path from the root, empty for the root: names above it are the operator's. Any bytes may be a name */
  private async directory(below: Buffer): Promise<void> {
    let entries;
    try {
      entries = await readdir(this.absolute(below), { withFileTypes: true, encoding: 'buffer' });
    } catch (error) {
      // A directory that was configured and is not there is a mistake; one that was there a moment ago is not.
      this.failed(below, error, below.length > 0 || this.isAgain);
      return;
    }
    for (const entry of entries) {
      this.signal?.throwIfAborted();
      const path = below.length === 0 ? entry.name : joined(below, entry.name);
      this.nameOf(path);
      if (entry.isDirectory()) await this.directory(path);
      else if (entry.isFile()) await this.ifThere(path, () => this.file(path));
      else if (entry.isSymbolicLink()) await this.ifThere(path, () => this.link(path));
    }
  }

  private async file(path: Buffer): Promise<void> {
    if (this.seen.has(identityOf(await lstat(this.absolute(path), { bigint: true })))) return;
    const file = await open(this.absolute(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const identity = identityOf(await file.stat({ bigint: true }));
      if (this.seen.has(identity)) return;
      this.isNew = true;
      await this.content(file, path);
      this.seen.add(identity);
    } finally {
      await file.close();
    }
  }

  private async content(file: FileHandle, path: Buffer): Promise<void> {
    const search = new ContentSearch(this.needles);
    for (;;) {
      this.signal?.throwIfAborted();
      const { bytesRead } = await file.read(this.chunk, 0, CHUNK, null);
      if (bytesRead === 0) break;
      this.bytes += bytesRead;
      await search.take(this.chunk.subarray(0, bytesRead));
    }
    const reasons = await search.end();
    for (const reason of reasons) this.unsearched(path, reason);
    if (reasons.size === 0 && path.subarray(-BROTLI.length).equals(BROTLI)) this.unsearched(path, 'compressed');
    this.files += 1;
    for (const tally of search.tallies) this.places.add(tally, this.place(path));
  }

  /** What it leads to is searched where it is, or not at all. */
  private async link(path: Buffer): Promise<void> {
    const target = await stat(this.absolute(path));
    if (!target.isFile() && !target.isDirectory()) return;
    const [root, leadsTo] = [await realpath(this.root, 'buffer'), await realpath(this.absolute(path), 'buffer')];
    if (!leadsTo.equals(root) && !leadsTo.subarray(0, root.length + 1).equals(Buffer.concat([root, SLASH]))) this.unsearched(path, 'link');
  }

  private async ifThere(path: Buffer, search: () => Promise<void>): Promise<void> {
    try {
      await search();
    } catch (error) {
      this.failed(path, error, true);
    }
  }

  private nameOf(path: Buffer): void {
    const tally = searchedName(this.needles, path.subarray(path.lastIndexOf(SLASH) + 1));
    if (!tally.isEmpty && this.isFirst(`name ${path.toString('latin1')}`)) this.places.add(tally, this.place(path));
  }

  private failed(path: Buffer, error: unknown, mayVanish: boolean): void {
    const { code } = Object(error) as { code?: unknown };
    if (typeof code !== 'string') throw error;
    if (!mayVanish || !VANISHED.has(code)) this.unsearched(path, code);
  }

  private unsearched(path: Buffer, reason: string): void {
    if (this.isFirst(`${reason} ${path.toString('latin1')}`)) this.places.addUnsearched(this.place(path), reason);
  }

  private isFirst(what: string): boolean {
    return !this.told.has(what) && this.told.add(what).has(what);
  }

  private place(path: Buffer): string {
    return safePath(path, (part) => !searchedName(this.needles, part).isEmpty);
  }

  private absolute(below: Buffer): Buffer {
    return below.length === 0 ? this.root : joined(this.root, below);
  }
}

function identityOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${dev}:${ino}`;
}

/**
 * A name is searched as it is, and without what may be no part of an address in it: of `export_aino@firma.fi.csv` the ending, with which it could go on, and what is
 * before a sign with which it could begin; of `aino@firma.fi-2026.csv` the year.
 */
function searchedName(needles: Needles, name: Buffer): Tally {
  const tally = new Tally();
  let isSuspect = false;
  needles.suspect(name, () => { isSuspect = true; });
  if (!isSuspect) return tally;
  for (const start of beginningsIn(name)) for (const end of endsIn(name)) if (start < end) needles.search(name.subarray(start, end), true, (found) => tally.note(found, 0));
  return tally;
}

function beginningsIn(name: Buffer): readonly number[] {
  return [0, ...[...name.toString('latin1').matchAll(/[_-]/g)].map(({ index }) => index + 1)];
}

function endsIn(name: Buffer): readonly number[] {
  return [...[...name.toString('latin1').matchAll(/\.|-(?=\d)/g)].map(({ index }) => index), name.length];
}

function joined(directory: Buffer, name: Buffer): Buffer {
  return Buffer.concat([directory, SLASH, name]);
}
