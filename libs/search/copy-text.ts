const BACKSLASH = 0x5c;
const LOWER_X = 0x78;
const ESCAPES: Readonly<Record<string, number>> = { b: 0x08, f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09, v: 0x0b };
/** Shorter binary values cannot hold anything that is looked for. */
const SHORTEST_HEX = 8;

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
export function* binaryValues(text: Buffer): Generator<Buffer> {
  for (let at = text.indexOf(BACKSLASH); at !== -1; at = text.indexOf(BACKSLASH, at + 1)) {
    if (text[at + 1] !== LOWER_X) continue;
    let end = at + 2;
    while (end < text.length && isHex(text[end] as number)) end += 1;
    if (end - at - 2 >= SHORTEST_HEX) yield Buffer.from(text.toString('latin1', at + 2, end), 'hex');
  }
}

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66) || (byte >= 0x41 && byte <= 0x46);
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
