import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Channel } from '#contracts/channel.js';
import type { Filter } from './filter.schemas.js';

/** Where a page ended, and of which list. Holds a slot and a hash, nothing about the person. */
const CursorSchema = z.tuple([z.int().min(1).max(2_147_483_647), z.string()]);

/** Stands for channel and filter; the same for the same filter, whatever the order of its members. */
export function fingerprint(channel: Channel, filter: Filter): string {
  return createHash('sha256').update(JSON.stringify([channel, sorted(filter)])).digest('base64url').slice(0, 22);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sorted(member)]);
}

export function writeCursor(lastSlot: number, list: string): string {
  return Buffer.from(JSON.stringify([lastSlot, list])).toString('base64url');
}

/** The slot after which the next page begins; undefined when the cursor is broken or of another list. */
export function readCursor(cursor: string, list: string): number | undefined {
  try {
    const parsed = CursorSchema.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return parsed.success && parsed.data[1] === list ? parsed.data[0] : undefined;
  } catch {
    return undefined;
  }
}
