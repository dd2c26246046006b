import { randomUUID } from 'node:crypto';
import type { ConfirmChannel } from 'amqplib';
import type { AmqpConnection } from './amqp-connection.js';
import { assertTopology, EXCHANGE } from './topology.js';
import { Wakeup, within } from './wakeup.js';

/** A message to publish to the exchange. */
export interface Outgoing {
  readonly routingKey: string;
  /** JSON; it must hold no personal data: the broker keeps bodies on disk after they are consumed. */
  readonly body: object;
  /** Dropped by the broker when not consumed within this time, in milliseconds. */
  readonly expirationMs?: number;
  /** Survives a restart of the broker; default true. */
  readonly persistent?: boolean;
}

/**
 * `confirmed`: the broker has it safely. `unroutable`: no queue took it, not even the one for strays.
 * `unknown`: nobody can say, send it again.
 */
export type Outcome = 'confirmed' | 'unroutable' | 'unknown';

/** Publishes on one confirm channel, made anew when it is lost. */
export class Publisher {
  private open: Promise<OpenPublisher> | undefined;

  constructor(private readonly connection: AmqpConnection) {
    connection.onConnected(() => { this.channel().catch(() => undefined); });
  }

  /** One outcome per message, in order. Never rejects; waits at most `timeoutMs`. */
  async publishAll(messages: readonly Outgoing[], timeoutMs: number): Promise<Outcome[]> {
    const outcomes = messages.map((): Outcome => 'unknown');
    const bodies = messages.map(({ body }) => Buffer.from(JSON.stringify(body)));
    const deadline = performance.now() + timeoutMs;
    if (!await this.connection.ready(timeoutMs)) return outcomes;
    const channel = await within(this.channel().catch(() => undefined), deadline - performance.now());
    if (channel === undefined) return outcomes;
    const done = new Wakeup();
    let open = 0;
    for (const [index, message] of messages.entries()) {
      if (!await channel.writable(deadline)) break;
      open++;
      channel.publish(message, bodies[index] ?? Buffer.alloc(0), (outcome) => {
        outcomes[index] = outcome;
        if (--open === 0) done.notify();
      });
    }
    while (open > 0 && performance.now() < deadline) await done.wait(deadline - performance.now());
    return [...outcomes]; // a confirm that comes late must not change what the caller was told
  }

  private channel(): Promise<OpenPublisher> {
    this.open ??= this.openChannel();
    return this.open;
  }

  private async openChannel(): Promise<OpenPublisher> {
    try {
      await assertTopology(this.connection);
      const channel = await this.connection.createConfirmChannel();
      channel.on('close', () => { this.open = undefined; });
      return new OpenPublisher(channel);
    } catch (error) {
      this.open = undefined;
      throw error;
    }
  }
}

/** One life of the confirm channel. */
class OpenPublisher {
  private readonly returned = new Set<string>();
  private readonly waiting = new Set<() => void>();
  private full = false;
  private closed = false;

  constructor(private readonly channel: ConfirmChannel) {
    channel.on('return', ({ properties }) => { this.returned.add(String(properties.messageId)); });
    channel.on('drain', () => { this.full = false; this.wake(); });
    channel.on('close', () => { this.closed = true; this.wake(); });
  }

  /** False when the channel is lost or takes no more until the deadline (the broker blocks, or the link is slow). */
  async writable(deadline: number): Promise<boolean> {
    while (this.full && !this.closed) {
      const left = deadline - performance.now();
      if (left <= 0) return false;
      await within(new Promise<void>((resolve) => { this.waiting.add(resolve); }), left);
    }
    return !this.closed;
  }

  publish({ routingKey, expirationMs, persistent = true }: Outgoing, body: Buffer, settle: (outcome: Outcome) => void): void {
    const messageId = randomUUID();
    try {
      const roomLeft = this.channel.publish(EXCHANGE, routingKey, body, {
        mandatory: true, persistent, messageId, contentType: 'application/json',
        ...(expirationMs === undefined ? {} : { expiration: expirationMs }),
      }, (error: unknown) => {
        // A message nobody takes is returned first and confirmed after.
        if (error !== null) settle('unknown');
        else settle(this.returned.delete(messageId) ? 'unroutable' : 'confirmed');
      });
      if (!roomLeft) this.full = true;
    } catch {
      this.closed = true; // amqplib is closing the channel; its 'close' event follows
      settle('unknown');
    }
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}
