import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { DataSource } from 'typeorm';
import { Failure } from '#http/failure.js';
import { JsonLogger } from '#http/logger.js';
import { PacedStream } from '#http/paced-stream.js';
import { FreshnessService } from '../audience/freshness.service.js';
import { inTransaction } from '../database/transaction.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import { type Block, BlockReader, ExportTakenAway } from './block-reader.service.js';
import { HOLD_READING_LOCK } from './erasures.sql.js';
import { type ExportState, isOpen } from './export-state.js';
import { ExportWork, type Work } from './export-work.service.js';
import { EXPORT_GONE, EXPORT_NOT_FOUND, EXPORT_NOT_READY } from './exports.errors.js';
import { progressOf } from './shown-export.js';
import { beginExport, beginHandover, endExport, endHandover, endReady, lockExport, readExport, takeBackDelivered } from './exports.sql.js';
import type { ExportRow } from './export.row.js';
import { failureOf } from './failure-reason.js';
import { FileCleaner } from './file-cleaner.service.js';
import { FileStore, isMissing } from './file-store.service.js';
import { handOutStored } from './members.sql.js';
import { forgetAcknowledgedOfOlderFile } from './corrections.sql.js';
import { forgetAcknowledgedOfReturned } from './removals.sql.js';

/** A file is read so much at a time, and between two times it is asked whether it may still be handed out. */
const FILE_CHUNK_BYTES = 1_024 * 1_024;
/** A file may be written anew between two looks; three times in a row is no coincidence. */
const ATTEMPTS = 3;

/** Content on its way out. */
export interface Handover {
  readonly row: ExportRow;
  readonly stream: Readable;
  /** Known of files only. */
  readonly bytes?: number;
  readonly sha256?: Buffer;
  /** To be told how it ended on the wire. */
  ended(isWhole: boolean): Promise<void>;
}

/** Hands out exports: downloads as they are read, files as they were made, without whoever has left since. */
@Injectable()
export class HandoverService {
  constructor(
    private readonly database: DataSource,
    private readonly gate: FreshnessService,
    private readonly reader: BlockReader,
    private readonly cleaner: FileCleaner,
    private readonly files: FileStore,
    private readonly work: ExportWork,
    private readonly logger: JsonLogger,
    @Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'exports' | 'freshnessLimitMs'>,
  ) {}

  /** What would be handed out now. @throws Failure `export-not-found`, `export-not-ready`, `export-gone` */
  async look(id: string): Promise<ExportRow> {
    const row = await readExport(this.database.manager, id);
    if (row === undefined) throw new Failure(EXPORT_NOT_FOUND);
    if (!isOpen(row.state)) throw new Failure(EXPORT_GONE, { extra: { state: row.state, ...(row.reason === null ? {} : { reason: row.reason }) } });
    if (row.isExpired && row.state !== 'running') throw new Failure(EXPORT_GONE, { extra: { state: 'expired' } });
    if (row.state === 'running' || (row.state === 'waiting' && row.delivery === 'file')) {
      throw new Failure(EXPORT_NOT_READY, { extra: { state: row.state, progress: progressOf(row) }, retryAfterSeconds: 1 });
    }
    return row;
  }

  /** @throws Failure `list-stale`, `export-not-found`, `export-not-ready`, `export-gone` */
  async begin(id: string, takenBy: string): Promise<Handover> {
    const { delivery } = await this.look(id);
    return delivery === 'download' ? this.beginDownload(id, takenBy) : this.beginFile(id, takenBy);
  }

  private async beginDownload(id: string, takenBy: string): Promise<Handover> {
    const begun = await this.database.transaction('READ COMMITTED', async (manager) => {
      this.gate.freshOrRefuse((await this.gate.judge(manager)).freshness);
      const row = await beginExport(manager, id, this.work.worker, this.config.exports.leaseMs);
      return row && { row, handover: await beginHandover(manager, id, takenBy) };
    });
    if (begun === undefined) {
      await this.look(id);
      throw new Failure(EXPORT_NOT_READY, { retryAfterSeconds: 1 });
    }
    const { row, handover } = begun;
    const work = this.work.begin(id);
    const stream = new PacedStream(this.read(row, work), work.signal);
    return {
      row, stream,
      ended: async (isWhole) => {
        if (!isWhole) await takeBackDelivered(this.database.manager, id);
        await endHandover(this.database.manager, handover, isWhole ? 'complete' : 'broken');
      },
    };
  }

