import { Readable } from 'node:stream';

/** Where it is written to: an answer. */
type Destination = NodeJS.WritableStream;

/**
 * The body of an answer, made chunk by chunk: the next one is asked for when the one before has left the process, so that its memory can be
 * used again. A million rows otherwise leave 150 MB to be collected, which took as long as writing them. Only for `reply.send`, which pipes
 * it once. When making it fails, or the signal says so, the connection breaks off and nothing looks whole.
 */
export class PacedStream extends Readable {
  constructor(private readonly chunks: AsyncIterable<Buffer>, signal?: AbortSignal) {
    super({ read: () => undefined });
    signal?.addEventListener('abort', () => { this.destroy(new Error('aborted')); }, { once: true });
  }

  override pipe<T extends Destination>(destination: T): T {
    this.pump(destination).catch((error: unknown) => { this.destroy(error instanceof Error ? error : new Error('the body failed')); });
    return destination;
  }

  private async pump(destination: Destination): Promise<void> {
    // Leaving the loop by an error ends the source, too.
    for await (const chunk of this.chunks) await written(destination, chunk);
    destination.end();
    this.push(null);
    this.resume();
  }
}

/** A connection that is gone takes what is written, and never says so. */
function written(destination: Destination, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const close = (): void => { reject(new Error('closed')); };
    destination.once('close', close);
    if ('destroyed' in destination && destination.destroyed === true) close();
    destination.write(chunk, (error) => {
      destination.removeListener('close', close);
      if (error) reject(error);
      else resolve();
    });
  });
}
