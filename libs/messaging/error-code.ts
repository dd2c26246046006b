const SAFE_CODE = /^[A-Za-z0-9_.-]{1,64}$/;

/** What amqplib says in words only, and the code under which it is logged. */
const CODES_OF_AMQPLIB = new Map([
  ['Heartbeat timeout', 'heartbeat-timeout'],
  ['Unexpected close', 'closed-by-peer'],
  ['Socket closed abruptly during opening handshake', 'closed-by-peer'],
  ['connect ETIMEDOUT', 'ETIMEDOUT'],
]);

/**
 * A short code for an error: its `code` where that looks like one, else its class name. Never its text,
 * because the text of a database or parse error can carry personal data (GDPR Art. 32).
 */
export function errorCode(error: unknown): string {
  const { code, name } = partsOf(error);
  return code ?? name ?? 'unknown';
}

/** Like errorCode, for errors of the broker and the socket, whose reply code sometimes stands in the text only. */
export function brokerErrorCode(error: unknown): string {
  const { code, name, message = '' } = partsOf(error);
  const replyName = /\b\d{3} \(([A-Z_-]{1,40})\)/.exec(message)?.[1];
  return code ?? replyName ?? CODES_OF_AMQPLIB.get(message) ?? name ?? 'unknown';
}

function partsOf(error: unknown): { code?: string | undefined; name?: string | undefined; message?: string | undefined } {
  if (typeof error !== 'object' || error === null) return {};
  const { code, name, message } = error as { code?: unknown; name?: unknown; message?: unknown };
  return {
    code: typeof code === 'number' ? String(code) : safe(code),
    name: safe(name),
    message: typeof message === 'string' ? message : undefined,
  };
}

function safe(text: unknown): string | undefined {
  return typeof text === 'string' && SAFE_CODE.test(text) ? text : undefined;
}
