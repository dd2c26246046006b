import { binaryInto, unescaped } from './copy-text.js';
import { GZIP } from './gunzip.js';
import type { Needles } from './needles.js';

const BATCH = 1 << 16;
/** Unescaped a row is not longer than it was, and the bytes that it writes as hex are half as long, each with a newline after it. */
const WITH_BINARY = 2;
const NEWLINE = 0x0a;
/** As PostgreSQL writes bytes that are packed: what they stand for is seen only by who unpacks them. */
const PACKED = Buffer.from(`\\x${GZIP.toString('hex')}`);

/**
 * Looks at many rows in one pass, and passes on those that may hold something. Nearly all hold nothing: a call for each of them would take longer than
 * all the looking.
 */
export class RowBatch {
  /** As they came, to be passed on. */
  private readonly rows = Buffer.allocUnsafeSlow(BATCH);
  /** As they are looked at: without escapes, with the bytes behind hex, newlines between. */
  private readonly texts = Buffer.allocUnsafeSlow(WITH_BINARY * BATCH);
  private readonly rowEnds: number[] = [];
  private readonly textEnds: number[] = [];
  private readonly suspects = new Set<number>();
  private rowsHeld = 0;
  private textsHeld = 0;

  /** @param pass takes a row, valid only during the call */
  constructor(private readonly needles: Needles, private readonly pass: (row: Buffer) => void) {}

  take(row: Buffer): void {
    if (this.rowsHeld + row.length > BATCH) this.flush();
    if (row.length > BATCH) { this.pass(row); return; }
    this.rowsHeld += row.copy(this.rows, this.rowsHeld);
    const text = unescaped(row);
    if (text !== row && text.includes(PACKED)) this.suspects.add(this.rowEnds.length);
    const from = this.textsHeld;
    this.textsHeld += text.copy(this.texts, from);
    if (text !== row) this.textsHeld = binaryInto(this.texts, from, this.textsHeld, NEWLINE);
    this.rowEnds.push(this.rowsHeld);
    this.textEnds.push(this.textsHeld);
  }

  /** To be called after the last row. */
  flush(): void {
    this.needles.suspect(this.texts.subarray(0, this.textsHeld), (at) => { this.suspects.add(this.rowAt(at)); });
    for (const row of [...this.suspects].sort((one, other) => one - other)) this.pass(this.rows.subarray(this.rowEnds[row - 1] ?? 0, this.rowEnds[row]));
    this.suspects.clear();
    this.rowEnds.length = this.textEnds.length = this.rowsHeld = this.textsHeld = 0;
  }

  private rowAt(at: number): number {
    let [low, high] = [0, this.textEnds.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.textEnds[middle] as number) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
