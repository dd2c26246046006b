import type { EntityManager } from 'typeorm';
import { type Bitmap, BLOCK_BYTES, BLOCK_SLOTS, blocksOf, countBits, emptyBitmap, orInto, putBlock } from '../audience-index/bitmap.js';
import { putMembers } from './exports.sql.js';

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
