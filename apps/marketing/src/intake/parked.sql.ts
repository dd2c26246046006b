import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';

/** A message that is put aside: alone, with the reason, so that the others can go on. */
export interface Parking {
  readonly queue: string;
  readonly content: Buffer;
  /** Null when the message could not be read far enough to tell. */
  readonly ref: string | null;
  /** A code, never text. */
  readonly reason: string;
}

export interface ParkedRow {
  readonly id: number;
  readonly queue: string;
  readonly content: Buffer;
  readonly reason: string;
  readonly times: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** Parks one message; the same message again counts up the row it already has. */
export async function park(manager: EntityManager, { queue, content, ref, reason }: Parking): Promise<void> {
  await manager.query(
    `INSERT INTO parked AS p (queue, content, content_sha256, ref, reason) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (content_sha256) DO UPDATE SET times = p.times + 1, last_at = now(), reason = EXCLUDED.reason`,
    [queue, content, createHash('sha256').update(content).digest(), ref, reason],
  );
}

/** Parked messages, oldest first. */
export function listParked(manager: EntityManager, limit: number): Promise<ParkedRow[]> {
  return manager.query<ParkedRow[]>(
    `SELECT id, queue, content, reason, times, first_at AS "firstAt", last_at AS "lastAt"
       FROM parked ORDER BY id LIMIT $1`,
    [limit],
  );
}

/** Removes one parked message; false when there is none with that id. */
export async function unpark(manager: EntityManager, id: number): Promise<boolean> {
  const [{ gone }] = await manager.query<[{ gone: number }]>(
    'WITH gone AS (DELETE FROM parked WHERE id = $1 RETURNING 1) SELECT count(*) AS gone FROM gone',
    [id],
  );
  return gone > 0;
}
