import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { JsonLogger } from '#http/logger.js';
import { EVERYBODY } from '../audience/condition.js';
import { AudienceIndex } from '../audience-index/audience-index.service.js';
import { hasBit } from '../audience-index/bitmap.js';
import { readLink } from '../link/link.sql.js';
import { BlockReader } from './block-reader.service.js';
import { endReady, lockExport, markClean, readExport, replaceFile } from './exports.sql.js';
import type { ExportRow } from './export.row.js';
import { FileStore, isDiskFull, isMissing } from './file-store.service.js';
import { changedAmong, isNobody, peopleAt, peopleOf, takeFromStored, without } from './members.sql.js';

/** Keeps waiting files as the people in them are: without whoever has left since, and with the data of everybody else as it is now. */
@Injectable()
export class FileCleaner {
  private cleaning: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: DataSource,
    private readonly index: AudienceIndex,
    private readonly files: FileStore,
    private readonly reader: BlockReader,
    private readonly logger: JsonLogger,
  ) {}

  /**
   * Writes the file of a ready export anew when somebody in it may not be written to any more, or was changed since she was read (GDPR
   * Art. 5(1)(d)); its row is locked meanwhile. When that cannot be done, the file goes altogether. The export as it is then. One at a time in each process: it holds one connection and
   * needs another, so that as many at once as there are connections would wait for each other.
   */
  clean(id: string): Promise<ExportRow | undefined> {
    const turn = this.cleaning.then(() => this.cleanNow(id));
    this.cleaning = turn.catch(() => undefined);
    return turn;
  }

  private async cleanNow(id: string): Promise<ExportRow | undefined> {
    const before = await this.database.transaction('READ COMMITTED', (manager) => this.cleanLocked(manager, id));
    const after = await readExport(this.database.manager, id);
    // Only after the commit: until then the old file is the one that counts.
    if (before?.file != null && before.file !== after?.file) await this.files.remove(id, before.file);
    return after;
  }

  private async cleanLocked(manager: EntityManager, id: string): Promise<ExportRow | undefined> {
    const row = await lockExport(manager, id);
    if (row?.state !== 'ready' || row.file === null) return row;
    const stored = await peopleOf(manager, id, 'stored');
    // Before anybody is looked at: who changes from here on is outdated again.
    const version = (await readLink(manager)).audienceVersion;
    const left = without(stored, (await this.index.bitmap(row.channel, EVERYBODY)).value);
    const changed = await changedAmong(manager, stored, row.storedVersion ?? 0, version);
    if (isNobody(left) && isNobody(changed)) {
      await markClean(manager, id, version);
      return row;
    }
    try {
      const { finished, gone } = await this.files.rewrite(id, row.file, {
        concerns: (slot) => hasBit(left, slot) || hasBit(changed, slot),
        rowsOf: (slots) => this.reader.rowsOf(manager, row, slots),
      });
      await replaceFile(manager, id, row.file + 1, finished, { gone: await takeFromStored(manager, id, stored, peopleAt(gone)), version });
    } catch (error) {
      const reason = isDiskFull(error) ? 'disk-full' : isMissing(error) ? 'file-lost' : 'internal';
      this.logger.failure('export-file-not-cleaned', error, { reason });
      await endReady(manager, id, { state: 'failed', reason });
    }
    return row;
  }
}
