import type { EntityManager } from 'typeorm';
import { type Bitmap, BLOCK_BYTES, BLOCK_SLOTS, blocksOf, countBits, emptyBitmap, hasBit, orInto, putBlock, setBit } from '../audience-index/bitmap.js';
import { putMembers } from './exports.sql.js';

/** To read the rows of everybody anew is quicker than to find out who of more than these is meant. */
const MOST_CHANGED = 100_000;

/** Everybody of an export: handed out, or in the stored file. */
export async function peopleOf(manager: EntityManager, exportId: string, column: 'members' | 'stored'): Promise<Bitmap> {
  const blocks = await manager.query<{ block: number; bits: Buffer }[]>(
    `SELECT block, ${column} AS bits FROM export_block WHERE export_id = $1 AND ${column} IS NOT NULL ORDER BY block`, [exportId],
  );
  const people = emptyBitmap(((blocks.at(-1)?.block ?? -1) + 1) * BLOCK_SLOTS);
  for (const { block, bits } of blocks) putBlock(people, block, bits);
  return people;
}

/** Those of `people` who are not in `granted`. */
export function without(people: Bitmap, granted: Bitmap): Bitmap {
  return people.map((word, at) => word & ~(granted[at] ?? 0));
}

export function isNobody(people: Bitmap): boolean {
  return people.every((word) => word === 0);
}

/** The people of these slots. */
export function peopleAt(slots: readonly number[]): Bitmap {
  const people = emptyBitmap(slots.reduce((highest, slot) => Math.max(highest, slot), -1) + 1);
  for (const slot of slots) setBit(people, slot, true);
  return people;
}

/** Those of `people` whom a version after `since` changed, up to one; all of them when the log of changes does not reach back so far. */
export async function changedAmong(manager: EntityManager, people: Bitmap, since: number, version: number): Promise<Bitmap> {
  if (since >= version) return emptyBitmap(0);
  const [{ isKnown, most }] = await manager.query<[{ isKnown: boolean; most: number }]>(
    `SELECT count(slots) = $2::bigint - $1 AS "isKnown", coalesce(sum(cardinality(slots)), 0) AS most FROM contact_change WHERE version > $1 AND version <= $2`,
    [since, version],
  );
  if (!isKnown || most > MOST_CHANGED) return people;
  const changes = await manager.query<{ slots: number[] }[]>('SELECT slots FROM contact_change WHERE version > $1 AND version <= $2', [since, version]);
  const changed = emptyBitmap(people.length * 32);
  for (const slot of changes.flatMap(({ slots }) => slots)) if (hasBit(people, slot)) setBit(changed, slot, true);
  return changed;
}

/** Takes people out of what the stored file holds; returns how many. */
export async function takeFromStored(manager: EntityManager, exportId: string, stored: Bitmap, gone: Bitmap): Promise<number> {
  const left = new Map([...blocksOf(without(stored, gone))].map(({ block, members }) => [block, members]));
  for (const { block } of blocksOf(gone)) await putMembers(manager, exportId, 'stored', block, left.get(block) ?? Buffer.alloc(BLOCK_BYTES));
  return countBits(gone);
}

/** Whoever is in the stored file is handed out from now on, besides whoever was before. */
export async function handOutStored(manager: EntityManager, exportId: string): Promise<void> {
  const members = await peopleOf(manager, exportId, 'members');
  const stored = await peopleOf(manager, exportId, 'stored');
  const all = emptyBitmap(Math.max(members.length, stored.length) * 32);
  orInto(all, members);
  orInto(all, stored);
  for (const { block, members: bits } of blocksOf(all)) await putMembers(manager, exportId, 'members', block, bits);
}

/** The slots of a set, in their order. */
export function slotsOf(people: Bitmap): number[] {
  const slots: number[] = [];
  people.forEach((word, at) => {
    for (let bits = word; bits !== 0; bits &= bits - 1) slots.push(at * 32 + (31 - Math.clz32(bits & -bits)));
  });
  return slots;
}
