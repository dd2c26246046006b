import { connect, type Channel, type ChannelModel, type ConfirmChannel } from 'amqplib';
import type { Socket } from 'node:net';
import { brokerErrorCode } from './error-code.js';
import { nestEventLog, type EventLog } from './event-log.js';
import { gatherWrites } from './gather-writes.js';
import { BrokerUnavailable } from './messaging.errors.js';
import { Wakeup, within } from './wakeup.js';

export interface AmqpConnectionOptions {
  /** `amqp://user:password@host:port/vhost` (or `amqps:`). */
  readonly url: string;
  /** Shown by the broker's management page; say which service and what for. */
  readonly name: string;
  readonly logger?: EventLog;
}

export interface ConnectionState {
  readonly connected: boolean;
  /** The broker has an alarm (memory, disk) and does not read what this connection publishes. */
  readonly blocked: boolean;
  /** Code of the latest failure to connect or loss of the connection; stays after recovery. */
  readonly lastErrorCode?: string;
}

/** A black-holed link is noticed after two to three of these, on either side: the broker then gives what was not acked to others. */
const HEARTBEAT_SECONDS = 10;
const HANDSHAKE_TIMEOUT_MS = 5_000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;
const CLOSE_TIMEOUT_MS = 2_000;

/**
 * One supervised connection to the broker: connects in the background, again and again, for ever, until
 * closed. Channels are not restored: whoever holds one makes a new one (see SupervisedChannel, Publisher).
 */
export class AmqpConnection {
  /** Also the log of everything that works on this connection. */
  readonly log: EventLog;
  private readonly url: string;
  private readonly wakeup = new Wakeup();
  private readonly connectedCallbacks = new Set<() => void>();
  private readonly waiting = new Set<(connected: boolean) => void>();
  private model: ChannelModel | undefined;
  private blocked = false;
  private lastErrorCode: string | undefined;
  private closing = false;
  private loop: Promise<void> | undefined;

  /** @throws Error when the URL is not an AMQP URL; the message does not repeat it, it holds a password. */
  constructor(private readonly options: AmqpConnectionOptions) {
    this.url = withHeartbeat(options.url);
    this.log = options.logger ?? nestEventLog();
  }

  /** Begins to connect, and returns at once. Calling it again changes nothing. */
  start(): void {
    this.loop ??= this.keepConnected();
  }

  /** True as soon as there is a connection; false after `timeoutMs`, or at once when closed. */
  ready(timeoutMs: number): Promise<boolean> {
    if (this.model !== undefined || this.closing) return Promise.resolve(!this.closing);
    return new Promise((resolve) => {
      const settle = (connected: boolean): void => {
        clearTimeout(timer);
        this.waiting.delete(settle);
        resolve(connected);
      };
      const timer = setTimeout(settle, timeoutMs, false);
      this.waiting.add(settle);
    });
  }

  state(): ConnectionState {
    return {
      connected: this.model !== undefined && !this.closing,
      blocked: this.blocked,
      ...(this.lastErrorCode === undefined ? {} : { lastErrorCode: this.lastErrorCode }),
    };
  }

  /** Calls back after every (re)connect, and at once when already connected. Returns how to stop that. */
  onConnected(callback: () => void): () => void {
    this.connectedCallbacks.add(callback);
    if (this.model !== undefined) callback();
    return () => { this.connectedCallbacks.delete(callback); };
  }

  /** @throws BrokerUnavailable when there is no connection. The channel's errors are noted here; watch its 'close'. */
  async createChannel(): Promise<Channel> {
    return this.watched(await this.openModel().createChannel());
  }

  /** @throws BrokerUnavailable when there is no connection. The channel's errors are noted here; watch its 'close'. */
  async createConfirmChannel(): Promise<ConfirmChannel> {
    return this.watched(await this.openModel().createConfirmChannel());
  }

  /** The broker's version, such as `3.10.8` or `4.1.0`; undefined while there is no connection. */
  brokerVersion(): string | undefined {
    const version: unknown = this.model?.connection.serverProperties.version;
    return typeof version === 'string' ? version : undefined;
  }

  /** Closes within 2 s, politely where the broker still answers. It cannot be started again. */
  async close(): Promise<void> {
    this.closing = true;
    for (const settle of [...this.waiting]) settle(false);
    this.wakeup.notify();
    const model = this.model;
    if (model !== undefined) {
      await within(model.close().catch(() => undefined), CLOSE_TIMEOUT_MS);
      socketOf(model).destroy();
    }
    await within(this.loop ?? Promise.resolve(), CLOSE_TIMEOUT_MS);
  }

  private async keepConnected(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!this.closing) {
      try {
        const model = await connect(this.url, {
          timeout: HANDSHAKE_TIMEOUT_MS, noDelay: true, keepAlive: true,
          clientProperties: { connection_name: this.options.name },
        });
        retryMs = FIRST_RETRY_MS;
        await this.useUntilClosed(model);
      } catch (error) {
        this.note('broker-unreachable', error);
      }
      if (this.closing) return;
      await this.wakeup.wait(retryMs);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    }
  }

  private async useUntilClosed(model: ChannelModel): Promise<void> {
    let cause: unknown;
    model.on('error', (error) => { cause = error; }); // followed by 'close'
    const closed = new Promise<void>((resolve) => {
      model.on('close', (error?: Error) => {
        if (!this.closing) this.note('broker-lost', error ?? cause);
        resolve();
      });
    });
    model.on('blocked', () => { this.blocked = true; this.log.event('broker-blocks-publishing', {}, 'warn'); });
    model.on('unblocked', () => { this.blocked = false; this.log.event('broker-unblocked', {}, 'info'); });
    if (this.closing) {
      await model.close();
      return;
    }
    gatherWrites(socketOf(model));
    this.model = model;
    this.log.event('broker-connected', {}, 'info');
    for (const settle of [...this.waiting]) settle(true);
    for (const callback of this.connectedCallbacks) callback();
    await closed;
    this.model = undefined;
    this.blocked = false;
    letGo(socketOf(model));
  }

  private openModel(): ChannelModel {
    if (this.model === undefined || this.closing) throw new BrokerUnavailable();
    return this.model;
  }

  private watched<C extends Channel>(channel: C): C {
    channel.on('error', (error) => { this.note('channel-closed-by-broker', error); });
    return channel;
  }

  /** A code is logged when it differs from the latest one, so that an outage of an hour is not 1,800 lines. */
  private note(event: string, error: unknown): void {
    const code = brokerErrorCode(error);
    if (code !== this.lastErrorCode || this.model !== undefined) this.log.event(event, { code }, 'warn');
    this.lastErrorCode = code;
  }
}

function withHeartbeat(url: string): string {
  if (!URL.canParse(url) || !/^amqps?:$/.test(new URL(url).protocol)) {
    throw new Error('the broker URL must be like amqp://user:password@host:5672/vhost');
  }
  const parsed = new URL(url);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
  return parsed.href;
}

/** amqplib only half-closes its socket; on a dead link that would linger and keep the process alive. */
function letGo(socket: Socket): void {
  socket.unref();
  setTimeout(() => socket.destroy(), 1_000).unref();
}

/** amqplib keeps the socket as `connection.stream`, which its types leave out. */
function socketOf(model: ChannelModel): Socket {
  return (model.connection as unknown as { stream: Socket }).stream;
}
