import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JsonLogger } from '#http/logger.js';
import { RepeatingTask, type Turn } from '#tasks/repeating-task.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import { BlockReader, ExportTakenAway } from './block-reader.service.js';
import { ExportWork, type Work } from './export-work.service.js';
import { beginExport, endExport, giveBack, nextWaitingFile } from './exports.sql.js';
import type { ExportRow } from './export.row.js';
import { failureOf } from './failure-reason.js';
import { type FileDraft, FileStore, isDiskFull } from './file-store.service.js';

/** Makes the files that were asked for, one at a time in each instance. */
@Injectable()
export class FileMaker {
  readonly task: RepeatingTask;

  constructor(
    private readonly database: DataSource,
    private readonly reader: BlockReader,
    private readonly files: FileStore,
    private readonly work: ExportWork,
    private readonly logger: JsonLogger,
    @Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'exports'>,
  ) {
    this.task = new RepeatingTask(() => this.turn(), {
      intervalMs: 1_000,
      onError: (error) => { logger.failure('export-file-not-made', error); },
    });
  }

  /** One turn: the oldest file that waits. */
  async turn(): Promise<Turn> {
    const row = await this.database.transaction('READ COMMITTED', async (manager) => {
      const id = await nextWaitingFile(manager);
      return id === undefined ? undefined : beginExport(manager, id, this.work.worker, this.config.exports.leaseMs);
    });
    if (row === undefined) return 'idle';
    const work = this.work.begin(row.id);
    try {
      await this.make(row, work);
    } finally {
      work.done();
    }
    return 'more';
  }

  private async make(row: ExportRow, work: Work): Promise<void> {
    const { manager } = this.database;
    const { id } = row;
    const { worker } = this.work;
    // A number of its own for each try: what a dead process left behind is never taken for what is written now.
    const number = row.tries;
    let draft: FileDraft | undefined;
    try {
      draft = await this.files.create(id, number);
      const head = Buffer.from(this.reader.layoutOf(row).head);
      await draft.write([head], Uint32Array.of(0, head.length));
      for await (const { chunks, release, lengths } of this.reader.blocks({ row, worker, column: 'stored' })) {
        if (work.signal.aborted) throw new ExportTakenAway();
        await draft.write(chunks, lengths);
        chunks.forEach(release);
      }
      const finished = await draft.finish();
      if (!(await endExport(manager, id, worker, { state: 'ready' }, finished, number))) throw new ExportTakenAway();
    } catch (error) {
      await draft?.abandon().catch(() => undefined);
      await this.files.remove(id, number);
      if (error instanceof ExportTakenAway) {
        if (work.signal.reason === 'shutdown') await giveBack(manager, id, worker);
        return;
      }
      const reason = failureOf(error, isDiskFull(error));
      if (reason !== 'list-stale') this.logger.failure('export-failed', error, { reason });
      await endExport(manager, id, worker, { state: 'failed', reason });
    }
  }
}
