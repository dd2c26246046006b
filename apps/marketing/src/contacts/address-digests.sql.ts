import type { EntityManager } from 'typeorm';
import { digestsOf, keyCheck } from './address-digests.js';

/** Rows digested by one statement. */
const CHUNK = 5_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

interface AddressRow {
  readonly ref: string;
  readonly email: string | null;
  readonly phone: string | null;
}

/** Computes the digests of every contact anew, and notes by which key. Within the caller's transaction. Returns how many. */
export async function digestAll(manager: EntityManager, key: Buffer): Promise<number> {
  await manager.query(
    'INSERT INTO address_key (key_check) VALUES ($1) ON CONFLICT (only_row) DO UPDATE SET key_check = EXCLUDED.key_check',
    [keyCheck(key)],
  );
  let done = 0;
  for (let after = BEFORE_ALL; ;) {
    const rows = await manager.query<AddressRow[]>(
      `SELECT ref, email, phone FROM contact
        WHERE ref > $1::uuid AND (email IS NOT NULL OR phone IS NOT NULL) ORDER BY ref LIMIT $2`,
      [after, CHUNK],
    );
    const last = rows.at(-1);
    if (last === undefined) return done;
    await manager.query(
      `UPDATE contact AS c SET email_digest = i.email_digest, phone_digest = i.phone_digest
         FROM jsonb_to_recordset($1::jsonb) AS i (ref uuid, email_digest bytea, phone_digest bytea) WHERE c.ref = i.ref`,
      [JSON.stringify(rows.map((row) => ({ ref: row.ref, ...digestsOf(key, row) })))],
    );
    after = last.ref;
    done += rows.length;
  }
}

/** Whether the stored digests are made by this key. The first key ever told is noted, and is the one. */
export async function isAddressKey(manager: EntityManager, key: Buffer): Promise<boolean> {
  await manager.query('INSERT INTO address_key (key_check) VALUES ($1) ON CONFLICT (only_row) DO NOTHING', [keyCheck(key)]);
  const [{ same }] = await manager.query<[{ same: boolean }]>('SELECT key_check = $1 AS same FROM address_key', [keyCheck(key)]);
  return same;
}
