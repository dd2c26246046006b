import { type Cell, type CellKind, cellText, copied } from './cell-text.js';

/** A row: its cells in the order of the columns read, and what ends it. */
export interface RowShape {
  readonly cells: readonly Cell[];
  readonly after: string;
}

const NULL = Buffer.from('null');
const NOTHING: Buffer = Buffer.alloc(0);

const TAB = 0x09;
const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const N = 0x4e;
const T = 0x54;
const Z = 0x5a;
const SPACE = 0x20;
const ZERO = 0x30;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const ENDS = 1;
const SPECIAL_IN_CSV = 2;
const SPECIAL_IN_JSON = 4;
const NO_DIGIT = 8;
/** Bytes by which a spreadsheet may take a cell for a formula; the last one begins the full-width forms. */
const LEADS = 16;

const TRAITS = traitsOfBytes();

function traitsOfBytes(): Uint8Array {
  const traits = new Uint8Array(256).fill(NO_DIGIT);
  const add = (trait: number, bytes: Iterable<number>): void => { for (const byte of bytes) traits[byte] = (traits[byte] as number) | trait; };
  traits.fill(0, 0x30, 0x3a);
  add(SPECIAL_IN_JSON, Array.from({ length: 0x20 }, (_, byte) => byte));
  add(SPECIAL_IN_JSON, Buffer.from('"\\'));
  add(SPECIAL_IN_CSV, Buffer.from('",;\\\r'));
  add(LEADS, [...Buffer.from('=+-@'), 0xef]);
  add(ENDS, [TAB, LINE_FEED]);
  return traits;
}

const CHUNK_BYTES = 256 * 1_024;
/** A control character takes six bytes in JSON; nothing takes more. */
const GREATEST_GROWTH = 6;

/**
 * Writes rows of PostgreSQL's COPY in text format (`slot, cells…`, separated by tabs) as CSV or JSON. Bytes are copied while they are
 * looked at; only a cell with something special in it becomes a string. A million rows take some 0.2 s, while the server, on
 * another core, takes a second to send them; the same in SQL made the server a third slower for CSV and three times for JSON.
 */
export class RowWriter {
  /** Of the row written last. */
  slot = 0;
  private chunk = NOTHING;
  private at = 0;
  private readonly free: Buffer[] = [];
  private full: Buffer[] = [];
  private readonly cells: readonly { readonly before: Buffer; readonly form: Cell['form']; readonly kind: CellKind }[];
  private readonly after: Buffer;
  private readonly fixedBytes: number;

  constructor({ cells, after }: RowShape) {
    this.cells = cells.map((cell) => ({ ...cell, before: Buffer.from(cell.before) }));
    this.after = Buffer.from(after);
    // An absent value is `null` in JSON, and quotes may be doubled.
    this.fixedBytes = this.cells.reduce((sum, { before }) => sum + before.length + 4, this.after.length);
  }

  /**
   * Writes the row that lies from `start` to `end`. The bytes it took; 0 when it is left out, because its address would be taken for a formula and must not
   * be changed: another address may be somebody else's.
   */
  write(row: Buffer, start: number, end: number): number {
    this.makeRoom((end - start) * GREATEST_GROWTH + this.fixedBytes);
    const begin = this.at;
    let from = start;
    let slot = 0;
    for (let byte = row[from] as number; byte !== TAB; byte = row[++from] as number) slot = slot * 10 + byte - 0x30;
    this.slot = slot;
    for (const cell of this.cells) {
      from = this.writeCell(cell, row, from + 1);
      if (from < 0) {
        this.at = begin;
        return 0;
      }
    }
    this.put(this.after);
    return this.at - begin;
  }

  /** What was written since the last call. Each chunk has memory of its own, which can be given back. */
  take(): Buffer[] {
    const taken = this.full;
    if (this.at > 0) taken.push(this.chunk.subarray(0, this.at));
    this.full = [];
    this.chunk = NOTHING;
    this.at = 0;
    return taken;
  }

  /** Uses the memory of a chunk again: some millions of bytes serve an export of any size. */
  release(chunk: Buffer): void {
    if (chunk.buffer.byteLength === CHUNK_BYTES) this.free.push(Buffer.from(chunk.buffer));
  }

