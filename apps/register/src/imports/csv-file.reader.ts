import { CsvError, parse } from 'csv-parse';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

/** No row of a person is longer; a quote that is never closed would swallow the rest of the file. */
const MAX_ROW_CHARACTERS = 32_768;
const DELIMITERS = [',', ';', '\t'] as const;

export interface CsvRow {
  /** The line of the file on which the row ends, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** How much of the file was read, in bytes. */
  readonly bytes: number;
}

/** What keeps the rest of a file from being read. Says where, never what. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

const FAULTS: Readonly<Record<string, string>> = {
  CSV_MAX_RECORD_SIZE: 'a row is too long; maybe a quote is not closed',
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'something follows a closing quote',
  INVALID_OPENING_QUOTE: 'a quote stands in the middle of a cell that is not quoted',
};

/** Rows of a CSV file (RFC 4180, UTF-8), one after the other. Commas, semicolons or tabs: what the first line has. @throws UnreadableFile */
export async function* csvRows(path: string): AsyncGenerator<CsvRow> {
  const delimiter = await delimiterOf(path);
  const parser = createReadStream(path, { highWaterMark: 262_144 }).on('error', (error) => parser.destroy(error))
    .pipe(parse({ bom: true, delimiter, info: true, relax_column_count: true, skip_empty_lines: true, max_record_size: MAX_ROW_CHARACTERS }));
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number; bytes: number } }>) {
      yield { line: info.lines, cells: record, bytes: info.bytes };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The parser's message repeats the row.
    const line = parser.info.lines;
    throw new UnreadableFile(`The file cannot be read on from line ${line}: ${FAULTS[error.code] ?? 'it is no CSV'}.`);
  }
}

async function delimiterOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16_384), 0, 16_384, 0);
    const [line = ''] = buffer.toString('utf8', 0, bytesRead).split(/[\r\n]/);
    return DELIMITERS.reduce((best, each) => (line.split(each).length > line.split(best).length ? each : best));
  } finally {
    await file.close();
  }
}
