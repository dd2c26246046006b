import type { Channel } from '#contracts/channel.js';
import type { Condition, Leaf } from '../audience/condition.js';
import { andInto, type Bitmap, countBits, emptyBitmap, firstSlots, invert, orInto } from './bitmap.js';
import { ContactColumns, type IndexedContact } from './contact-columns.js';
import { columnLeaf, granted } from './leaf.js';
import { LeafBitmaps } from './leaf-bitmaps.js';

export interface ContactPut {
  readonly slot: number;
  /** Null: nobody is held there. */
  readonly contact: IndexedContact | null;
}

/** The members of snapshots, by id. They change like contacts do, so they are of one version, and are not kept for the next. */
export type SnapshotMembers = ReadonlyMap<string, Bitmap>;

/** Leaves kept while several requests work out theirs: the most that two filters have. At a million people they take 50 MB. */
const MOST_WHILE_WARMING = 400;

/** All contacts at one version, for counting and listing. It answers at once and in memory; nothing here waits. */
export class ContactIndex {
  private readonly columns = new ContactColumns();
  private readonly leaves = new LeafBitmaps(this.columns);
  private members: SnapshotMembers = new Map();
  private readonly scratch: Bitmap[] = [];
  /** The version of the contacts that everything here is of. */
  version = 0;
  /** The incarnation of the database that counts those versions. */
  incarnation = '';
  /** Contacts held. */
  size = 0;

  /** Makes room for slots below `slots` at once, so that loading them does not grow step by step. */
  reserve(slots: number): void {
    if (slots <= this.columns.room) return;
    this.columns.growFor(slots);
    this.leaves.grow();
    this.scratch.length = 0;
  }

  /** The contact of a slot as it is in the version that the index is moved to. */
  put(slot: number, contact: IndexedContact | null): void {
    if (contact === null && slot >= this.columns.room) return;
    this.reserve(slot + 1);
    this.size += Number(contact !== null) - Number(this.columns.holds(slot));
    this.columns.put(slot, contact);
    this.leaves.refresh(slot);
  }

  /** Moves to a version: `puts` are all slots that changed since the one before, as they are in the new one. */
  moveTo(version: number, puts: Iterable<ContactPut>, members: SnapshotMembers = new Map()): void {
    for (const { slot, contact } of puts) this.put(slot, contact);
    this.members = members;
    this.version = version;
  }

  count(channel: Channel, condition: Condition): number {
    return this.using((bitmap) => {
      this.select(channel, condition, bitmap);
      return countBits(bitmap);
    });
  }

  /** Slots of the people who match, after a slot and in their order. */
  first(channel: Channel, condition: Condition, after: number, limit: number): number[] {
    return this.using((bitmap) => {
      this.select(channel, condition, bitmap);
      return firstSlots(bitmap, after, limit);
    });
  }

  /** Everybody who matches, as a bitmap of the caller's own. */
  bitmap(channel: Channel, condition: Condition): Bitmap {
    const bitmap = emptyBitmap(this.columns.room);
    this.select(channel, condition, bitmap);
    return bitmap;
  }

  /** Works out the leaves that are not kept yet, one a step, so that the caller can let others run in between. */
  *warm(channel: Channel, condition: Condition): Generator<void> {
    const wanted = [granted(channel), ...leavesOf(condition).map(columnLeaf)];
    for (const leaf of wanted) {
      if (this.leaves.has(leaf)) continue;
      this.leaves.of(leaf);
      this.leaves.trim(MOST_WHILE_WARMING);
      yield;
    }
  }

  /** Bytes outside of the heap, as far as they grow with the contacts. */
  get bytes(): number {
    return this.columns.bytes + this.leaves.bytes + this.scratch.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** The consent is asked here and nowhere else, so that no condition can leave it out. */
  private select(channel: Channel, condition: Condition, out: Bitmap): void {
    out.set(this.leaves.of(granted(channel)));
    this.narrow(out, condition);
    this.leaves.trim();
  }

  /** Keeps in `out` whoever meets the condition. Conditions of a group are asked of those only who are left. */
  private narrow(out: Bitmap, condition: Condition): void {
    if (!('of' in condition)) this.narrowByLeaf(out, condition);
    else if (condition.kind === 'all') for (const each of condition.of) this.narrow(out, each);
    else this.narrowByAny(out, condition.of, condition.kind === 'none');
  }

  private narrowByAny(out: Bitmap, conditions: readonly Condition[], isNone: boolean): void {
    this.using((some) => {
      some.fill(0);
      for (const each of conditions) {
        this.using((one) => {
          one.set(out);
          this.narrow(one, each);
          orInto(some, one);
        });
      }
      if (isNone) invert(some);
      andInto(out, some);
    });
  }

  private narrowByLeaf(out: Bitmap, leaf: Leaf): void {
    andInto(out, this.leaves.of(columnLeaf(leaf)));
    if (leaf.kind !== 'snapshot') return;
    const members = this.members.get(leaf.id);
    if (members === undefined) throw new Error('the members of a snapshot were not read with the version');
    andInto(out, members);
  }

  /** Lends a bitmap of any content. */
  private using<T>(use: (bitmap: Bitmap) => T): T {
    const bitmap = this.scratch.pop() ?? emptyBitmap(this.columns.room);
    try {
      return use(bitmap);
    } finally {
      this.scratch.push(bitmap);
    }
  }
}

function leavesOf(condition: Condition): Leaf[] {
  return 'of' in condition ? condition.of.flatMap(leavesOf) : [condition];
}

/** Ids of the snapshots whose members a condition asks for. */
export function snapshotsOf(condition: Condition): string[] {
  return leavesOf(condition).flatMap((leaf) => (leaf.kind === 'snapshot' ? [leaf.id] : []));
}
