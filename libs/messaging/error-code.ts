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
 * because the text of a database or parse error can carry personal data (GDPR Art. 5(1)(f)).
 */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return ownCode(error) ?? (SAFE_CODE.test(error.name) ? error.name : 'Error');
}

/** Like errorCode, for errors of the broker and the socket, whose reply code sometimes stands in the text only. */
export function brokerErrorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const replyName = /\b\d{3} \(([A-Z_-]{1,40})\)/.exec(error.message)?.[1];
  return ownCode(error) ?? replyName ?? CODES_OF_AMQPLIB.get(error.message) ?? errorCode(error);
}

function ownCode(error: Error): string | undefined {
  const code: unknown = 'code' in error ? error.code : undefined;
  if (typeof code === 'number') return String(code);
  return typeof code === 'string' && SAFE_CODE.test(code) ? code : undefined;
}
