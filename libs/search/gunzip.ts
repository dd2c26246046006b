import { once } from 'node:events';
import { createGunzip } from 'node:zlib';

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
