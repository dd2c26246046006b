/** What of the driver's connection is used: its socket can be told to wait. */
interface DriverConnection {
  query(text: string): void;
  readonly stream: { pause(): void; resume(): void; destroy(): void };
}

/** A runner of TypeORM, or whatever else has a connection of the driver. */
interface Runner {
  connect(): Promise<unknown>;
}

interface Driver {
  query(statement: object): unknown;
}

/** Messages taken before other work of the process gets its turn: a few milliseconds. */
const MESSAGES_A_TURN = 1_000;

/**
 * Runs a `COPY … TO STDOUT` on the runner's connection, and within its transaction if it has one. Every message, which is one
 * row, is passed on as it comes and is valid only during the call; nothing is collected. When `take` throws, the
 * connection is given up, as nothing else stops the rest from coming, and the error passed on. `text` takes no parameters, so nothing of a caller may stand in it.
 */
export async function copyOut(runner: Runner, text: string, take: (message: Buffer) => void): Promise<void> {
  const client = (await runner.connect()) as Driver;
  await new Promise<void>((resolve, reject) => {
    let connection: DriverConnection | undefined;
    let failure: unknown;
    let taken = 0;
    client.query({
      submit(submittedOn: DriverConnection) {
        connection = submittedOn;
        submittedOn.query(text);
      },
      handleCopyData({ chunk }: { chunk: Buffer }) {
        if (failure !== undefined) return;
        try {
          take(chunk);
        } catch (error) {
          failure = error;
          connection?.stream.destroy();
          return;
        }
        taken += 1;
        if (taken % MESSAGES_A_TURN !== 0) return;
        connection?.stream.pause();
        setImmediate(() => connection?.stream.resume());
      },
      handleError(error: Error) {
        reject((failure as Error | undefined) ?? error);
      },
      handleCommandComplete() { /* the server says how many rows; whoever needs it counts */ },
      handleReadyForQuery() {
        resolve();
      },
    });
  });
}
