import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { copyBytes } from '#database/copy-bytes.js';
import { clauseOf, SINCE } from '../audience/clause.js';
import { FreshnessService } from '../audience/freshness.service.js';
import { type Bitmap, BLOCK_SLOTS, blocksOf, emptyBitmap, setBit } from '../audience-index/bitmap.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import { HOLD_READING_LOCK } from './erasures.sql.js';
import { noteBlock, putMembers } from './exports.sql.js';
import type { ExportRow } from './export.row.js';
import { onConnection } from '../database/transaction.js';
import { type Layout, layoutOf } from './presets.js';
import { type RowShape, RowWriter } from './row-writer.js';

/** The export is not ours any more: cancelled, or taken for dead. */
export class ExportTakenAway extends Error {
  override readonly name = 'ExportTakenAway';
  readonly code = 'ExportTakenAway';
}

/** Some rows, read on one snapshot; their members are committed. */
export interface Block {
  readonly chunks: readonly Buffer[];
  /** Gives the memory of a chunk back; nothing may read it any more. */
  readonly release: (chunk: Buffer) => void;
  /** Slot and length in bytes of each row, in turn. */
  readonly lengths: Uint32Array;
  /** The version of the contacts judged fresh before they were read. */
  readonly version: number;
}

/** A block on its way: first it is read, then it is committed. */
interface Coming {
  /** Resolves in any case. */
  readonly read: Promise<void>;
  readonly block: Promise<Block>;
}

export interface Reading {
  readonly row: ExportRow;
  readonly worker: string;
  /** Where the members are put down: as handed out, or as stored. */
  readonly column: 'members' | 'stored';
}

