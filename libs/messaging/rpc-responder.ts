import type { Channel, ConsumeMessage } from 'amqplib';
import { errorCode } from './error-code.js';
import type { EventLog } from './event-log.js';
import type { Session } from './supervised-channel.js';

/** Answers one request; the value must be JSON. Undefined as the handler: nobody answers this pattern. */
export type RequestHandler = (request: unknown) => Promise<unknown>;

/** Requests answered at the same time; also the consumer's prefetch, so the rest waits (and expires) in the queue. */
const CONCURRENCY = 4;

/** Serves requests: AMQP `type` = pattern, JSON body; reply `{ "ok": … }` or `{ "error": code }`. */
export async function respond(
  channel: Channel, session: Session, queue: string,
  handlerOf: (pattern: string) => RequestHandler | undefined, log: EventLog,
): Promise<void> {
  const inHand = new Set<Promise<void>>();
  await channel.prefetch(CONCURRENCY);
  await channel.consume(queue, (message) => {
    if (message === null) { session.markLost(); return; }
    if (session.ended) return; // not acked: another server gets it when this channel closes
    const answered = answer(message, handlerOf, log).then((reply) => { sendReply(channel, session, message, reply); });
    inHand.add(answered);
    void answered.finally(() => inHand.delete(answered));
  });
  while (!session.ended) await session.wait();
  await Promise.all(inHand);
}

/** Never rejects: a handler's failure becomes an error reply that carries its code only. */
async function answer(
  message: ConsumeMessage, handlerOf: (pattern: string) => RequestHandler | undefined, log: EventLog,
): Promise<Buffer> {
  const pattern: unknown = message.properties.type;
  const handler = typeof pattern === 'string' ? handlerOf(pattern) : undefined;
  if (typeof pattern !== 'string' || handler === undefined) return json({ error: 'unknown-pattern' });
  let request: unknown;
  try {
    request = JSON.parse(message.content.toString('utf8'));
  } catch {
    return json({ error: 'malformed' });
  }
  try {
    return json({ ok: (await handler(request)) ?? null });
  } catch (error) {
    const code = errorCode(error);
    log.event('request-failed', { pattern, code }, 'warn');
    return json({ error: code });
  }
}

function sendReply(channel: Channel, session: Session, request: ConsumeMessage, reply: Buffer): void {
  if (session.lost) return;
  const { replyTo, correlationId } = request.properties as { replyTo?: string; correlationId?: string };
  try {
    if (replyTo !== undefined) {
      channel.publish('', replyTo, reply, { correlationId: correlationId ?? '', contentType: 'application/json' });
    }
    channel.ack(request);
  } catch {
    session.markLost(); // amqplib is closing the channel; the broker delivers the request again
  }
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
