import type { Channel } from 'amqplib';
import type { AmqpConnection } from './amqp-connection.js';
import { brokerErrorCode } from './error-code.js';
import { assertTopology } from './topology.js';
import { Wakeup } from './wakeup.js';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;
const READY_CHECK_MS = 5_000;

/** One life of a channel, as its user sees it. */
export class Session {
  private readonly wakeup = new Wakeup();
  private isLost = false;
  private isStopping = false;

  /** The channel or its consumer is gone: nothing may be acked any more, the broker delivers again. */
  get lost(): boolean { return this.isLost; }
  /** The process shuts down: finish what is in hand, take nothing new. */
  get stopping(): boolean { return this.isStopping; }
  get ended(): boolean { return this.isLost || this.isStopping; }

  markLost(): void { this.isLost = true; this.wakeup.notify(); }
  markStopping(): void { this.isStopping = true; this.wakeup.notify(); }
  /** Wakes `wait`, for instance because a message came. */
  notify(): void { this.wakeup.notify(); }
  /** Until somebody notifies, the session ends, or `ms` milliseconds have passed. */
  async wait(ms?: number): Promise<void> { if (!this.ended) await this.wakeup.wait(ms); }
  /** The whole time, except that the end of the session cuts it short. */
  async pause(ms: number): Promise<void> {
    const until = performance.now() + ms;
    for (let left = ms; left > 0 && !this.ended; left = until - performance.now()) await this.wait(left);
  }
}

/** What is done with a channel: resolves when the session has ended and nothing is in hand any more. */
export type ChannelUse = (channel: Channel, session: Session) => Promise<void>;

/**
 * Keeps one channel in use for ever: after a lost connection, a channel error or a cancelled consumer
 * (its queue was deleted) the topology is asserted and the use begins again on a new channel.
 */
export class SupervisedChannel {
  private readonly wakeup = new Wakeup();
  private session: Session | undefined;
  private stopping = false;
  private loop: Promise<void> | undefined;

  constructor(
    private readonly connection: AmqpConnection,
    private readonly queue: string,
    private readonly use: ChannelUse,
  ) {}

  start(): void {
    this.loop ??= this.keepInUse();
  }

  /** Resolves when what was in hand is finished and acked. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.session?.markStopping();
    this.wakeup.notify();
    await this.loop;
  }

  private async keepInUse(): Promise<void> {
    const unsubscribe = this.connection.onConnected(() => { this.wakeup.notify(); });
    let retryMs = FIRST_RETRY_MS;
    while (!this.stopping) {
      if (!this.connection.state().connected) {
        await this.wakeup.wait(READY_CHECK_MS);
        continue;
      }
      try {
        await this.useOnce();
        retryMs = FIRST_RETRY_MS;
      } catch (error) {
        this.connection.log.event('queue-unusable', { queue: this.queue, code: brokerErrorCode(error) }, 'warn');
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
      }
      if (!this.stopping) await this.wakeup.wait(retryMs);
    }
    unsubscribe();
  }

  private async useOnce(): Promise<void> {
    await assertTopology(this.connection);
    const channel = await this.connection.createChannel();
    const session = new Session();
    this.session = session;
    channel.on('close', () => { session.markLost(); });
    if (this.stopping) session.markStopping();
    try {
      await this.use(channel, session);
    } finally {
      session.markLost();
      this.session = undefined;
      await channel.close().catch(() => undefined); // after acks: they are sent before the close
    }
    if (!this.stopping) this.connection.log.event('consumer-interrupted', { queue: this.queue }, 'warn');
  }
}
