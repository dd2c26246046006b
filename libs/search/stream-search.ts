import { type Needles, TOGETHER_WITHIN } from './needles.js';
import { Tally } from './tally.js';

const NEWLINE = 0x0a;
/** What the neighbours of a value need to be judged by. */
const NEIGHBOURS = 8;

const BUFFERED = 1 << 18;

/**
 * Searches bytes that come in chunks, however cut, in memory of a fixed size. Whole lines are searched as they are complete; of a line
 * that is longer than the memory so much is kept that everything stands whole, with what is around it, in one of the parts.
 */
export class StreamSearch {
  readonly tally = new Tally();
  private readonly buffer: Buffer;
  private held = 0;
  /** What is held was searched before, up to where its neighbours were not known. */
  private isContinued = false;
  private line = 0;
  private readonly kept: number;

  /** @param buffered bytes that are searched at once; more of a file does not make it faster */
  constructor(private readonly needles: Needles, buffered = BUFFERED) {
    this.kept = 2 * TOGETHER_WITHIN + needles.longest + 2 * NEIGHBOURS;
    this.buffer = Buffer.allocUnsafe(buffered + this.kept);
  }

  take(chunk: Buffer): void {
    for (let from = 0; from < chunk.length;) {
      const copied = chunk.copy(this.buffer, this.held, from);
      from += copied;
      this.held += copied;
      if (this.held === this.buffer.length) this.searchHeld();
    }
  }

  /** After the last chunk. */
  end(): void {
    this.search(this.buffer.subarray(0, this.held), true);
    this.held = 0;
  }

  private searchHeld(): void {
    const lines = this.buffer.lastIndexOf(NEWLINE) + 1;
    if (lines > 0) this.search(this.buffer.subarray(0, lines), true);
    else this.search(this.buffer, false);
    const from = lines > 0 ? lines : this.buffer.length - this.kept;
    this.buffer.copyWithin(0, from);
    this.held = this.buffer.length - from;
    this.isContinued = lines === 0;
  }

  private search(text: Buffer, isWhole: boolean): void {
    const first = this.isContinued ? NEIGHBOURS : 0;
    const last = isWhole ? text.length : text.length - this.needles.longest - NEIGHBOURS;
    let [line, counted] = [this.line, 0];
    const lineOf = (at: number): number => {
      for (let next = text.indexOf(NEWLINE, counted); next !== -1 && next < at; next = text.indexOf(NEWLINE, counted)) [line, counted] = [line + 1, next + 1];
      return line;
    };
    const notes: { found: number; at: number }[] = [];
    this.needles.search(text, false, (found, _kind, at) => {
      if (at >= first && at < last) notes.push({ found, at });
    });
    notes.sort((one, other) => one.at - other.at);
    for (const { found, at } of notes) this.tally.note(found, lineOf(at));
    if (isWhole) this.line = lineOf(text.length) + 1;
  }
}
