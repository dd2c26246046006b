import { randomUUID } from 'node:crypto';
import type { Channel, ConsumeMessage } from 'amqplib';
import type { AmqpConnection } from './amqp-connection.js';
import { RpcRefused, RpcUnavailable } from './messaging.errors.js';

const DIRECT_REPLY_TO = 'amq.rabbitmq.reply-to';

interface Pending {
  resolve(value: unknown): void;
  reject(error: RpcUnavailable | RpcRefused): void;
}

/** Requests over direct reply-to: the reply goes through no queue, so the broker neither buffers nor stores it. */
export class RpcRequester {
  private readonly pending = new Map<string, Pending>();
  private open: Promise<Channel> | undefined;

  /** @param queue of the server that is asked */
  constructor(private readonly connection: AmqpConnection, private readonly queue: string) {}

  /** @throws RpcUnavailable without connection, server or answer within `timeoutMs`; RpcRefused for an error reply. */
  async request(pattern: string, data: unknown, timeoutMs: number): Promise<unknown> {
    const body = Buffer.from(JSON.stringify(data));
    const correlationId = randomUUID();
    const deadline = performance.now() + timeoutMs;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => { this.settle(correlationId)?.reject(new RpcUnavailable('timeout')); }, timeoutMs);
      this.pending.set(correlationId, {
        resolve: (value) => { clearTimeout(timer); resolve(value); },
        reject: (error) => { clearTimeout(timer); reject(error); },
      });
      this.channel().then((channel) => {
        if (!this.pending.has(correlationId)) return; // timed out meanwhile
        channel.publish('', this.queue, body, {
          type: pattern, correlationId, replyTo: DIRECT_REPLY_TO, mandatory: true,
          contentType: 'application/json', expiration: Math.max(1, Math.floor(deadline - performance.now())),
        });
      }).catch(() => { this.settle(correlationId)?.reject(new RpcUnavailable('not-connected')); });
    });
  }

  private channel(): Promise<Channel> {
    this.open ??= this.openChannel();
    return this.open;
  }

  /** The reply consumer lives on the channel that publishes: RabbitMQ ties direct reply-to to the channel. */
  private async openChannel(): Promise<Channel> {
    try {
      const channel = await this.connection.createChannel();
      channel.on('close', () => { this.open = undefined; this.rejectAll(); });
      channel.on('return', ({ properties }) => {
        this.settle(String(properties.correlationId))?.reject(new RpcUnavailable('no-queue'));
      });
      await channel.consume(DIRECT_REPLY_TO, (message) => { if (message !== null) this.take(message); }, { noAck: true });
      return channel;
    } catch (error) {
      this.open = undefined;
      throw error;
    }
  }

  private take(message: ConsumeMessage): void {
    const pending = this.settle(String(message.properties.correlationId));
    if (pending === undefined) return; // came after its time was up
    const reply = parseReply(message.content);
    if ('ok' in reply) pending.resolve(reply.ok);
    else pending.reject(new RpcRefused(reply.error));
  }

  private settle(correlationId: string): Pending | undefined {
    const pending = this.pending.get(correlationId);
    this.pending.delete(correlationId);
    return pending;
  }

  private rejectAll(): void {
    for (const correlationId of [...this.pending.keys()]) {
      this.settle(correlationId)?.reject(new RpcUnavailable('connection-lost'));
    }
  }
}

function parseReply(content: Buffer): { ok: unknown } | { error: string } {
  try {
    const reply: unknown = JSON.parse(content.toString('utf8'));
    if (typeof reply === 'object' && reply !== null) {
      if ('ok' in reply) return { ok: reply.ok };
      if ('error' in reply && typeof reply.error === 'string') return { error: reply.error };
    }
  } catch {
    // Said below: what is no JSON is no reply of ours.
  }
  return { error: 'malformed-reply' };
}
