import type { Socket } from 'node:net';
import pg from 'pg';

/** Nothing came from the server for too long; whether it has done what it was asked, nobody knows. Counts as "away". */
export class ServerSilent extends Error {
  override readonly name = 'ServerSilent';
  readonly code = 'ETIMEDOUT';
}

/** What the pool hands to each of its connections. */
export type WatchfulConfig = pg.ClientConfig & {
  /** Longest silence of a server that owes an answer, in milliseconds; Infinity: any. */
  readonly queryTimeoutMs?: number;
};

/** What of the driver's connection is used; its types leave it out. */
interface Wire {
  readonly stream: Socket;
  on(event: 'readyForQuery', listener: (message: { readonly status: string }) => void): void;
}

/** A server that is there closes its side within this. */
const CLOSE_MS = 1_000;
const NO_LIMIT = /\bstatement_timeout\s*(=|TO)\s*'?0/i;

/**
 * A connection that notices when its server falls silent, as it does when its host is cut off and no packet comes back: TCP alone
 * would wait for a quarter of an hour. The connection is destroyed then. The driver's own `query_timeout` keeps it, with the statement still
 * running: its transaction would stay open, and the next borrower of the connection would work inside it.
 *
 * Whoever takes the server's limit away for a transaction (`SET LOCAL statement_timeout = 0`) takes this one away too: during such a
 * silence the server is asked over another connection whether it is there, and only when it is not the connection is destroyed.
 */
export class WatchfulClient extends pg.Client {
  private readonly patienceMs: number;
  private readonly watch: NodeJS.Timeout | undefined;
  private isAwaiting = false;
  private hasNoLimit = false;
  private bytesSeen = 0;

  constructor(private readonly config: WatchfulConfig) {
    super(config);
    this.patienceMs = config.queryTimeoutMs ?? Infinity;
    if (!Number.isFinite(this.patienceMs)) return;
    this.watch = setTimeout(() => { this.look(); }, this.patienceMs).unref();
    this.wire.on('readyForQuery', ({ status }) => {
      if (status === 'I') this.hasNoLimit = false; // the transaction has ended, and with it what was set for it
      this.lookLater();
    });
    this.on('drain', () => { this.isAwaiting = false; });
    this.on('end', () => { clearTimeout(this.watch); });
  }

  override query(...asked: never[]): never {
    const [statement] = asked as unknown as [string | { readonly text?: unknown }];
    const text = typeof statement === 'string' ? statement : statement.text;
    if (typeof text === 'string' && text.includes('statement_timeout') && NO_LIMIT.test(text)) this.hasNoLimit = true;
    if (!this.isAwaiting) this.lookLater();
    this.isAwaiting = true;
    return super.query(...(asked as unknown as [string])) as never;
  }

  /** Politely where the server still answers; otherwise its silence would keep the process alive. */
  override end(...args: never[]): never {
    setTimeout(() => { this.wire.stream.destroy(); }, CLOSE_MS).unref();
    return super.end(...(args as [])) as never;
  }

  private get wire(): Wire {
    return (this as unknown as { connection: Wire }).connection;
  }

  private lookLater(): void {
    this.bytesSeen = this.wire.stream.bytesRead;
    this.watch?.refresh();
  }

  private get isSilent(): boolean {
    return this.isAwaiting && this.wire.stream.bytesRead === this.bytesSeen;
  }

  private look(): void {
    if (!this.isAwaiting) return;
    // What came while the process was busy is read first.
    setImmediate(() => {
      if (!this.isSilent) this.lookLater();
      else if (this.hasNoLimit) void this.askElsewhere();
      else this.giveUp();
    });
  }

  private async askElsewhere(): Promise<void> {
    if (!(await isThere(this.config)) && this.isSilent) this.giveUp();
    else this.lookLater();
  }

  /** Whatever was asked fails with this error, and the pool drops the connection. */
  private giveUp(): void {
    this.wire.stream.destroy(new ServerSilent('the database server does not answer'));
  }
}

/** Any word of the server will do, also that it takes nobody any more. */
async function isThere(config: WatchfulConfig): Promise<boolean> {
  const other = new WatchfulClient({ ...config, queryTimeoutMs: Infinity });
  other.on('error', () => undefined);
  try {
    await other.connect();
    return true;
  } catch (error) {
    return error instanceof pg.DatabaseError;
  } finally {
    void other.end();
  }
}
