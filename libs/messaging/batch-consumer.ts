import type { Channel, ConsumeMessage } from 'amqplib';
import { errorCode } from './error-code.js';
import type { EventLog } from './event-log.js';
import type { Session } from './supervised-channel.js';

/** How one queue is consumed. */
export interface Subscription {
  readonly queue: string;
  /** The pattern of the Nest `@EventPattern` handler that takes the batches. */
  readonly pattern: string;
  /** Most messages in one batch. */
  readonly maxBatch: number;
  /** How long a batch that is not full waits for more, in milliseconds. */
  readonly maxWaitMs: number;
  /** Most unacked messages at this consumer; twice `maxBatch` lets the next batch arrive meanwhile. */
  readonly prefetch: number;
}

/** One message of a batch, as the handler gets it; parse `content` there. */
export interface Delivery {
  readonly content: Buffer;
  readonly routingKey: string;
  /** The broker has delivered it before, to whomever. */
  readonly redelivered: boolean;
}

/** Applies a batch; when it resolves the whole batch is acked, when it rejects the same batch comes again. */
export type BatchHandler = (batch: Delivery[]) => Promise<unknown>;

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;

/** One batch at a time, in the order of the queue. Acks after the handler resolved, and never on a lost channel. */
export async function consumeInBatches(
  channel: Channel, session: Session, subscription: Subscription, handler: BatchHandler, log: EventLog,
): Promise<void> {
  const inbox: ConsumeMessage[] = [];
  await channel.prefetch(subscription.prefetch);
  await channel.consume(subscription.queue, (message) => {
    if (message === null) session.markLost();
    else { inbox.push(message); session.notify(); }
  });
  while (!session.ended) {
    if (inbox.length === 0) {
      await session.wait();
      continue;
    }
    await fill(inbox, session, subscription);
    if (session.ended) return;
    const batch = inbox.splice(0, subscription.maxBatch);
    const applied = await apply(batch.map(toDelivery), session, subscription, handler, log);
    const last = batch.at(-1);
    if (applied && !session.lost && last !== undefined) channel.ack(last, true);
  }
}

async function fill(inbox: ConsumeMessage[], session: Session, { maxBatch, maxWaitMs }: Subscription): Promise<void> {
  const until = performance.now() + maxWaitMs;
  for (let left = maxWaitMs; left > 0 && inbox.length < maxBatch && !session.ended; left = until - performance.now()) {
    await session.wait(left);
  }
}

/** True once the handler resolved; false when the session ended first. */
async function apply(
  batch: Delivery[], session: Session, { queue }: Subscription, handler: BatchHandler, log: EventLog,
): Promise<boolean> {
  for (let attempt = 1, retryInMs = FIRST_RETRY_MS; ; attempt++, retryInMs = Math.min(retryInMs * 2, LAST_RETRY_MS)) {
    try {
      await handler(batch);
      return true;
    } catch (error) {
      log.event('batch-failed', { queue, count: batch.length, attempt, retryInMs, code: errorCode(error) }, 'warn');
    }
    await session.pause(retryInMs);
    if (session.ended) return false;
  }
}

function toDelivery({ content, fields }: ConsumeMessage): Delivery {
  return { content, routingKey: fields.routingKey, redelivered: fields.redelivered };
}
