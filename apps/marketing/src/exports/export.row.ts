import type { Caller } from '#auth/caller.js';
import type { Channel } from '#contracts/channel.js';
import type { Condition } from '../audience/condition.js';
import type { ExportCancellation, ExportFailure, ExportState } from './export-state.js';
import type { PresetId } from './presets.js';

/** A row of `export`. */
export interface ExportRow {
  readonly id: string;
  readonly number: number;
  readonly recipient: string;
  readonly purpose: string;
  readonly channel: Channel;
  readonly preset: PresetId;
  readonly delivery: 'download' | 'file';
  readonly bom: boolean;
  readonly asked: unknown;
  readonly condition: Condition;
  readonly requestedBy: string;
  readonly requestedByKind: Caller['kind'];
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly isExpired: boolean;
  readonly state: ExportState['state'];
  readonly reason: ExportFailure | ExportCancellation | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly asOf: Date | null;
  readonly nextSlot: number;
  readonly lastSlot: number | null;
  readonly expected: number;
  readonly rows: number;
  readonly leftOut: number;
  readonly bytes: number | null;
  readonly sha256: Buffer | null;
  readonly file: number | null;
  readonly tries: number;
  /** Nobody in the stored file was read at an earlier version of the contacts; null: not known. */
  readonly storedVersion: number | null;
  readonly handovers: number;
}
