import { jest } from '@jest/globals';
import type { Delivery } from '#messaging/batch-server.js';
import { ConfirmingClient } from '#messaging/confirming-client.js';
import { QUEUES, ROUTING } from '#messaging/topology.js';
import { createVhost, type TestVhost } from '#test/support/broker.js';
import { waitFor } from '#test/support/wait-for.js';
import { gate, numbered, numbersOf, Opened, range, RecordingLog, subscription } from './support.js';

jest.setTimeout(30_000);

const changes = subscription(QUEUES.changes, 'changes');

describe('batches', () => {
  let vhost: TestVhost;
  const opened = new Opened();

  beforeEach(async () => { vhost = await createVhost('batches'); });
  afterEach(async () => {
    await opened.closeAll();
    await vhost.delete();
  });

  /** Publishes and makes sure that everything was confirmed. */
  async function publish(messages: ReturnType<typeof numbered>): Promise<void> {
    const outcomes = await new ConfirmingClient(opened.connection(vhost.url, 'publisher')).publishAll(messages);
    expect(outcomes.filter((outcome) => outcome !== 'confirmed')).toEqual([]);
  }

  it('come in the order of the queue, never larger than agreed, one at a time, and are acked', async () => {
    const batches: number[][] = [];
    let running = 0;
    let most = 0;
    await publish(numbered(ROUTING.change, 1_000));
    const consumer = opened.connection(vhost.url, 'consumer');
    opened.server(consumer, [changes], {
      changes: async (batch: Delivery[]) => {
        most = Math.max(most, ++running);
        batches.push(numbersOf(batch));
        await new Promise(setImmediate);
        running--;
      },
    });
    await waitFor('all messages', () => batches.flat().length === 1_000);
    expect(batches.flat()).toEqual(range(1_000));
    expect(Math.max(...batches.map((batch) => batch.length))).toBe(changes.maxBatch);
    expect(most).toBe(1);
    await opened.closeAll();
    expect(await vhost.ready(QUEUES.changes)).toBe(0);
  });

  it('tell content, routing key and whether it came before', async () => {
    const seen: Delivery[] = [];
    opened.server(opened.connection(vhost.url), [changes], { changes: async (batch: Delivery[]) => { seen.push(...batch); } });
    await publish(numbered(ROUTING.change, 1, 7));
    await waitFor('the message', () => seen.length === 1);
    expect(seen).toEqual([{ content: Buffer.from('{"n":7}'), routingKey: ROUTING.change, redelivered: false }]);
  });

  it('come again unchanged until the handler succeeds, and nothing passes them', async () => {
    const batches: number[][] = [];
    const log = new RecordingLog();
    await publish(numbered(ROUTING.change, 30));
    opened.server(opened.connection(vhost.url, 'consumer', log), [subscription(QUEUES.changes, 'changes', { maxBatch: 10 })], {
      changes: async (batch: Delivery[]) => {
        batches.push(numbersOf(batch));
        if (batches.length <= 2) throw new Error('Aino Virtanen is unknown');
      },
    });
    await waitFor('the last message', () => batches.at(-1)?.at(-1) === 29);
    expect(batches).toEqual([range(10), range(10), range(10), range(10, 10), range(10, 20)]);
    expect(log.events.filter(({ msg }) => msg === 'batch-failed').map(({ values }) => values)).toEqual([
      { queue: QUEUES.changes, count: 10, attempt: 1, retryInMs: 200, code: 'Error' },
      { queue: QUEUES.changes, count: 10, attempt: 2, retryInMs: 400, code: 'Error' },
    ]);
    expect(JSON.stringify(log.events)).not.toContain('Aino');
  });

  it('are acked only after the handler resolved: a lost connection brings them again', async () => {
    const batches: Delivery[][] = [];
    const first = gate();
    const log = new RecordingLog();
    await publish(numbered(ROUTING.change, 10));
    const { proxy, url } = await opened.overProxy(vhost.url);
    opened.server(opened.connection(url, 'consumer', log), [changes], {
      changes: async (batch: Delivery[]) => {
        batches.push(batch);
        if (batches.length === 1) await first.opened;
      },
    });
    await waitFor('the first batch', () => batches.length === 1);
    proxy.cut();
    await waitFor('the loss', () => log.count('broker-lost') === 1);
    first.open();
    const again = await waitFor('the second delivery', () => batches.slice(1).flat().length === 10 && batches.slice(1).flat());
    expect(numbersOf(again)).toEqual(range(10));
    expect(again.every(({ redelivered }) => redelivered)).toBe(true);
    expect(log.count('queue-unusable')).toBe(0); // no ack was tried on the lost channel
    await opened.closeAll();
    expect(await vhost.ready(QUEUES.changes)).toBe(0);
  });

  it('of one queue do not wait for another queue', async () => {
    const stuck = gate();
    const removed: number[] = [];
    await publish([...numbered(ROUTING.change, 5), ...numbered(ROUTING.removal, 5)]);
    opened.server(opened.connection(vhost.url), [changes, subscription(QUEUES.removals, 'removals')], {
      changes: () => stuck.opened,
      removals: async (batch: Delivery[]) => { removed.push(...numbersOf(batch)); },
    });
    await waitFor('the removals', () => removed.length === 5);
    stuck.open();
  });

  it('in hand are finished and acked at a graceful close, and the rest stays in the queue', async () => {
    const handled: number[][] = [];
    const inHand = gate();
    await publish(numbered(ROUTING.change, 25));
    const server = opened.server(opened.connection(vhost.url), [subscription(QUEUES.changes, 'changes', { maxBatch: 10 })], {
      changes: async (batch: Delivery[]) => { await inHand.opened; handled.push(numbersOf(batch)); },
    });
    await waitFor('everything delivered', async () => await vhost.ready(QUEUES.changes) === 0);
    let closed = false;
    const closing = server.close().then(() => { closed = true; });
    await new Promise(setImmediate);
    expect(closed).toBe(false);
    inHand.open();
    await closing;
    expect(handled).toEqual([range(10)]);
    expect(await waitFor('the rest', async () => await vhost.ready(QUEUES.changes) === 15)).toBe(true);
  });

  it('that never end do not hold up a close for ever', async () => {
    const begun = gate();
    await publish(numbered(ROUTING.change, 1));
    const server = opened.server(opened.connection(vhost.url), [changes], {
      changes: () => { begun.open(); return new Promise<void>(() => undefined); },
    });
    await begun.opened;
    const before = performance.now();
    await server.close();
    expect(performance.now() - before).toBeLessThan(5_500);
  });

  it('are shared by two servers, each message acked once', async () => {
    const seen: number[][] = [[], []];
    for (const mine of seen) {
      opened.server(opened.connection(vhost.url), [subscription(QUEUES.changes, 'changes', { maxBatch: 5, prefetch: 10 })], {
        changes: async (batch: Delivery[]) => { mine.push(...numbersOf(batch)); await new Promise(setImmediate); },
      });
    }
    await waitFor('two consumers', async () => await vhost.consumers(QUEUES.changes).catch(() => 0) === 2);
    await publish(numbered(ROUTING.change, 400));
    await waitFor('all messages', () => seen.flat().length === 400);
    expect(seen.flat().sort((a, b) => a - b)).toEqual(range(400));
    expect(seen.every((mine) => mine.length > 0)).toBe(true);
    await opened.closeAll();
    expect(await vhost.ready(QUEUES.changes)).toBe(0);
  });

  it('without a handler are refused when the server starts', () => {
    expect(() => opened.server(opened.connection(vhost.url), [changes], {})).toThrow("no @EventPattern('changes') handler");
  });
});
