/** How a file has to be read. `compressed` and `format`: nothing here can look into it. */
export type FileForm = 'plain' | 'gzip' | 'utf-16le' | 'utf-16be' | 'compressed' | 'format';

/** By their first bytes, in hex. */
const FORMS: readonly (readonly [FileForm, readonly string[]])[] = [
  ['gzip', ['1f8b08']],
  // zip (with entries, without, in parts), zstd, xz, bzip2, lz4, 7z, rar, compress, lzip, lzop
  ['compressed', ['504b0304', '504b0506', '504b0708', '28b52ffd', 'fd377a58', '425a68', '04224d18', '377abcaf', '52617221', '1f9d', '4c5a4950', '894c5a4f']],
  // PDF, custom dump of PostgreSQL, older documents of Office, Parquet: texts in them are packed or scattered
  ['format', ['25504446', '5047444d50', 'd0cf11e0a1b11ae1', '50415231']],
  ['utf-16le', ['fffe']],
  ['utf-16be', ['feff']],
];
const LONGEST = 8;

export function formOf(first: Buffer): FileForm {
  const bytes = first.toString('hex', 0, LONGEST);
  return FORMS.find(([, beginnings]) => beginnings.some((beginning) => bytes.startsWith(beginning)))?.[0] ?? 'plain';
}