/** Reads the people of an export, some tens of thousands of slots at a time. */
@Injectable()
export class BlockReader {
  private readings = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly database: DataSource,
    private readonly gate: FreshnessService,
    @Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'exports' | 'poolSize'>,
  ) {}

  layoutOf({ preset, channel, bom }: Pick<ExportRow, 'preset' | 'channel' | 'bom'>): Layout {
    return layoutOf(preset, channel, SINCE[channel], bom);
  }

  /**
   * Each block is one transaction: judged fresh, read, its members put down, committed; only then it is given out. So nobody leaves
   * here who had withdrawn before she was read, and whoever does leave is on record, whatever breaks afterwards. The next block is
   * read while one is committed and used; their commits keep their order, since each writes the row of the export.
   * @throws Failure `list-stale`, ExportTakenAway
   */
  async *blocks(reading: Reading): AsyncGenerator<Block> {
    const last = reading.row.lastSlot ?? 0;
    const size = this.config.exports.blockSlots;
    const read = this.readerOf(reading);
    let coming: Coming | undefined = read(0, size);
    for (let from = size; coming !== undefined; from += size) {
      // The server goes on reading while this one is committed and sent.
      const after: Promise<Coming> | undefined = from <= last ? coming.read.then(() => read(from, from + size)) : undefined;
      yield await coming.block;
      coming = await after;
    }
  }

  /**
   * The rows of these people as they are now, by slot; without those who are not of the export (any more). In the caller's transaction,
   * and without the lock of readings: whoever is read here is among those whom a stored file holds anyway.
   */
  async rowsOf(manager: EntityManager, row: ExportRow, slots: readonly number[]): Promise<ReadonlyMap<number, Buffer>> {
    const { queryRunner } = manager;
    if (queryRunner === undefined) throw new Error('a transaction has a connection');
    const { expressions, clause, settings, values, shape } = this.statementOf(row);
    const writer = new RowWriter(shape);
    const lengths: (readonly [slot: number, length: number])[] = [];
    await manager.query(`SELECT ${settings.join(', ')}`, values);
    await copyBytes(queryRunner, `COPY (SELECT slot, ${expressions} FROM contact WHERE slot = ANY ('{${slots.join(',')}}') AND ${clause}) TO STDOUT`, (bytes, start, end) => {
      const length = writer.write(bytes, start, end);
      if (length > 0) lengths.push([writer.slot, length]);
    });
    const content = Buffer.concat(writer.take());
    let at = 0;
    return new Map(lengths.map(([slot, length]) => [slot, content.subarray(at, at += length)]));
  }

  /** Readings get half of the connections: the intake must never wait for exports. */
  private async inTurn<T>(read: () => Promise<T>): Promise<T> {
    if (this.readings < Math.max(1, Math.floor(this.config.poolSize / 2))) this.readings += 1;
    else await new Promise<void>((resolve) => { this.waiting.push(resolve); });
    try {
      return await read();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.readings -= 1;
      else next();
    }
  }

  private statementOf(row: ExportRow): { expressions: string; clause: string; settings: string[]; values: unknown[]; shape: RowShape } {
    const { expressions, shape } = this.layoutOf(row);
    const { text, values } = clauseOf(row.channel, row.condition);
    const clause = text.replaceAll(/\$(\d+)/g, `(SELECT current_setting('lupa.v$1'))`);
    return { expressions: expressions.join(', '), clause, settings: settingsOf(values), values: [...values], shape };
  }

  private readerOf({ row, worker, column }: Reading): (from: number, to: number) => Coming {
    const { expressions, clause, settings, values, shape } = this.statementOf(row);
    const copy = (from: number, to: number): string =>
      `COPY (SELECT slot, ${expressions} FROM contact
              WHERE slot >= ${from} AND slot < ${to} AND ${clause} ORDER BY slot) TO STDOUT`;
    const writer = new RowWriter(shape);
    // Several blocks read may share a block of members; they come one after the other.
    let members: Bitmap = emptyBitmap(BLOCK_SLOTS);
    const readOne = (from: number, to: number, isRead: () => void): Promise<Block> => onConnection(this.database, async (runner) => {
      // The first statement of the transaction, so the lock is held before anybody is read.
      await runner.query(`SELECT ${[HOLD_READING_LOCK, ...settings].join(', ')}`, values);
      const { freshness, version } = await this.gate.judge(runner.manager);
      const asOf = this.gate.freshOrRefuse(freshness);
      if (from % BLOCK_SLOTS === 0) members = emptyBitmap(BLOCK_SLOTS);
      const lengths = new Uint32Array(column === 'stored' ? 2 * (to - from) : 0);
      let rows = 0;
      let leftOut = 0;
      await copyBytes(runner, copy(from, to), (bytes, start, end) => {
        const length = writer.write(bytes, start, end);
        if (length === 0) {
          leftOut += 1;
          return;
        }
        setBit(members, writer.slot % BLOCK_SLOTS, true);
        lengths[2 * rows] = writer.slot;
        lengths[2 * rows + 1] = length;
        rows += 1;
      });
      const chunks = writer.take();
      const [found] = blocksOf(members);
      // From here on the writer and the members are those of the next block.
      isRead();
      if (rows > 0 && found !== undefined) await putMembers(runner.manager, row.id, column, Math.floor(from / BLOCK_SLOTS), found.members);
      if (!(await noteBlock(runner.manager, row.id, worker, column, { rows, leftOut, nextSlot: to, asOf, version }))) throw new ExportTakenAway();
      return { chunks, release: (chunk) => { writer.release(chunk); }, lengths: lengths.subarray(0, 2 * rows), version };
    });
    return (from, to) => {
      let isRead: () => void = () => undefined;
      const read = new Promise<void>((resolve) => { isRead = resolve; });
      const block = this.inTurn(() => readOne(from, to, isRead)).finally(isRead);
      // When nobody wants it any more, nobody waits for it either.
      block.catch(() => undefined);
      return { read, block };
    };
  }
}

/**
 * COPY takes no parameters, so the values of the filter come as settings of the transaction: they travel as parameters of the
 * statement that selects these, and never stand in a text.
 */
function settingsOf(values: readonly unknown[]): string[] {
  const settings = values.map((value, at) =>
    `set_config('lupa.v${at + 1}', ${Array.isArray(value) ? `($${at + 1}::text[])::text` : `$${at + 1}::text`}, true)`);
  return [`set_config('TimeZone', 'UTC', true)`, `set_config('DateStyle', 'ISO', true)`, ...settings];
}
