import { Inject, Injectable } from '@nestjs/common';
import { createHash, type Hash } from 'node:crypto';
import { chmod, type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import type { Finished } from './exports.sql.js';

/** The names of files: id of the export, number of the file, what is in it. Nothing about a person or a recipient. */
const NAME = /^([0-9a-f-]{36})\.(\d+)\.(content|rows)$/;
/** A row's slot and its length in bytes; the head has slot 0. */
const PAIR_BYTES = 8;
/** Rows copied at a time when a file is written anew. */
const ROWS_AT_ONCE = 16_384;

/** Whose rows are to be renewed in a file, and the rows that they have now; who has none goes. */
export interface Renewal {
  concerns(slot: number): boolean;
  rowsOf(slots: readonly number[]): Promise<ReadonlyMap<number, Buffer>>;
}

/** Whether the disk (or the quota on it) is full. */
export function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String((error as NodeJS.ErrnoException | null)?.code));
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === 'ENOENT';
}

/**
 * The files that wait to be taken. Each is two: the content as it is taken, and whose row is how long, so that it can be written anew
 * without somebody. Only this process's user may read them. Instances that share a database share the directory.
 */
@Injectable()
export class FileStore {
  constructor(@Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'exports'>) {}

  async create(id: string, number: number): Promise<FileDraft> {
    const { directory } = this.config.exports;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700);
    const content = await open(this.path(id, number, 'content'), 'wx', 0o600);
    try {
      return new FileDraft(content, await open(this.path(id, number, 'rows'), 'wx', 0o600));
    } catch (error) {
      await content.close();
      throw error;
    }
  }

  /** @throws an error of which `isMissing` is true when it is not there */
  open(id: string, number: number): Promise<FileHandle> {
    return open(this.path(id, number, 'content'), 'r');
  }

  async remove(id: string, number: number): Promise<void> {
    for (const part of ['content', 'rows'] as const) await rm(this.path(id, number, part), { force: true });
  }

  /** Every file there is, by export and number. */
  async list(): Promise<{ id: string; number: number }[]> {
    const names = await readdir(this.config.exports.directory).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const found = new Map<string, { id: string; number: number }>();
    for (const name of names) {
      const [, id, number] = NAME.exec(name) ?? [];
      if (id !== undefined) found.set(`${id}.${String(number)}`, { id, number: Number(number) });
    }
    return [...found.values()];
  }

  /** Writes file `number + 1` with the rows of some renewed. The old one is left as it is. Who has no row any more, besides what it came to. */
  async rewrite(id: string, number: number, renewal: Renewal): Promise<{ finished: Finished; gone: number[] }> {
    const [content, rows] = await Promise.all([this.open(id, number), open(this.path(id, number, 'rows'), 'r')]);
    try {
      // What a rewrite that broke off has left; the row of the export is locked, so nobody else is writing it.
      await this.remove(id, number + 1);
      const draft = await this.create(id, number + 1);
      try {
        const gone = await copyRows(content, rows, draft, renewal);
        return { finished: await draft.finish(), gone };
      } catch (error) {
        await draft.abandon();
        await this.remove(id, number + 1);
        throw error;
      }
    } finally {
      await Promise.all([content.close(), rows.close()]);
    }
  }

  private path(id: string, number: number, part: 'content' | 'rows'): string {
    return join(this.config.exports.directory, `${id}.${number}.${part}`);
  }
}

/** A file while it is written. */
export class FileDraft {
  private readonly hash: Hash = createHash('sha256');
  private bytes = 0;

  constructor(private readonly content: FileHandle, private readonly rows: FileHandle) {}

  /** @param lengths slot and length of each row in the chunks */
  async write(chunks: readonly Buffer[], lengths: Uint32Array): Promise<void> {
    for (const chunk of chunks) {
      this.hash.update(chunk);
      this.bytes += chunk.length;
      await writeWhole(this.content, chunk);
    }
    await writeWhole(this.rows, Buffer.from(lengths.buffer, lengths.byteOffset, lengths.byteLength));
  }

  async finish(): Promise<Finished> {
    await this.abandon();
    return { bytes: this.bytes, sha256: this.hash.digest() };
  }

  /** Closes it; whoever began it removes it. */
  async abandon(): Promise<void> {
    await Promise.all([this.content.close(), this.rows.close()]);
  }
}

/** A disk that has room for a part of it only says so at the next write. */
async function writeWhole(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}

/** Some thousand rows at a time. The slots of those who have no row any more. */
async function copyRows(content: FileHandle, rows: FileHandle, draft: FileDraft, renewal: Renewal): Promise<number[]> {
  const gone: number[] = [];
  for (let rowAt = 0, contentAt = 0; ;) {
    const pairs = Buffer.alloc(ROWS_AT_ONCE * PAIR_BYTES);
    const { bytesRead } = await rows.read(pairs, 0, pairs.length, rowAt);
    if (bytesRead === 0) return gone;
    const lengths = new Uint32Array(pairs.buffer, pairs.byteOffset, bytesRead / 4);
    const slots = lengths.filter((_, at) => at % 2 === 0);
    const total = lengths.reduce((sum, value, at) => (at % 2 === 1 ? sum + value : sum), 0);
    const chunk = Buffer.allocUnsafe(total);
    if ((await content.read(chunk, 0, total, contentAt)).bytesRead < total) throw Object.assign(new Error('short file'), { code: 'ENOENT' });
    const isConcerned = (slot: number): boolean => slot !== 0 && renewal.concerns(slot);
    const concerned = [...slots].filter(isConcerned);
    const renewed = concerned.length === 0 ? new Map<number, Buffer>() : await renewal.rowsOf(concerned);
    const written: Buffer[] = [];
    const kept: number[] = [];
    let from = 0;
    slots.forEach((slot, nth) => {
      const end = from + (lengths[2 * nth + 1] as number);
      const row = isConcerned(slot) ? renewed.get(slot) : chunk.subarray(from, end);
      from = end;
      if (row === undefined) {
        gone.push(slot);
        return;
      }
      written.push(row);
      kept.push(slot, row.length);
    });
    await draft.write([Buffer.concat(written)], Uint32Array.from(kept));
    rowAt += bytesRead;
    contentAt += total;
  }
}
