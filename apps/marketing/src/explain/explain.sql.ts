import type { EntityManager } from 'typeorm';
import type { Channel } from '#contracts/channel.js';
import { clauseOf, conditionText, SINCE } from '../audience/clause.js';
import type { Condition } from '../audience/condition.js';
import type { AddressKind } from '../contacts/address-digests.js';
import type { PersonRead } from '../reads/person-read.js';

/** By what a person is looked for. */
export type Sought = { readonly ref: string } | { readonly kind: AddressKind; readonly digest: Buffer | undefined };

/** A person who is held for the channel, whether she is on the list, and which of the parts hold for her. */
export interface Found {
  readonly ref: string;
  readonly on: boolean;
  readonly holds: readonly boolean[];
}

function isSought(sought: Sought, place: (value: unknown) => string): string {
  return 'ref' in sought ? `ref = ${place(sought.ref)}::uuid` : `${sought.kind}_digest = ${place(sought.digest ?? Buffer.alloc(0))}::bytea`;
}

/**
 * Lets no erasure of the person begin until the transaction ends, or waits for the one under way: it deletes the entries about
 * her, and must not miss the one that is about to be made. In a READ COMMITTED transaction.
 */
export async function holdOffErasure(manager: EntityManager, sought: Sought): Promise<void> {
  const values: unknown[] = [];
  const found = isSought(sought, (value) => `$${values.push(value)}`);
  await manager.query(`SELECT 1 FROM ref_state WHERE ref IN (SELECT ref FROM contact WHERE ${found}) FOR KEY SHARE`, values);
}

/**
 * Undefined when nobody is held for the channel under the reference or address: then nothing is asked of the row. That she is
 * on the list is asked by the very clause that lists use, so the two cannot disagree.
 */
export async function explainPerson(
  manager: EntityManager, sought: Sought, channel: Channel, whole: Condition, parts: readonly Condition[],
): Promise<Found | undefined> {
  const list = clauseOf(channel, whole);
  const values = [...list.values];
  const place = (value: unknown): string => `$${values.push(value)}`;
  const held = isSought(sought, place);
  const holds = parts.map((part) => `(${conditionText(part, place)}) IS TRUE`);
  const [row] = await manager.query<Found[]>(
    `SELECT ref, (${list.text}) IS TRUE AS on, ARRAY[${holds.join(', ')}]::boolean[] AS holds
       FROM contact WHERE ${held} AND ${SINCE[channel]} IS NOT NULL`,
    values,
  );
  return row;
}

/**
 * Writes who read, in the transaction of the read: without the entry there is no answer. The reference only of who was found:
 * one that is not held may be that of somebody erased.
 */
export async function recordPersonRead(manager: EntityManager, { actor, actorKind, purpose, route }: PersonRead, ref: string | undefined): Promise<void> {
  await manager.query('INSERT INTO person_read (actor, actor_kind, purpose, route, ref) VALUES ($1, $2, $3, $4, $5)', [actor, actorKind, purpose, route, ref ?? null]);
}
