import { jest } from '@jest/globals';
import type { Delivery } from '#messaging/batch-server.js';
import { ConfirmingClient } from '#messaging/confirming-client.js';
import { EXCHANGE, QUEUES, ROUTING } from '#messaging/topology.js';
import { createVhost, type TestVhost } from '#test/support/broker.js';
import { startTcpProxy } from '#test/support/tcp-proxy.js';
import { waitFor } from '#test/support/wait-for.js';
import { gate, numbered, numbersOf, Opened, range, RecordingLog, subscription } from './support.js';

jest.setTimeout(30_000);

const changes = subscription(QUEUES.changes, 'changes');

describe('recovery', () => {
  let vhost: TestVhost;
  let received: number[];
  let log: RecordingLog;
  const opened = new Opened();
  const handlers = { changes: async (batch: Delivery[]) => { received.push(...numbersOf(batch)); } };

  beforeEach(async () => {
    vhost = await createVhost('recovery');
    received = [];
    log = new RecordingLog();
  });
  afterEach(async () => {
    await opened.closeAll();
    await vhost.delete();
  });

  function publisher(): ConfirmingClient {
    return new ConfirmingClient(opened.connection(vhost.url, 'publisher'));
  }

  async function consuming(): Promise<void> {
    await waitFor('a consumer', async () => await vhost.consumers(QUEUES.changes).catch(() => 0) === 1);
  }

  it('consumes again after the broker closed every connection', async () => {
    const client = publisher();
    opened.server(opened.connection(vhost.url, 'consumer', log), [changes], handlers);
    await client.publishAll(numbered(ROUTING.change, 10));
    await waitFor('ten messages', () => received.length === 10);
    expect(await vhost.closeConnections()).toBeGreaterThan(0);
    await waitFor('the loss', () => log.count('broker-lost') === 1);
    expect(await client.publishAll(numbered(ROUTING.change, 10, 10))).not.toContain('unroutable');
    await consuming();
    await client.publishAll(numbered(ROUTING.change, 1, 20));
    await waitFor('the message after', () => received.includes(20));
  });

  it('consumes again after its queue was deleted, and the queue is there again', async () => {
    const client = publisher();
    opened.server(opened.connection(vhost.url, 'consumer', log), [changes], handlers);
    await consuming();
    await vhost.deleteQueue(QUEUES.changes);
    await waitFor('the interruption', () => log.count('consumer-interrupted') === 1);
    await consuming();
    expect(await client.publishAll(numbered(ROUTING.change, 3))).toEqual(['confirmed', 'confirmed', 'confirmed']);
    await waitFor('three messages', () => received.length === 3);
  });

  it('acks nothing of a queue that was deleted while its batch was in hand', async () => {
    const first = gate();
    const batches: number[][] = [];
    const client = publisher();
    opened.server(opened.connection(vhost.url, 'consumer', log), [changes], {
      changes: async (batch: Delivery[]) => {
        batches.push(numbersOf(batch));
        if (batches.length === 1) await first.opened;
      },
    });
    await client.publishAll(numbered(ROUTING.change, 1));
    await waitFor('the batch', () => batches.length === 1);
    await vhost.deleteQueue(QUEUES.changes);
    await waitFor('the queue gone', async () => (await vhost.queues()).every(({ name }) => name !== QUEUES.changes));
    first.open();
    await consuming();
    await client.publishAll(numbered(ROUTING.change, 1, 1));
    await waitFor('the second batch', () => batches.length === 2);
    expect(batches).toEqual([[0], [1]]);
    expect(log.count('channel-closed-by-broker')).toBe(0);
  });

  it('gets messages again within ten seconds after its queue was unbound', async () => {
    const client = publisher();
    opened.server(opened.connection(vhost.url, 'consumer', log), [changes], handlers);
    await consuming();
    expect(await client.publishAll(numbered(ROUTING.change, 1))).toEqual(['confirmed']);
    await waitFor('one message', () => received.length === 1);
    await vhost.unbind(EXCHANGE, QUEUES.changes);
    expect(await vhost.bindings(EXCHANGE, QUEUES.changes)).toEqual([]);
    await waitFor('the binding', async () => (await vhost.bindings(EXCHANGE, QUEUES.changes)).includes(ROUTING.change), 11_000);
    await client.publishAll(numbered(ROUTING.change, 1, 1));
    await waitFor('the message after', () => received.length === 2);
  });

  it('loses no message when its link is cut again and again', async () => {
    const { proxy, url } = await opened.overProxy(vhost.url);
    const client = publisher();
    expect((await client.publishAll(numbered(ROUTING.change, 3_000))).every((outcome) => outcome === 'confirmed')).toBe(true);
    let batches = 0;
    opened.server(opened.connection(url, 'consumer', log), [changes], {
      changes: async (batch: Delivery[]) => {
        if (++batches % 7 === 0 && batches < 30) proxy.cut();
        received.push(...numbersOf(batch));
        await new Promise(setImmediate);
      },
    });
    await waitFor('everything', () => new Set(received).size === 3_000);
    expect([...new Set(received)].sort((a, b) => a - b)).toEqual(range(3_000));
    expect(log.count('broker-lost')).toBeGreaterThanOrEqual(4);
    await waitFor('all acked', async () => await vhost.ready(QUEUES.changes) === 0);
  });

  it('notices a silent link by missing heartbeats and consumes over a new connection', async () => {
    const { proxy, url } = await opened.overProxy(vhost.url);
    const consumer = opened.connection(`${url}?heartbeat=1`, 'consumer', log);
    opened.server(consumer, [changes], handlers);
    await consuming();
    proxy.blackHole();
    await waitFor('the loss', () => !consumer.state().connected);
    expect(consumer.state().lastErrorCode).toBe('heartbeat-timeout');
    await publisher().publishAll(numbered(ROUTING.change, 2));
    proxy.heal();
    await waitFor('the messages', () => new Set(received).size === 2);
  });

  it('agrees on heartbeats by which a silent link is noticed within thirty seconds', async () => {
    opened.connection(vhost.url, 'unasked');
    expect(await waitFor('the broker to list it', async () => { const agreed = await vhost.heartbeats('unasked'); return agreed.length > 0 && agreed; })).toEqual([10]);
  });

  it('starts without a broker and consumes when it appears', async () => {
    const url = new URL(vhost.url);
    const closed = await startTcpProxy({ host: url.hostname, port: Number(url.port || 5672) });
    await closed.close();
    const late = new URL(url);
    late.host = `127.0.0.1:${String(closed.port)}`;
    const consumer = opened.connection(late.href, 'consumer', log);
    opened.server(consumer, [changes], handlers);
    await waitFor('the first failure', () => log.count('broker-unreachable') === 1);
    await publisher().publishAll(numbered(ROUTING.change, 2));
    const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port || 5672) }, closed.port);
    opened.onClose(() => proxy.close());
    await waitFor('the messages', () => received.length === 2);
    expect(consumer.state()).toEqual({ connected: true, blocked: false, lastErrorCode: 'ECONNREFUSED' });
  });
});
