import type { EntityManager } from 'typeorm';
import type { HeldExport, HeldRead } from '#contracts/person-held.v1.js';
import type { Order } from '#contracts/order.js';
import { mayHold } from '../reads/list-reads.sql.js';
import { CONTACT_COLUMNS, type ContactRow } from '../contacts/contact-row.js';

export interface StateRow extends Order {
  readonly awaitingData: boolean;
  readonly slot: number | null;
  readonly answersUnderWay: number;
}

export async function readState(manager: EntityManager, ref: string): Promise<StateRow | undefined> {
  const [row] = await manager.query<StateRow[]>(
    `SELECT epoch, version, awaiting_data AS "awaitingData", slot, (SELECT count(*) FROM answer AS a WHERE a.ref = s.ref) AS "answersUnderWay"
       FROM ref_state AS s WHERE ref = $1`,
    [ref],
  );
  return row;
}

export async function readContact(manager: EntityManager, ref: string): Promise<ContactRow | undefined> {
  const [row] = await manager.query<ContactRow[]>(`SELECT ${CONTACT_COLUMNS.map(([name]) => name).join(', ')} FROM contact WHERE ref = $1`, [ref]);
  return row;
}

export interface ParkedRow {
  readonly queue: string;
  readonly reason: string;
  readonly times: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

export function readParked(manager: EntityManager, ref: string): Promise<ParkedRow[]> {
  return manager.query<ParkedRow[]>('SELECT queue, reason, times, first_at AS "firstAt", last_at AS "lastAt" FROM parked WHERE ref = $1 ORDER BY id', [ref]);
}

export interface SnapshotRow {
  readonly snapshotId: string;
  readonly name: string;
  readonly channel: HeldExport['channel'];
  readonly takenAt: Date;
  readonly expiresAt: Date;
}

/** Also those whose bit for her is about to be cleared: until then it is held. */
export function readSnapshotsOf(manager: EntityManager, slot: number): Promise<SnapshotRow[]> {
  return manager.query<SnapshotRow[]>(
    `SELECT s.id AS "snapshotId", s.name, s.channel, s.taken_at AS "takenAt", s.expires_at AS "expiresAt"
       FROM snapshot_members AS m JOIN snapshot AS s ON s.id = m.snapshot_id
      WHERE m.block = $1 >> 16 AND get_bit(m.members, $1 & 65535) = 1 ORDER BY s.taken_at, s.id`,
    [slot],
  );
}

export interface ExportRow {
  readonly exportId: string;
  readonly number: number;
  readonly recipient: string;
  readonly channel: HeldExport['channel'];
  readonly purpose: string;
  readonly requestedAt: Date;
  readonly asOf: Date | null;
  readonly handedOut: boolean;
  readonly waiting: boolean;
  readonly handovers: { at: string; outcome: 'complete' | 'broken' | null }[];
  readonly noticedAt: Date | null;
  readonly acknowledgedAt: Date | null;
}

/** Exports in which she has a bit, in the order of their numbers. */
export function readExportsOf(manager: EntityManager, slot: number, after: number, limit: number): Promise<ExportRow[]> {
  return manager.query<ExportRow[]>(
    `WITH found AS (
       SELECT export_id, coalesce(get_bit(members, $1 & 65535), 0) = 1 AS handed_out, coalesce(get_bit(stored, $1 & 65535), 0) = 1 AS waiting
         FROM export_block WHERE block = $1 >> 16)
     SELECT x.id AS "exportId", x.number, x.recipient, x.channel, x.purpose, x.requested_at AS "requestedAt", x.as_of AS "asOf",
            f.handed_out AS "handedOut", f.waiting,
            coalesce((SELECT json_agg(json_build_object('at', h.taken_at, 'outcome', h.outcome) ORDER BY h.id)
                        FROM export_handover AS h WHERE h.export_id = x.id AND f.handed_out), '[]') AS handovers,
            r.noticed_at AS "noticedAt", r.acknowledged_at AS "acknowledgedAt"
       FROM found AS f JOIN export AS x ON x.id = f.export_id
       LEFT JOIN export_removal AS r ON r.export_id = x.id AND r.slot = $1
      WHERE (f.handed_out OR f.waiting OR r.slot IS NOT NULL) AND x.number > $2 ORDER BY x.number LIMIT $3`,
    [slot, after, limit],
  );
}

export interface CorrectionRow {
  readonly recipient: string;
  readonly channel: HeldExport['channel'];
  readonly fields: string[];
  readonly noticedAt: Date;
  readonly acknowledgedAt: Date | null;
}

export function readCorrectionsOf(manager: EntityManager, slot: number): Promise<CorrectionRow[]> {
  return manager.query<CorrectionRow[]>(
    'SELECT recipient, channel, fields, noticed_at AS "noticedAt", acknowledged_at AS "acknowledgedAt" FROM export_correction WHERE slot = $1 ORDER BY number', [slot],
  );
}

/** Ids of recipients that were given her by exports whose members are not kept any more. */
export async function readPastRecipientsOf(manager: EntityManager, slot: number): Promise<string[]> {
  const rows = await manager.query<{ recipient: string }[]>(
    'SELECT recipient FROM export_past WHERE block = $1 >> 16 AND get_bit(members, $1 & 65535) = 1 ORDER BY recipient', [slot],
  );
  return rows.map(({ recipient }) => recipient);
}

export type ReadRow = Omit<HeldRead, 'at' | 'list'> & { readonly at: Date; readonly list: HeldRead['list'] | null };

/** Of herself, and of pages of lists that showed her. */
export function readReadsOf(manager: EntityManager, ref: string, slot: number | null, after: number, limit: number): Promise<ReadRow[]> {
  return manager.query<ReadRow[]>(
    `SELECT id AS number, read_at AS at, purpose, route, actor, NULL AS list FROM person_read WHERE ref = $1 AND id > $3
      UNION ALL
     SELECT id, read_at, purpose, route, actor, json_build_object('channel', channel, 'fields', fields) FROM person_read AS r WHERE ${mayHold('r', '$2::integer')} AND id > $3
      ORDER BY number LIMIT $4`,
    [ref, slot, after, limit],
  );
}
