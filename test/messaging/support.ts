import { AmqpConnection } from '#messaging/amqp-connection.js';
import { BatchServer, type Delivery, type Subscription } from '#messaging/batch-server.js';
import { startTcpProxy, type TcpProxy } from '#test/support/tcp-proxy.js';
import type { EventFields, EventLog } from '#messaging/event-log.js';

/** Remembers events, so that a test can look at them and nothing is printed. */
export class RecordingLog implements EventLog {
  readonly events: { msg: string; values: EventFields }[] = [];
  event(msg: string, values: EventFields): void {
    this.events.push({ msg, values });
  }
  count(msg: string): number {
    return this.events.filter((event) => event.msg === msg).length;
  }
}

/** Everything a test has opened, closed in reverse order. */
export class Opened {
  private readonly closers: (() => Promise<unknown>)[] = [];

  connection(url: string, name = 'test', log: EventLog = new RecordingLog()): AmqpConnection {
    const connection = new AmqpConnection({ url, name, logger: log });
    connection.start();
    this.onClose(() => connection.close());
    return connection;
  }

  /** A listening server whose handlers are plain functions by pattern; events for subscriptions, requests for the rest. */
  server(
    connection: AmqpConnection, subscriptions: readonly Subscription[],
    handlers: Record<string, (payload: never) => Promise<unknown>>, rpcQueue?: string,
  ): BatchServer {
    const server = new BatchServer({ connection, subscriptions, ...(rpcQueue === undefined ? {} : { rpcQueue }) });
    for (const [pattern, handler] of Object.entries(handlers)) {
      server.addHandler(pattern, handler as (payload: unknown) => Promise<unknown>, subscriptions.some((one) => one.pattern === pattern));
    }
    server.listen((error) => { if (error) throw error; });
    this.onClose(() => server.close());
    return server;
  }

  /** The address of the broker over a link that the test can disturb. */
  async overProxy(url: string): Promise<{ proxy: TcpProxy; url: string }> {
    const address = new URL(url);
    const proxy = await startTcpProxy({ host: address.hostname, port: Number(address.port || 5672) });
    this.onClose(() => proxy.close());
    address.host = `127.0.0.1:${String(proxy.port)}`;
    return { proxy, url: address.href };
  }

  onClose(close: () => Promise<unknown>): void {
    this.closers.unshift(close);
  }

  async closeAll(): Promise<void> {
    for (const close of this.closers.splice(0)) await close();
  }
}

export function subscription(queue: string, pattern: string, changes: Partial<Subscription> = {}): Subscription {
  return { queue, pattern, maxBatch: 100, maxWaitMs: 20, prefetch: 200, ...changes };
}

/** The number each message carries, in the order of the batch. */
export function numbersOf(batch: readonly Delivery[]): number[] {
  return batch.map(({ content }) => (JSON.parse(content.toString('utf8')) as { n: number }).n);
}

/** Messages `{ n: from }` to `{ n: from + count - 1 }`. */
export function numbered(routingKey: string, count: number, from = 0): { routingKey: string; body: { n: number } }[] {
  return Array.from({ length: count }, (_, index) => ({ routingKey, body: { n: from + index } }));
}

export function range(count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

/** A promise and how to settle it from outside. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => { open = resolve; });
  return { opened, open };
}
