import type { EntityManager } from 'typeorm';
import type { Channel } from '#contracts/channel.js';
import { forgetInListReads } from '../reads/list-reads.sql.js';
import type { Stored } from './contact-change.js';

/** Statements of the intake, one function each, over whole batches: 500 references cost one round trip. */

export interface StoredRow extends Stored {
  readonly ref: string;
}

/** What is remembered of the references; their rows stay locked, in the order of ref, until the transaction ends. */
export function lockStored(manager: EntityManager, refs: readonly string[]): Promise<StoredRow[]> {
  return manager.query<StoredRow[]>(
    `SELECT ref, epoch, version, awaiting_data AS "awaitingData", erased
       FROM ref_state WHERE ref = ANY ($1::uuid[]) ORDER BY ref FOR UPDATE`,
    [refs],
  );
}

/**
 * Remembers the newer order. The guard stands in the statement itself, so that a row another instance made in
 * between is not overwritten. Returns how many references took the change.
 */
export async function remember(manager: EntityManager, rows: readonly StoredRow[]): Promise<number> {
  const [{ taken }] = await manager.query<[{ taken: number }]>(
    `WITH taken AS (
       INSERT INTO ref_state AS s (ref, epoch, version, awaiting_data, erased, rows_deleted, pull_after)
       SELECT ref, epoch, version, "awaitingData", erased,
              CASE WHEN erased THEN 0 END, CASE WHEN "awaitingData" THEN now() END
         FROM jsonb_to_recordset($1::jsonb)
           AS i (ref uuid, epoch bigint, version bigint, "awaitingData" boolean, erased boolean)
        ORDER BY ref
       ON CONFLICT (ref) DO UPDATE
         SET epoch = EXCLUDED.epoch, version = EXCLUDED.version, awaiting_data = EXCLUDED.awaiting_data,
             erased = EXCLUDED.erased, rows_deleted = coalesce(s.rows_deleted, EXCLUDED.rows_deleted),
             pull_after = EXCLUDED.pull_after
       WHERE ((s.epoch, s.version) < (EXCLUDED.epoch, EXCLUDED.version) AND (EXCLUDED.erased OR NOT s.erased))
          OR (EXCLUDED.erased AND NOT s.erased AND (s.epoch, s.version) = (EXCLUDED.epoch, EXCLUDED.version))
       RETURNING 1)
     SELECT count(*) AS taken FROM taken`,
    [JSON.stringify(rows)],
  );
  return taken;
}

/** Deletes the contacts of people who are out. */
export async function deleteContacts(manager: EntityManager, refs: readonly string[]): Promise<void> {
  await manager.query('DELETE FROM contact WHERE ref = ANY ($1::uuid[])', [refs]);
}

/**
 * Deletes every row that still carries the references, except the tombstone and the answers, and notes for
 * each how many those were. Pages of lists that showed them stay, without them.
 */
export async function eraseEverywhere(manager: EntityManager, refs: readonly string[]): Promise<void> {
  await manager.query(
    `WITH contacts AS (DELETE FROM contact WHERE ref = ANY ($1::uuid[]) RETURNING ref),
          parkings AS (DELETE FROM parked WHERE ref = ANY ($1::uuid[]) RETURNING ref),
          reads AS (DELETE FROM person_read WHERE ref = ANY ($1::uuid[]) RETURNING ref),
          counted AS (SELECT ref, count(*) AS rows
                        FROM (SELECT ref FROM contacts UNION ALL SELECT ref FROM parkings UNION ALL SELECT ref FROM reads) AS gone GROUP BY ref)
     UPDATE ref_state AS s SET rows_deleted = s.rows_deleted + c.rows FROM counted AS c WHERE s.ref = c.ref`,
    [refs],
  );
  await forgetInListReads(manager, refs);
}

export interface Keep {
  readonly ref: string;
  readonly keep: readonly Channel[];
}

/** Nulls the fields of channels that are no longer granted; a contact that keeps none of its channels is deleted. */
export async function keepOnly(manager: EntityManager, keeps: readonly Keep[]): Promise<void> {
  const parameters = [JSON.stringify(keeps)];
  const source = 'jsonb_to_recordset($1::jsonb) AS k (ref uuid, keep text[])';
  await manager.query(
    `DELETE FROM contact AS c USING ${source}
      WHERE c.ref = k.ref AND NOT (${CHANNEL_NAMES.map((n) => `(c.${n}_since IS NOT NULL AND '${n}' = ANY (k.keep))`).join(' OR ')})`,
    parameters,
  );
  await manager.query(
    `UPDATE contact AS c
        SET ${['email', 'email_digest'].map((n) => `${n} = CASE WHEN 'email' = ANY (k.keep) THEN c.${n} END`).join(', ')},
            ${['phone', 'phone_digest'].map((n) => `${n} = CASE WHEN (c.sms_since IS NOT NULL AND 'sms' = ANY (k.keep))
                           OR (c.phone_since IS NOT NULL AND 'phone' = ANY (k.keep)) THEN c.${n} END`).join(', ')},
            ${POSTAL_COLUMNS.map((n) => `${n} = CASE WHEN 'post' = ANY (k.keep) THEN c.${n} END`).join(', ')},
            ${CHANNEL_NAMES.flatMap((n) => CONSENT_COLUMNS.map((m) => `${n}_${m} = CASE WHEN '${n}' = ANY (k.keep) THEN c.${n}_${m} END`)).join(', ')}
       FROM ${source}
      WHERE c.ref = k.ref AND (${CHANNEL_NAMES.map((n) => `(c.${n}_since IS NOT NULL AND '${n}' <> ALL (k.keep))`).join(' OR ')})`,
    parameters,
  );
}

const CHANNEL_NAMES: readonly Channel[] = ['email', 'sms', 'phone', 'post'];
const CONSENT_COLUMNS = ['since', 'wording_id', 'wording_version', 'source'];
const POSTAL_COLUMNS = ['street_address', 'postal_code', 'city', 'country'];

/**
 * Answers with what is stored now, for changes and for duplicates alike, except where the data is still awaited:
 * an answer says that everything up to its order is in place. What was parked of these references is overtaken.
 */
export async function answerFor(manager: EntityManager, refs: readonly string[]): Promise<void> {
  await manager.query(
    `WITH overtaken AS (DELETE FROM parked WHERE ref = ANY ($1::uuid[]))
     INSERT INTO answer (ref, epoch, version, erased, rows_deleted)
     SELECT ref, epoch, version, erased, coalesce(rows_deleted, 0)
       FROM ref_state WHERE ref = ANY ($1::uuid[]) AND NOT awaiting_data`,
    [refs],
  );
}
