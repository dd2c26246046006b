import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AudienceIndex } from '../audience-index/audience-index.service.js';
import { AnswerSender } from '../answering/answer-sender.service.js';
import { ExportKeeper } from '../exports/export-keeper.service.js';
import { ExportWork } from '../exports/export-work.service.js';
import { FileMaker } from '../exports/file-maker.service.js';
import { Puller } from '../pulling/puller.service.js';
import { ReconcileService } from '../reconcile/reconcile.service.js';
import { Retention } from '../retention/retention.service.js';
import { SnapshotKeeper } from '../segments/snapshot-keeper.service.js';

/** Starts what runs without being called, and ends it in order: nothing uses the database after it is closed. */
@Injectable()
export class Background implements OnApplicationShutdown {
  constructor(
    private readonly database: DataSource,
    private readonly answers: AnswerSender,
    private readonly puller: Puller,
    private readonly reconcile: ReconcileService,
    private readonly index: AudienceIndex,
    private readonly snapshots: SnapshotKeeper,
    private readonly exportMaker: FileMaker,
    private readonly exportKeeper: ExportKeeper,
    private readonly exportWork: ExportWork,
    private readonly retention: Retention,
  ) {}

  start(): void {
    for (const { task } of this.workers()) task.start();
  }

  /** Nest has closed the transports by now: the last batch is committed and acked. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.exportWork.stopAll(), ...this.workers().map(({ task }) => task.stop())]);
    if (this.database.isInitialized) await this.database.destroy();
  }

  private workers(): { task: AnswerSender['task'] }[] {
    return [this.answers, this.puller, this.reconcile, this.index, this.snapshots, this.exportMaker, this.exportKeeper, this.retention];
  }
}
