import { binaryValues, fieldsOf, unescaped } from './copy-text.js';
import { formOf } from './file-forms.js';
import { gunzippedValue } from './gunzip.js';
import type { FoundKind, Needles, Note } from './needles.js';
import { Tally } from './tally.js';

/** Which kinds are expected in which column of a table, by the column's position among those copied. */
export type ExpectedKinds = ReadonlyMap<number, ReadonlySet<FoundKind>>;

/** Searches rows of one table, as `COPY … TO STDOUT (FORMAT text)` sends them, one a message; each once. */
export class RowSearch {
  readonly tally = new Tally();
  /** Why a value could not be searched whole. */
  readonly unsearched = new Set<string>();
  private row = 0;

  /** @param expected subtracted column by column: the same value in another column of the row is found */
  constructor(private readonly needles: Needles, private readonly expected: ExpectedKinds) {}

  take(message: Buffer): void {
    this.row += 1;
    const found = new Map<number, Set<FoundKind>>();
    this.search(message.subarray(0, message.length - 1), (each, kind) => {
      const kinds = found.get(each);
      if (kinds) kinds.add(kind);
      else found.set(each, new Set([kind]));
    });
    if (found.size === 0) return;
    if (this.expected.size > 0) this.keepUnexpected(message.subarray(0, message.length - 1), found);
    for (const [each, kinds] of found) if (kinds.size > 0) this.tally.note(each, this.row);
  }

  private search(row: Buffer, note: Note): void {
    const text = unescaped(row);
    this.needles.search(text, true, note);
    if (text !== row) for (const bytes of binaryValues(text)) this.searchBytes(bytes, note);
  }

  /** And what they stand for when they are packed. */
  private searchBytes(bytes: Buffer, note: Note): void {
    this.needles.search(bytes, true, note);
    const unpacked = gunzippedValue(bytes);
    if (unpacked === undefined) return;
    if (unpacked === 'too large' || formOf(unpacked) !== 'plain') this.unsearched.add('compressed');
    if (unpacked !== 'too large') this.needles.search(unpacked, true, note);
  }

  /** Only rows that hold something are looked at column by column. What stands in several columns together is in none of them. */
  private keepUnexpected(row: Buffer, found: Map<number, Set<FoundKind>>): void {
    const keepsTogether = ![...this.expected.values()].some((kinds) => kinds.has('together'));
    for (const kinds of found.values()) for (const kind of kinds) if (kind !== 'together' || !keepsTogether) kinds.delete(kind);
    for (const [column, field] of fieldsOf(row).entries()) {
      this.search(field, (each, kind) => {
        if (kind !== 'together' && this.expected.get(column)?.has(kind) !== true) found.get(each)?.add(kind);
      });
    }
  }
}
