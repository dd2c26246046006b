import { BaseRpcContext, Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { AmqpConnection } from './amqp-connection.js';
import { consumeInBatches, type Subscription } from './batch-consumer.js';
import { brokerErrorCode } from './error-code.js';
import { respond } from './rpc-responder.js';
import { SupervisedChannel } from './supervised-channel.js';
import { assertTopology } from './topology.js';
import { within } from './wakeup.js';

export type { Delivery, Subscription } from './batch-consumer.js';

export interface BatchServerOptions {
  readonly connection: AmqpConnection;
  readonly subscriptions: readonly Subscription[];
  /** Queue whose requests go to the `@MessagePattern` handlers. */
  readonly rpcQueue?: string;
}

/** An unbound queue stays silent; so the topology is asserted this often, whatever happens. */
const REASSERT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 5_000;

/**
 * Nest transport: `@EventPattern(subscription.pattern)` handlers get `Delivery[]`, `@MessagePattern` handlers
 * answer requests. Put `@MessageController()` on their classes, otherwise Nest logs the text of their errors.
 */
export class BatchServer extends Server implements CustomTransportStrategy {
  /** Tells Nest that a failed event handler is seen here, so that it logs nothing of it. */
  override readonly propagatesEventHandlerErrors = true;
  private channels: SupervisedChannel[] = [];
  private reassertTimer: NodeJS.Timeout | undefined;
  private closed: Promise<unknown> | undefined;

  constructor(private readonly options: BatchServerOptions) {
    super();
  }

  /** Calls back at once, also when the broker is away: the service lives on and consumes when it can. */
  override listen(callback: (error?: Error) => void): void {
    const { connection, subscriptions, rpcQueue } = this.options;
    const orphan = subscriptions.find(({ pattern }) => this.getHandlerByPattern(pattern) === null);
    if (orphan !== undefined) {
      callback(new Error(`no @EventPattern('${orphan.pattern}') handler for the queue ${orphan.queue}`));
      return;
    }
    connection.start();
    this.channels = subscriptions.map((subscription) => this.consumer(subscription));
    if (rpcQueue !== undefined) this.channels.push(this.responder(rpcQueue));
    for (const channel of this.channels) channel.start();
    this.reassertTimer = setInterval(() => void this.reassertTopology(), REASSERT_MS);
    callback();
  }

  /** Takes nothing new, finishes and acks the batches in hand, for at most 5 s. The connection stays open. */
  override close(): Promise<unknown> {
    clearInterval(this.reassertTimer);
    this.closed ??= within(Promise.all(this.channels.map((channel) => channel.stop())), CLOSE_TIMEOUT_MS);
    return this.closed;
  }

  override on(): never {
    throw new Error('BatchServer has no events; ask AmqpConnection.state()');
  }

  override unwrap<T>(): T {
    return this.options.connection as T;
  }

  private consumer(subscription: Subscription): SupervisedChannel {
    const handler = this.getHandlerByPattern(subscription.pattern);
    return new SupervisedChannel(this.options.connection, subscription.queue, (channel, session) =>
      consumeInBatches(channel, session, subscription, (batch) => this.invoke(handler, batch, subscription.pattern),
        this.options.connection.log));
  }

  private responder(queue: string): SupervisedChannel {
    return new SupervisedChannel(this.options.connection, queue, (channel, session) =>
      respond(channel, session, queue, (pattern) => {
        const handler = this.getHandlerByPattern(pattern);
        return handler === null || handler.isEventHandler === true ? undefined : (request) => this.invoke(handler, request, pattern);
      }, this.options.connection.log));
  }

  /** Runs Nest's pipeline (hooks, guards, pipes, filters) and settles as its last value does. */
  private invoke(handler: MessageHandler | null, payload: unknown, pattern: string): Promise<unknown> {
    const context = new BaseRpcContext([pattern]);
    return new Promise((resolve, reject) => {
      this.runWithProcessingHooks(context, async (runEndHook) => {
        try {
          const result: unknown = await handler?.(payload, context);
          resolve(isObservable(result) ? await lastValueFrom(result, { defaultValue: undefined }) : result);
        } catch (error) {
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- passed on as the handler threw it
          reject(error);
        } finally {
          runEndHook();
        }
      });
    });
  }

  private async reassertTopology(): Promise<void> {
    if (!this.options.connection.state().connected) return;
    try {
      await assertTopology(this.options.connection);
    } catch (error) {
      this.options.connection.log.event('topology-not-asserted', { code: brokerErrorCode(error) }, 'warn');
    }
  }
}
