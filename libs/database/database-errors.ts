/** What an error of the database means for the one who asked. Only codes are looked at: texts may carry data. */

/** Thrown when another transaction created a row between our look and our write; trying again settles it. */
export class ConcurrentChange extends Error {
  override readonly name = 'ConcurrentChange';
}

/** The SQLSTATE or system code of an error, also of one that TypeORM wrapped; undefined when it has none. */
export function errorCode(error: unknown): string | undefined {
  const { code, driverError } = Object(error) as { code?: unknown; driverError?: { code?: unknown } };
  const found = driverError?.code ?? code;
  return typeof found === 'string' ? found : undefined;
}

/** Deadlock, serialisation failure, or a row created in between: the same work can simply be done again. */
export function isPassing(error: unknown): boolean {
  return error instanceof ConcurrentChange || ['40P01', '40001'].includes(errorCode(error) ?? '');
}

/**
 * Whether the data itself is at fault (SQLSTATE class 22 or 23, or code of ours that stumbles over it), so that
 * trying again cannot help. Everything else, first of all a database that is away, is no fault of the data.
 */
export function isDataError(error: unknown): boolean {
  const code = errorCode(error);
  if (code !== undefined) return /^2[23][0-9A-Z]{3}$/.test(code);
  return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
}

/** What the driver says in words only when the database is away. */
const AWAY_TEXTS = ['Connection terminated', 'timeout exceeded when trying to connect', 'Client has encountered a connection error'];

/** Whether the database is away, stopping or out of room (SQLSTATE classes 08, 53, 57, or a socket error). */
export function isAway(error: unknown): boolean {
  const code = errorCode(error);
  if (code !== undefined) return /^(08|53|57)[0-9A-Z]{3}$|^E[A-Z]+$/.test(code);
  // TypeORM's word for a connection that broke between two statements of a transaction.
  if (error instanceof Error && error.name === 'QueryRunnerAlreadyReleasedError') return true;
  return error instanceof Error && AWAY_TEXTS.some((text) => error.message.startsWith(text));
}
