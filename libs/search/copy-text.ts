const BACKSLASH = 0x5c;
const LOWER_X = 0x78;
const ESCAPES: Readonly<Record<string, number>> = { b: 0x08, f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09, v: 0x0b };
/** Shorter binary values cannot hold anything that is looked for. */
const SHORTEST_HEX = 8;
/** -1: no hex digit. */
const HEX = Int8Array.from({ length: 256 }, (_, byte) => '0123456789abcdef'.indexOf(String.fromCharCode(byte).toLowerCase()));

/** The texts of a row or field of `COPY … (FORMAT text)` without its escapes, fields still parted by tabs. May be the same memory. */
export function unescaped(row: Buffer): Buffer {
  let from = row.indexOf(BACKSLASH);
  if (from === -1) return row;
  const plain = Buffer.allocUnsafe(row.length);
  let [read, written] = [0, 0];
  while (from !== -1 && from + 1 < row.length) {
    written += row.copy(plain, written, read, from);
    const sign = row[from + 1] as number;
    plain[written++] = ESCAPES[String.fromCharCode(sign)] ?? sign;
    read = from + 2;
    from = row.indexOf(BACKSLASH, read);
  }
  written += row.copy(plain, written, read);
  return plain.subarray(0, written);
}

/** What PostgreSQL writes as `\x…` stands for bytes: those of a bytea, also inside an array, a composite, or JSON. */
export function binaryValues(text: Buffer): Buffer[] {
  const values: Buffer[] = [];
  for (let at = text.indexOf(BACKSLASH); at !== -1; at = text.indexOf(BACKSLASH, at + 1)) {
    const end = endOfHex(text, at, text.length);
    if (end !== -1) values.push(Buffer.from(text.toString('latin1', at + 2, end), 'hex'));
  }
  return values;
}

/** Writes the same of the text between `from` and `end` right after it, a `mark` after each. Returns where that ends. */
export function binaryInto(buffer: Buffer, from: number, end: number, mark: number): number {
  let written = end;
  for (let at = from; at < end - SHORTEST_HEX; at += 1) {
    if (buffer[at] !== BACKSLASH) continue;
    const endOf = endOfHex(buffer, at, end);
    if (endOf === -1) continue;
    for (let read = at + 2; read + 1 < endOf; read += 2) buffer[written++] = ((HEX[buffer[read] as number] as number) << 4) | (HEX[buffer[read + 1] as number] as number);
    buffer[written++] = mark;
    at = endOf - 1;
  }
  return written;
}

/** Of `\x…` that begins here; -1 when it does not, or is too short. */
function endOfHex(text: Buffer, at: number, end: number): number {
  if (text[at + 1] !== LOWER_X) return -1;
  let next = at + 2;
  while (next < end && (HEX[text[next] as number] as number) >= 0) next += 1;
  return next - at - 2 >= SHORTEST_HEX ? next : -1;
}

/** The fields of a row of `COPY … (FORMAT text)`, still escaped. */
export function fieldsOf(row: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  let from = 0;
  for (let tab = row.indexOf(0x09); tab !== -1; tab = row.indexOf(0x09, from)) {
    fields.push(row.subarray(from, tab));
    from = tab + 1;
  }
  return [...fields, row.subarray(from)];
}
