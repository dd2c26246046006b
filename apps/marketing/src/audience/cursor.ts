import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Channel } from '#contracts/channel.js';
import type { Filter } from './audience.schemas.js';

/** Where a page ended, and of which list. Holds a reference and a hash, nothing about the person. */
const CursorSchema = z.tuple([z.uuid(), z.string()]);

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

export function writeCursor(lastRef: string, list: string): string {
  return Buffer.from(JSON.stringify([lastRef, list])).toString('base64url');
}

/** The reference after which the next page begins; undefined when the cursor is broken or of another list. */
export function readCursor(cursor: string, list: string): string | undefined {
  try {
    const parsed = CursorSchema.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return parsed.success && parsed.data[1] === list ? parsed.data[0] : undefined;
  } catch {
    return undefined;
  }
}
