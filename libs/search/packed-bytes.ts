const BYTES = 256;
/** As many are looked at, more often at the beginning of a file than behind, which takes next to no time beside the search. */
const SAMPLE = 1_024;
const BEGINNING = 1 << 16;
const EVERY_THERE = 1 << 12;
const EVERY = 1 << 16;
/** Fewer tell nothing. */
const FEWEST = 128;
/**
 * How much more often than among random bytes two bytes of a sample are the same. Packed and encrypted ones have 1 to 1.3; base64, of 64 letters, has 4, and
 * hex, texts of any language, rows of databases and what RabbitMQ keeps have more.
 */
const ALIKE = 2;

/** Tells bytes in which nothing can be read, packed or encrypted in whatever way, from texts and records. */
export class PackedBytes {
  private readonly counts = new Uint16Array(BYTES);
  private read = 0;
  private next = 0;

  /** Whether a sample of the part is such. */
  isIn(part: Buffer): boolean {
    const from = this.read;
    this.read += part.length;
    for (; this.next < this.read; this.next += this.next < BEGINNING ? EVERY_THERE : EVERY) {
      const at = Math.max(0, this.next - from);
      if (this.isPacked(part, at, Math.min(at + SAMPLE, part.length))) return true;
    }
    return false;
  }

  private isPacked(part: Buffer, from: number, to: number): boolean {
    const size = to - from;
    if (size < FEWEST) return false;
    this.counts.fill(0);
    for (let at = from; at < to; at += 1) (this.counts[part[at] as number] as number)++;
    let pairs = 0;
    for (const count of this.counts) pairs += count * (count - 1);
    return pairs * BYTES < ALIKE * size * (size - 1);
  }
}