  /** Where the value ends; negative when the row must be left out. */
  private writeCell({ before, form, kind }: RowWriter['cells'][number], row: Buffer, from: number): number {
    this.put(before);
    if (row[from] === BACKSLASH && row[from + 1] === N) {
      if (form !== 'csv') this.put(NULL);
      return from + 2;
    }
    const begin = this.at;
    const quotes = form === 'csv' || kind === 'number' ? 0 : form === 'json' ? 1 : 2;
    const end = kind === 'list' ? this.writeList(form, quotes, row, from) : this.writeBytes(form, kind, quotes, row, from);
    if (end > 0) return end;
    this.at = begin;
    const written = cellText(copied(row.toString('utf8', from, -end)), form, kind);
    if (written === undefined) return -1;
    this.at += this.chunk.write(written, this.at, 'utf8');
    return -end;
  }

  /** Copies a value that has nothing special in it. Where it ends, or minus that when it has. */
  private writeBytes(form: Cell['form'], kind: CellKind, quotes: number, row: Buffer, from: number): number {
    this.quote(quotes);
    const { chunk } = this;
    let { at } = this;
    const first = at;
    let end = from;
    let seen = 0;
    if (kind === 'phone' && row[from] === PLUS) chunk[at++] = row[end++] as number;
    else if (form === 'csv') seen = (TRAITS[row[from] as number] as number) & LEADS;
    for (let byte = row[end] as number; ; byte = row[++end] as number) {
      const traits = TRAITS[byte] as number;
      if ((traits & ENDS) !== 0) break;
      seen |= traits & ~LEADS;
      chunk[at++] = byte;
    }
    this.at = at;
    if ((seen & (form === 'csv' ? SPECIAL_IN_CSV | LEADS : SPECIAL_IN_JSON)) !== 0) return -end;
    if (kind === 'phone' && form === 'csv' && row[from] === PLUS && ((seen & NO_DIGIT) !== 0 || end - from < 5 || end - from > 16)) return -end;
    if (kind === 'moment' && !this.toIso(first)) return -end;
    this.quote(quotes);
    return end;
  }

  /** `2026-01-02 03:04:05.678+00` to `2026-01-02T03:04:05.678Z`; false when it is none of that form, such as `infinity`. */
  private toIso(first: number): boolean {
    const { chunk, at } = this;
    if (chunk[first + 10] !== SPACE || chunk[first + 13] !== COLON || chunk[at - 3] !== PLUS || chunk[at - 2] !== ZERO || chunk[at - 1] !== ZERO) return false;
    chunk[first + 10] = T;
    chunk[at - 3] = Z;
    this.at = at - 2;
    return true;
  }

  /** The same for an array such as `{coffee,tea}`: in CSV `coffee;tea`, in JSON `["coffee","tea"]`. */
  private writeList(form: Cell['form'], quotes: number, row: Buffer, from: number): number {
    const { chunk } = this;
    const isCsv = form === 'csv';
    let end = from;
    let isSpecial = row[end++] !== OPEN_BRACE;
    let mayLead = isCsv;
    if (!isCsv) chunk[this.at++] = OPEN_BRACKET;
    const isEmpty = row[end] === CLOSE_BRACE;
    if (!isEmpty) this.quote(quotes);
    for (let byte = row[end] as number; ; byte = row[++end] as number) {
      const traits = TRAITS[byte] as number;
      if ((traits & ENDS) !== 0) break;
      if (byte === COMMA) {
        this.quote(quotes);
        chunk[this.at++] = isCsv ? SEMICOLON : COMMA;
        this.quote(quotes);
        mayLead = isCsv;
      } else if (byte === CLOSE_BRACE) {
        if (!isEmpty) this.quote(quotes);
      } else {
        if ((traits & (SPECIAL_IN_CSV | SPECIAL_IN_JSON)) !== 0 || (mayLead && (traits & LEADS) !== 0)) isSpecial = true;
        mayLead = false;
        chunk[this.at++] = byte;
      }
    }
    if (!isCsv) chunk[this.at++] = CLOSE_BRACKET;
    return isSpecial ? -end : end;
  }

  private quote(times: number): void {
    for (let time = 0; time < times; time += 1) this.chunk[this.at++] = QUOTE;
  }

  private put(bytes: Buffer): void {
    for (let index = 0; index < bytes.length; index += 1) this.chunk[this.at++] = bytes[index] as number;
  }

  private makeRoom(bytes: number): void {
    if (this.chunk.length - this.at >= bytes) return;
    this.full = this.take();
    this.chunk = bytes > CHUNK_BYTES ? Buffer.allocUnsafeSlow(bytes) : this.free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
  }
}
