import { type Bitmap, emptyBitmap, grownBitmap, setBit } from './bitmap.js';
import type { ContactColumns } from './contact-columns.js';
import { type ColumnLeaf, type Question, questionOf } from './leaf.js';

/** Leaves kept: together at most 12 bytes a person, a quarter of what the columns take. */
const MOST = 96;

interface Kept {
  readonly question: Question;
  bitmap: Bitmap;
}

/** The answers to the leaves asked for last, as bitmaps that follow every change. */
export class LeafBitmaps {
  /** Longest unasked first. */
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly columns: ContactColumns) {}

  /** Who matches the leaf. The bitmap is the kept one: to be read at once, and not written. */
  of(leaf: ColumnLeaf): Bitmap {
    const key = JSON.stringify(leaf);
    const kept = this.kept.get(key) ?? this.ask(leaf);
    this.kept.delete(key);
    this.kept.set(key, kept);
    return kept.bitmap;
  }

  /** Forgets what was not asked for longest. Between two questions and not in one, which may have more leaves than are kept. */
  trim(most = MOST): void {
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= most) break;
      this.kept.delete(oldest);
    }
  }

  has(leaf: ColumnLeaf): boolean {
    return this.kept.has(JSON.stringify(leaf));
  }

  /** The columns of a slot have changed. */
  refresh(slot: number): void {
    for (const { question, bitmap } of this.kept.values()) setBit(bitmap, slot, question.has(slot));
  }

  /** The columns have grown; in the new room is nobody yet. */
  grow(): void {
    for (const kept of this.kept.values()) kept.bitmap = grownBitmap(kept.bitmap, this.columns.room);
  }

  get bytes(): number {
    let bytes = 0;
    for (const { bitmap } of this.kept.values()) bytes += bitmap.byteLength;
    return bytes;
  }

  private ask(leaf: ColumnLeaf): Kept {
    const question = questionOf(this.columns, leaf);
    const bitmap = emptyBitmap(this.columns.room);
    question.scan(bitmap);
    return { question, bitmap };
  }
}