  /** The bytes of a download, and in the end what became of it. Whoever stops taking them stops the reading. */
  private async *read(row: ExportRow, work: Work): AsyncGenerator<Buffer> {
    let end: ExportState = { state: 'cancelled', reason: 'client-closed' };
    const hash = createHash('sha256');
    let bytes = 0;
    // Who takes nothing for as long as a list may be old would get it older than that.
    const stalled = setTimeout(() => { work.stop('stalled'); }, this.config.freshnessLimitMs);
    try {
      const head = Buffer.from(this.reader.layoutOf(row).head);
      const blocks = this.reader.blocks({ row, worker: this.work.worker, column: 'members' });
      for await (const { chunks, release } of withHead(head, blocks)) {
        for (const chunk of chunks) {
          hash.update(chunk);
          bytes += chunk.length;
          yield chunk;
          release(chunk);
          stalled.refresh();
        }
        if (work.signal.aborted) throw new ExportTakenAway();
      }
      end = { state: 'delivered' };
    } catch (error) {
      if (!(error instanceof ExportTakenAway) && !work.signal.aborted) {
        const reason = failureOf(error, false);
        if (reason !== 'list-stale') this.logger.failure('export-failed', error, { reason });
        end = { state: 'failed', reason };
      }
      throw error;
    } finally {
      clearTimeout(stalled);
      work.seal();
      if (work.signal.reason === 'stalled') end = { state: 'failed', reason: 'stalled' };
      if (work.signal.reason === 'shutdown') end = { state: 'failed', reason: 'interrupted' };
      const finished = end.state === 'delivered' ? { bytes, sha256: hash.digest() } : undefined;
      await endExport(this.database.manager, row.id, this.work.worker, end, finished)
        .catch((error: unknown) => { this.logger.failure('export-end-not-noted', error); });
      work.done();
    }
  }

  private async beginFile(id: string, takenBy: string): Promise<Handover> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const clean = await this.cleaner.clean(id);
      const { file, bytes, sha256 } = await this.look(id);
      if (file === null || bytes === null || sha256 === null || clean?.file !== file) continue;
      const opened = await this.open(id, file, bytes);
      if (opened === undefined) continue;
      const begun = await inTransaction(this.database, async (manager) => {
        // An erasure that is about to be stated waits for this, or has been seen by whoever cleaned.
        await manager.query(`SELECT ${HOLD_READING_LOCK}`);
        this.gate.freshOrRefuse((await this.gate.judge(manager)).freshness);
        const locked = await lockExport(manager, id);
        if (locked?.state !== 'ready' || locked.file !== file) return undefined;
        await handOutStored(manager, id);
        await forgetAcknowledgedOfReturned(manager, id, locked.channel);
        await forgetAcknowledgedOfOlderFile(manager, id);
        return { row: locked, handover: await beginHandover(manager, id, takenBy) };
      }).catch(async (error: unknown) => {
        await opened.close();
        throw error;
      });
      if (begun === undefined) {
        await opened.close();
        continue;
      }
      return {
        row: begun.row, bytes, sha256,
        stream: new PacedStream(this.readFile(opened, { id, file, bytes, sha256 })),
        ended: (isWhole) => endHandover(this.database.manager, begun.handover, isWhole ? 'complete' : 'broken'),
      };
    }
    throw new Failure(EXPORT_NOT_READY, { retryAfterSeconds: 1 });
  }

  /** Undefined when the file is not what it should be; the export has failed then. */
  private async open(id: string, file: number, bytes: number): Promise<FileHandle | undefined> {
    let opened: FileHandle | undefined;
    try {
      opened = await this.files.open(id, file);
      if ((await opened.stat()).size === bytes) return opened;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    await opened?.close();
    const row = await readExport(this.database.manager, id);
    if (row?.file !== file) return undefined;
    await endReady(this.database.manager, id, { state: 'failed', reason: 'file-lost' });
    await this.files.remove(id, file);
    return undefined;
  }

  private async *readFile(
    opened: FileHandle, { id, file, bytes, sha256 }: { id: string; file: number; bytes: number; sha256: Buffer },
  ): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    // Each chunk has left before the next is asked for.
    const chunks = Buffer.allocUnsafeSlow(Math.min(FILE_CHUNK_BYTES, bytes));
    try {
      for (let at = 0; at < bytes;) {
        await this.stillMayBe(id, file);
        const { bytesRead } = await opened.read(chunks, 0, Math.min(chunks.length, bytes - at), at);
        const chunk = chunks.subarray(0, bytesRead);
        at += bytesRead;
        hash.update(chunk);
        // A disk may have changed it: then its end is withheld, so that it does not look whole.
        if (bytesRead === 0 || (at === bytes && !hash.digest().equals(sha256))) {
          await endReady(this.database.manager, id, { state: 'failed', reason: 'file-lost' });
          throw new Failure(EXPORT_GONE, { extra: { state: 'failed', reason: 'file-lost' } });
        }
        yield chunk;
      }
    } finally {
      await opened.close();
    }
  }

  /** @throws ExportTakenAway, Failure `list-stale` */
  private async stillMayBe(id: string, file: number): Promise<void> {
    this.gate.freshOrRefuse((await this.gate.judge(this.database.manager)).freshness);
    const row = await readExport(this.database.manager, id);
    if (row?.state !== 'ready' || row.file !== file) throw new ExportTakenAway();
  }
}

async function *withHead(head: Buffer, blocks: AsyncIterable<Pick<Block, 'chunks' | 'release'>>): AsyncGenerator<Pick<Block, 'chunks' | 'release'>> {
  if (head.length > 0) yield { chunks: [head], release: () => undefined };
  yield* blocks;
}
