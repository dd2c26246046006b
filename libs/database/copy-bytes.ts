import type { QueryRunner } from 'typeorm';

/** Told of each message, which is one row: it lies from `from` to `end` in `bytes`, and only during the call. */
export type TakeBytes = (bytes: Buffer, from: number, end: number) => void;

type Listener = (bytes: Buffer) => void;

/** What of the driver's connection is used. */
interface DriverConnection {
  query(text: string): void;
  readonly stream: {
    listeners(event: 'data'): unknown[];
    on(event: 'data', listener: Listener): unknown;
    removeListener(event: 'data', listener: Listener): unknown;
    emit(event: 'data', bytes: Buffer): boolean;
  };
}

const HEADER_BYTES = 5;
const COPY_DATA = 0x64;
const COPY_OUT_RESPONSE = 0x48;
const NOTHING = Buffer.alloc(0);

/**
 * As `copyOut`, for a million rows a second: the messages are taken from the socket itself (PostgreSQL, "Message Formats"), because the
 * driver's parser makes two objects of each, and collecting those took as long as everything else together. Whatever is no row is given
 * back to the driver, with all that follows. `text` takes no parameters, so nothing of a caller may stand in it.
 */
export async function copyBytes(runner: QueryRunner, text: string, take: TakeBytes): Promise<void> {
  const client = (await runner.connect()) as { query(statement: object): unknown };
  await new Promise<void>((resolve, reject) => {
    let failure: Error | undefined;
    const careful: TakeBytes = (bytes, from, end) => {
      if (failure !== undefined) return;
      try {
        take(bytes, from, end);
      } catch (error) {
        failure = error instanceof Error ? error : new Error('a row could not be taken');
      }
    };
    client.query({
      submit: (connection: DriverConnection) => {
        connection.query(text);
        divert(connection.stream, careful);
      },
      // Rows that come after something was given back.
      handleCopyData: ({ chunk }: { chunk: Buffer }) => { careful(chunk, 0, chunk.length); },
      handleError: reject,
      handleCommandComplete: () => undefined,
      handleReadyForQuery: () => {
        if (failure === undefined) resolve();
        else reject(failure);
      },
    });
  });
}

/** Takes rows from the socket until something else comes. */
function divert(stream: DriverConnection['stream'], take: TakeBytes): void {
  const driver = stream.listeners('data') as Listener[];
  for (const listener of driver) stream.removeListener('data', listener);
  /** The beginning of a message whose end has not come. */
  let begun = NOTHING;

  const giveBack = (bytes: Buffer): void => {
    stream.removeListener('data', onData);
    for (const listener of driver) stream.on('data', listener);
    stream.emit('data', bytes);
  };

  /** Where the messages end that are whole; negative when the rest was given back. */
  const takeWhole = (bytes: Buffer, start: number): number => {
    let at = start;
    while (at + HEADER_BYTES <= bytes.length) {
      const code = bytes[at];
      if (code !== COPY_DATA && code !== COPY_OUT_RESPONSE) {
        giveBack(bytes.subarray(at));
        return -1;
      }
      const end = at + 1 + bytes.readUInt32BE(at + 1);
      if (end > bytes.length) break;
      if (code === COPY_DATA) take(bytes, at + HEADER_BYTES, end);
      at = end;
    }
    return at;
  };

  /** Adds to the message that has begun what it lacks, and no more; where the next one begins. */
  const complete = (bytes: Buffer): number => {
    let used = 0;
    const upTo = (length: number): boolean => {
      const more = bytes.subarray(used, used + Math.max(0, length - begun.length));
      used += more.length;
      begun = Buffer.concat([begun, more]);
      return begun.length >= length;
    };
    if (!upTo(HEADER_BYTES)) return used;
    if (begun[0] !== COPY_DATA && begun[0] !== COPY_OUT_RESPONSE) {
      giveBack(Buffer.concat([begun, bytes.subarray(used)]));
      return -1;
    }
    if (!upTo(1 + begun.readUInt32BE(1))) return used;
    takeWhole(begun, 0);
    begun = NOTHING;
    return used;
  };

  function onData(bytes: Buffer): void {
    const start = begun.length === 0 ? 0 : complete(bytes);
    if (start < 0 || begun.length > 0) return;
    const end = takeWhole(bytes, start);
    if (end >= 0 && end < bytes.length) begun = Buffer.from(bytes.subarray(end));
  }
  stream.on('data', onData);
}
