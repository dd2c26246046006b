import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JsonLogger } from '#http/logger.js';
import { RepeatingTask, type Turn } from '#tasks/repeating-task.js';
import { ExportWork } from './export-work.service.js';
import { FileCleaner } from './file-cleaner.service.js';
import { FileStore } from './file-store.service.js';
import { expireExports, filesToClean, orphansAmong, takeFromTheDead } from './leases.sql.js';
import { RecipientLooks } from './recipient-looks.service.js';

/** So often every recipient is looked at, though none asks. */
const LOOK_EVERY_MS = 60_000;
/** Looks for files that nobody knows, besides at the start and after something has ended. */
const SWEEP_EVERY_MS = 60_000;

/** Keeps the leases of this process, and cleans up after time and death. */
@Injectable()
export class ExportKeeper {
  readonly task: RepeatingTask;
  private sweepAt = 0;
  private lookAt = performance.now() + LOOK_EVERY_MS;

  constructor(
    private readonly database: DataSource,
    private readonly work: ExportWork,
    private readonly cleaner: FileCleaner,
    private readonly files: FileStore,
    private readonly looks: RecipientLooks,
    logger: JsonLogger,
  ) {
    this.task = new RepeatingTask(() => this.turn(), {
      intervalMs: 1_000,
      onError: (error) => { logger.failure('exports-not-kept', error); },
    });
  }

  async turn(): Promise<Turn> {
    await this.work.renew();
    const ended = await this.database.transaction('READ COMMITTED', async (manager) => await takeFromTheDead(manager) + await expireExports(manager));
    for (const id of await filesToClean(this.database.manager)) await this.cleaner.clean(id);
    if (ended > 0 || performance.now() >= this.sweepAt) await this.sweep();
    if (performance.now() >= this.lookAt) {
      this.lookAt = performance.now() + LOOK_EVERY_MS;
      await this.looks.lookAtAll();
    }
    return 'idle';
  }

  /** Removes every file that belongs to no export that is being made or is ready. */
  async sweep(): Promise<void> {
    this.sweepAt = performance.now() + SWEEP_EVERY_MS;
    const files = await this.files.list();
    if (files.length === 0) return;
    for (const { id, number } of await orphansAmong(this.database.manager, files)) await this.files.remove(id, number);
  }
}
