import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { Caller } from '#auth/caller.js';
import type { Channel } from '#contracts/channel.js';
import { Failure, type FailureDefinition } from '#http/failure.js';
import { FreshnessService } from '../audience/freshness.service.js';
import { AudienceIndex } from '../audience-index/audience-index.service.js';
import { onOneSnapshot } from '../database/transaction.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import { type Selected, SelectionService } from '../segments/selection.service.js';
import { ExportKeeper } from './export-keeper.service.js';
import { ExportWork } from './export-work.service.js';
import { EXPORT_NOT_FOUND, EXPORT_OVER, NOT_AGREED, PRESET_UNFIT, RECIPIENT_UNKNOWN } from './exports.errors.js';
import type { Export, ExportList, ExportListQuery, ExportRequest } from './exports.schemas.js';
import { shown } from './shown-export.js';
import { cancelExport, insertExport, listExports, readExport } from './exports.sql.js';
import type { ExportRow } from './export.row.js';
import { FileMaker } from './file-maker.service.js';
import { channelsOf, formatOf, PRESET_IDS, type PresetId } from './presets.js';
import type { Recipient } from './recipients.schemas.js';

/** Exports as callers ask for them. An export is a disclosure to a processor: only to one that is configured, for what was agreed. */
@Injectable()
export class ExportsService {
  constructor(
    private readonly database: DataSource,
    private readonly gate: FreshnessService,
    private readonly index: AudienceIndex,
    private readonly selections: SelectionService,
    private readonly maker: FileMaker,
    private readonly keeper: ExportKeeper,
    private readonly work: ExportWork,
    @Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'exports'>,
  ) {}

  recipients(): readonly Recipient[] {
    return this.config.exports.recipients;
  }

  /** @throws Failure `recipient-unknown`, `not-agreed-with-recipient`, `preset-unfit`, `list-stale`, and those of a selection */
  async request(request: ExportRequest, caller: Caller): Promise<Export> {
    const recipient = this.recipientOf(request.recipient);
    const selected = await onOneSnapshot(this.database, async (manager) => {
      const { freshness, now } = await this.gate.judge(manager);
      this.gate.freshOrRefuse(freshness);
      return this.selections.resolve(manager, request, now);
    });
    const { channel, condition } = selected;
    const preset = request.preset ?? recipient.preset;
    assertAgreed(recipient, channel, request.purpose);
    assertFits(preset, channel, request.bom);
    const expected = (await this.index.count(channel, condition)).value;
    const id = randomUUID();
    await insertExport(this.database.manager, {
      id, recipient: recipient.id, purpose: request.purpose, channel, preset, delivery: request.delivery, bom: request.bom,
      asked: askedFor(selected), condition, caller, expiryMs: this.config.exports.expiryMs, expected,
    });
    if (request.delivery === 'file') this.maker.task.wake();
    return this.read(id);
  }

  /** @throws Failure `export-not-found` */
  async read(id: string): Promise<Export> {
    return shown(await this.rowOf(id));
  }

  async list(query: ExportListQuery): Promise<ExportList> {
    const rows = await listExports(this.database.manager, { ...query, limit: query.limit + 1 });
    const page = rows.slice(0, query.limit);
    return { exports: page.map(shown), nextBefore: rows.length > query.limit ? page.at(-1)?.number ?? null : null };
  }

  /** @throws Failure `export-not-found`, `export-over` */
  async cancel(id: string): Promise<Export> {
    const { state, reason } = await this.rowOf(id);
    if (!(await this.database.transaction('READ COMMITTED', (manager) => cancelExport(manager, id)))) {
      throw new Failure(EXPORT_OVER, { extra: { state, ...(reason === null ? {} : { reason }) } });
    }
    this.work.stop(id, 'taken-away');
    await this.keeper.sweep();
    return this.read(id);
  }

  private async rowOf(id: string): Promise<ExportRow> {
    const row = await readExport(this.database.manager, id);
    if (row === undefined) throw new Failure(EXPORT_NOT_FOUND);
    return row;
  }

  private recipientOf(id: string): Recipient {
    const recipients = this.recipients();
    const recipient = recipients.find((each) => each.id === id);
    if (recipient === undefined) throw refusal(RECIPIENT_UNKNOWN, 'recipient', recipients.map((each) => each.id));
    return recipient;
  }
}

function askedFor({ filter, segment }: Selected): unknown {
  return segment === undefined ? { filter } : { segment, filter };
}

function assertAgreed(recipient: Recipient, channel: Channel, purpose: string): void {
  if (!recipient.purposes.includes(purpose)) throw refusal(NOT_AGREED, 'purpose', recipient.purposes);
  if (!recipient.channels.includes(channel)) throw refusal(NOT_AGREED, 'channel', recipient.channels);
}

function assertFits(preset: PresetId, channel: Channel, bom: boolean): void {
  if (!channelsOf(preset).includes(channel)) throw refusal(PRESET_UNFIT, 'preset', PRESET_IDS.filter((id) => channelsOf(id).includes(channel)));
  if (bom && formatOf(preset) !== 'csv') throw refusal(PRESET_UNFIT, 'bom', PRESET_IDS.filter((id) => formatOf(id) === 'csv' && channelsOf(id).includes(channel)));
}

function refusal(definition: FailureDefinition, field: string, possible: readonly string[]): Failure {
  return new Failure(definition, {
    errors: [{ pointer: `#/${field}`, code: definition.code, detail: `must be one of: ${possible.join(', ')}` }], extra: { possible },
  });
}
