import { percentOf } from './export-state.js';
import type { Export } from './exports.schemas.js';
import type { ExportRow } from './export.row.js';

export function progressOf({ state, rows, expected, nextSlot, lastSlot }: ExportRow): Export['progress'] {
  const isWhole = state === 'ready' || state === 'delivered';
  return { rows, of: isWhole ? rows : expected, percent: percentOf(state, nextSlot, lastSlot) };
}

/** An export as callers see it. */
export function shown(row: ExportRow): Export {
  const { id, recipient, purpose, channel, preset, delivery, bom, asked, leftOut, bytes, handovers } = row;
  return {
    id, state: row.state, ...(row.reason === null ? {} : { reason: row.reason }), recipient, purpose, channel, preset, delivery, bom, asked,
    requestedBy: { kind: row.requestedByKind, subject: row.requestedBy },
    requestedAt: row.requestedAt.toISOString(), startedAt: row.startedAt?.toISOString() ?? null, endedAt: row.endedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt.toISOString(), asOf: row.asOf?.toISOString() ?? null,
    progress: progressOf(row), leftOut, bytes, sha256: row.sha256?.toString('hex') ?? null, handovers,
  };
}
