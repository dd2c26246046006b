import { type Bitmap, emptyBitmap, grownBitmap, hasBit, orInto, setBit } from './bitmap.js';

/** A tag held by few is a list of slots; from here on, as a part of all slots, a bitmap is smaller. */
const DENSE = 1 / 160;

type Holders = Set<number> | Bitmap;

/** Any number of tags by slot, such as interests: for each tag the set of its holders. A tag that nobody holds is forgotten. */
export class TagColumn {
  private readonly holders = new Map<string, Holders>();
  private slots = 0;

  grow(slots: number): void {
    this.slots = slots;
    for (const [tag, holders] of this.holders) {
      if (!(holders instanceof Set)) this.holders.set(tag, grownBitmap(holders, slots));
    }
  }

  has(slot: number, tag: string): boolean {
    const holders = this.holders.get(tag);
    return holders !== undefined && isAmong(holders, slot);
  }

  /** Takes away from a slot every tag but these. */
  keepOnly(slot: number, tags: readonly string[]): void {
    for (const [tag, holders] of this.holders) {
      if (isAmong(holders, slot) && !tags.includes(tag)) this.remove(tag, holders, slot);
    }
  }

  add(slot: number, tags: readonly string[]): void {
    for (const tag of tags) this.addOne(slot, tag);
  }

  /** Adds the holders of a tag to `out`. */
  scanInto(tag: string, out: Bitmap): void {
    const holders = this.holders.get(tag);
    if (holders instanceof Set) for (const slot of holders) setBit(out, slot, true);
    else if (holders !== undefined) orInto(out, holders);
  }

  get bytes(): number {
    let bytes = 0;
    for (const holders of this.holders.values()) bytes += holders instanceof Set ? holders.size * 20 : holders.byteLength;
    return bytes;
  }

  private addOne(slot: number, tag: string): void {
    const holders = this.holders.get(tag);
    if (holders === undefined) this.holders.set(tag, new Set([slot]));
    else if (!(holders instanceof Set)) setBit(holders, slot, true);
    else if (holders.add(slot).size > this.slots * DENSE) this.holders.set(tag, this.dense(holders));
  }

  private dense(holders: ReadonlySet<number>): Bitmap {
    const bitmap = emptyBitmap(this.slots);
    for (const slot of holders) setBit(bitmap, slot, true);
    return bitmap;
  }

  /** A bitmap that has become empty is found by nobody and costs its room until the next start: counting would cost more. */
  private remove(tag: string, holders: Holders, slot: number): void {
    if (!(holders instanceof Set)) setBit(holders, slot, false);
    else if (holders.delete(slot) && holders.size === 0) this.holders.delete(tag);
  }
}

function isAmong(holders: Holders, slot: number): boolean {
  return holders instanceof Set ? holders.has(slot) : hasBit(holders, slot);
}
