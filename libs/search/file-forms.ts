/** How a file has to be read. `compressed` and `format`: nothing here can look into it. `tar`: plain, as far as its members are. */
export type FileForm = 'plain' | 'gzip' | 'utf-16le' | 'utf-16be' | 'tar' | 'compressed' | 'format';

/** By their first bytes, in hex: expressions of whole bytes. */
const FORMS: readonly (readonly [FileForm, RegExp])[] = [
  beginning('gzip', ['1f8b08']),
  beginning('compressed', [
    '504b0304', '504b0506', '504b0708', '28b52ffd', 'fd377a58', '425a683[1-9]', // zip (with entries, without, in parts), zstd, xz, bzip2
    '04224d18', '02214c18', '377abcaf', '52617221', '1f(?:9d|a0|1e)', '4c5a4950', '894c5a4f', // lz4 and its older kind, 7z, rar, compress and pack, lzip, lzop
    '5d0000', '78(?:01|9c|da)', 'ff060000734e61507059', '4d53434600000000', // lzma, zlib, snappy, cabinet
  ]),
  // Texts in them are packed, encrypted, or scattered, or stand next to each other with nothing between.
  beginning('format', [
    '25504446', '5047444d50', 'd0cf11e0a1b11ae1', '2142444e', '00010000(?:5374616e64617264)', // PDF, custom dump of PostgreSQL, older Office, Outlook, Access
    '50415231', '4f626a01', '4f5243(?:..){0,60}?0[0-8]', '4152524f57310000', '53514c69746520666f726d6174203300', // Parquet, Avro, ORC (no text), Arrow, SQLite
    '4c504b5348485248', '2d2d2d2d2d424547494e20504750204d455353414745', '53616c7465645f5f', '6167652d656e6372797074696f6e2e6f7267', // journal of systemd, PGP, OpenSSL, age
  ]),
  beginning('utf-16le', ['fffe']),
  beginning('utf-16be', ['feff']),
];
const LONGEST = 64;
const TAR = Buffer.from('ustar');
const TAR_AT = 257;

export function formOf(first: Buffer): FileForm {
  const bytes = first.toString('hex', 0, LONGEST);
  const form = FORMS.find(([, begins]) => begins.test(bytes))?.[0];
  return form ?? (first.subarray(TAR_AT, TAR_AT + TAR.length).equals(TAR) ? 'tar' : 'plain');
}

function beginning(form: FileForm, bytes: readonly string[]): readonly [FileForm, RegExp] {
  return [form, new RegExp(`^(?:${bytes.join('|')})`)];
}
