import { once } from 'node:events';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { errorCode } from '#database/database-errors.js';

/** Unpacks gzip as it comes (RFC 1952), any number of members, and hands on what it can, also of a file that is cut short or damaged. */
export class GradualGunzip {
  private readonly stream = createGunzip();
  private failed = false;
  private readonly closed: Promise<unknown>;

  constructor(take: (part: Buffer) => void) {
    this.stream.on('data', take);
    this.stream.on('error', () => { this.failed = true; });
    this.closed = once(this.stream, 'close').catch(() => undefined);
  }

  /** Resolves when the next part may come. The part is kept until then, and may be used anew after. */
  async take(part: Buffer): Promise<void> {
    if (this.failed) return;
    await new Promise<void>((resolve) => {
      const done = (): void => { resolve(); };
      void this.closed.then(done); // after an error nobody calls back
      this.stream.write(part, done);
    });
  }

  /** Whether everything could be unpacked. */
  async end(): Promise<boolean> {
    if (!this.failed) this.stream.end();
    await this.closed;
    return !this.failed;
  }
}

/** How gzip begins (RFC 1952, 2.3.1), with the one method that there is. */
export const GZIP = Buffer.from('1f8b08', 'hex');
/** A value that holds more is not unpacked: it would have to be in memory whole. */
const MOST = 1 << 25;

/**
 * What a value is that is packed by gzip, also when its end is cut off. Undefined: it is not, or is damaged; of millions of encrypted values some begin like it.
 * `too large`: it is, but cannot be held.
 */
export function gunzippedValue(value: Buffer): Buffer | 'too large' | undefined {
  if (!value.subarray(0, GZIP.length).equals(GZIP)) return undefined;
  try {
    return gunzipSync(value, { maxOutputLength: MOST, finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    return errorCode(error) === 'ERR_BUFFER_TOO_LARGE' ? 'too large' : undefined;
  }
}
