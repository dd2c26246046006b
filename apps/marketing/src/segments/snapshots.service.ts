import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { Caller } from '#auth/caller.js';
import { Failure } from '#http/failure.js';
import { type Cursor, cursorAfter } from '#http/query.schemas.js';
import { AudienceIndex } from '../audience-index/audience-index.service.js';
import { FreshnessService } from '../audience/freshness.service.js';
import { shownCount } from '../audience/small-group.js';
import { inTransaction } from '../database/transaction.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import { SNAPSHOT_NOT_FOUND } from './segments.errors.js';
import { SelectionService } from './selection.service.js';
import type { Snapshot, SnapshotNow, SnapshotPage, TakeSnapshot } from './snapshots.schemas.js';
import { announceSnapshot, catchUp, deleteSnapshot, insertSnapshot, readSnapshot, readSnapshots, type SnapshotRow } from './snapshots.sql.js';

/** Lists fixed at a moment. Nobody is held on to: every use asks for the consent anew, and who leaves is cleared. */
@Injectable()
export class SnapshotsService {
  constructor(
    private readonly database: DataSource,
    private readonly selections: SelectionService,
    private readonly gate: FreshnessService,
    private readonly index: AudienceIndex,
    @Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'smallGroupThreshold' | 'snapshotRetentionMonths'>,
  ) {}

  /** @throws Failure `list-stale`, and those of a selection */
  take({ name, ...selection }: TakeSnapshot, caller: Caller): Promise<Snapshot> {
    return inTransaction(this.database, async (manager) => {
      await announceSnapshot(manager);
      const { freshness, now } = await this.gate.judge(manager);
      const asOf = this.gate.freshOrRefuse(freshness);
      const selected = await this.selections.resolve(manager, selection, now);
      const row = await insertSnapshot(manager, {
        ...selected, id: randomUUID(), name, owner: caller.subject, asOf,
        takenAt: Math.ceil(now.getTime() / 1_000), retentionMonths: this.config.snapshotRetentionMonths,
      });
      await catchUp(manager, row.id);
      return this.shown(row, caller);
    });
  }

  /** @throws Failure `snapshot-not-found` */
  async read(id: string, caller: Pick<Caller, 'scopes'>): Promise<SnapshotNow> {
    const row = await readSnapshot(this.database.manager, id);
    if (row === undefined) throw new Failure(SNAPSHOT_NOT_FOUND);
    const { channel, takenAt } = row;
    const { value, link } = await this.index.count(channel, { kind: 'snapshot', channel, id, takenAt: takenAt.getTime() / 1_000 });
    const { count, ...hidden } = this.counted(value, caller);
    return { ...this.shown(row, caller), ...hidden, sizeNow: count, stale: !this.gate.judgeLink(link).freshness.fresh };
  }

  async list(limit: number, cursor: Cursor<number> | undefined, caller: Pick<Caller, 'scopes'>): Promise<SnapshotPage> {
    const rows = await readSnapshots(this.database.manager, cursor, limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      snapshots: shown.map((row) => this.shown(row, caller)),
      nextCursor: rows.length > limit && last ? cursorAfter(last.takenAt.getTime() / 1_000, last.id) : null,
    };
  }

  /** @throws Failure `snapshot-not-found` */
  async delete(id: string): Promise<void> {
    if (!(await deleteSnapshot(this.database.manager, id))) throw new Failure(SNAPSHOT_NOT_FOUND);
  }

  private counted(count: number, { scopes }: Pick<Caller, 'scopes'>): { count: number | null; below?: number } {
    return shownCount(count, this.config.smallGroupThreshold, scopes);
  }

  private shown({ segmentId, segmentVersion, sizeAt, ...row }: SnapshotRow, caller: Pick<Caller, 'scopes'>): Snapshot {
    const { count, ...hidden } = this.counted(sizeAt, caller);
    return {
      ...row, ...hidden, sizeAt: count,
      segment: segmentId === null || segmentVersion === null ? null : { id: segmentId, version: segmentVersion },
      takenAt: row.takenAt.toISOString(), asOf: row.asOf.toISOString(), expiresAt: row.expiresAt.toISOString(),
    };
  }
}
