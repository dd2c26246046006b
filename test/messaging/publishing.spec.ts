import { jest } from '@jest/globals';
import { ConfirmingClient } from '#messaging/confirming-client.js';
import { PublishUnconfirmed } from '#messaging/messaging.errors.js';
import { EXCHANGE, QUEUES, ROUTING, UNROUTABLE_QUEUE } from '#messaging/topology.js';
import { createVhost, type TestVhost } from '#test/support/broker.js';
import { waitFor } from '#test/support/wait-for.js';
import { firstValueFrom } from 'rxjs';
import { numbered, Opened } from './support.js';

jest.setTimeout(30_000);

/** AMQP 0-9-1 frame of connection.blocked (class 10, method 60) with the reason 'low on memory'. */
const BLOCKED_FRAME = frame(10, 60, Buffer.concat([Buffer.from([13]), Buffer.from('low on memory')]));
const UNBLOCKED_FRAME = frame(10, 61, Buffer.alloc(0));

function frame(classId: number, methodId: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(11);
  head.writeUInt8(1, 0);
  head.writeUInt32BE(4 + payload.length, 3);
  head.writeUInt16BE(classId, 7);
  head.writeUInt16BE(methodId, 9);
  return Buffer.concat([head, payload, Buffer.from([0xce])]);
}

describe('publishing', () => {
  let vhost: TestVhost;
  const opened = new Opened();

  beforeAll(async () => { vhost = await createVhost('publishing'); });
  afterEach(() => opened.closeAll());
  afterAll(() => vhost.delete());

  it('confirms what lies in a queue, on a broker that knows nothing yet', async () => {
    const client = new ConfirmingClient(opened.connection(vhost.url));
    expect(await client.publishAll(numbered(ROUTING.applied, 3))).toEqual(['confirmed', 'confirmed', 'confirmed']);
    expect(await waitFor('three messages', async () => await vhost.ready(QUEUES.applied) === 3)).toBe(true);
  });

  it('confirms nothing for no messages', async () => {
    const client = new ConfirmingClient(opened.connection(vhost.url));
    expect(await client.publishAll([])).toEqual([]);
  });

  it('confirms more messages than the write buffer holds', async () => {
    const client = new ConfirmingClient(opened.connection(vhost.url));
    const outcomes = await client.publishAll(numbered(ROUTING.change, 5_000));
    expect(outcomes.filter((outcome) => outcome === 'confirmed')).toHaveLength(5_000);
    expect(await waitFor('5,000 messages', async () => await vhost.ready(QUEUES.changes) === 5_000)).toBe(true);
  });

  it('keeps a stray message in the queue for strays', async () => {
    const client = new ConfirmingClient(opened.connection(vhost.url));
    expect(await client.publishAll(numbered('nobody.listens', 1))).toEqual(['confirmed']);
    expect(await waitFor('the stray', async () => await vhost.ready(UNROUTABLE_QUEUE) === 1)).toBe(true);
  });

  it('tells which message no queue took, when even the queue for strays is gone', async () => {
    const client = new ConfirmingClient(opened.connection(vhost.url));
    expect(await client.publishAll(numbered(ROUTING.watermark, 1))).toEqual(['confirmed']);
    await vhost.deleteQueue(UNROUTABLE_QUEUE);
    expect(await client.publishAll([
      ...numbered(ROUTING.watermark, 1), ...numbered('nobody.listens', 2), ...numbered(ROUTING.watermark, 1),
    ])).toEqual(['confirmed', 'unroutable', 'unroutable', 'confirmed']);
  });

  it('says unknown when the exchange is gone, and confirms again right after', async () => {
    const client = new ConfirmingClient(opened.connection(vhost.url));
    await client.publishAll(numbered(ROUTING.watermark, 1));
    await vhost.deleteExchange(EXCHANGE);
    expect(await client.publishAll(numbered(ROUTING.watermark, 2))).toEqual(['unknown', 'unknown']);
    expect(await client.publishAll(numbered(ROUTING.watermark, 1))).toEqual(['confirmed']);
  });

  it('says unknown when there is no broker, and why', async () => {
    const { proxy, url } = await opened.overProxy(vhost.url);
    await proxy.close();
    const connection = opened.connection(url);
    expect(await new ConfirmingClient(connection).publishAll(numbered(ROUTING.applied, 2), 300)).toEqual(['unknown', 'unknown']);
    expect(connection.state()).toEqual({ connected: false, blocked: false, lastErrorCode: 'ECONNREFUSED' });
  });

  it('says unknown in time on a link that swallows everything, and confirms after it healed', async () => {
    const { proxy, url } = await opened.overProxy(vhost.url);
    const client = new ConfirmingClient(opened.connection(url));
    expect(await client.publishAll(numbered(ROUTING.watermark, 1))).toEqual(['confirmed']);
    proxy.blackHole();
    const begun = performance.now();
    const outcomes = await client.publishAll(numbered(ROUTING.watermark, 3_000), 400);
    expect(outcomes.every((outcome) => outcome === 'unknown')).toBe(true);
    expect(performance.now() - begun).toBeLessThan(2_000);
    proxy.heal();
    expect(await client.publishAll(numbered(ROUTING.watermark, 1))).toEqual(['confirmed']);
  });

  it('shows a blocking broker, says unknown meanwhile, and goes on when it is over', async () => {
    const { proxy, url } = await opened.overProxy(vhost.url);
    const connection = opened.connection(url);
    const client = new ConfirmingClient(connection);
    await client.publishAll(numbered(ROUTING.watermark, 1));
    proxy.stopReadingClient();
    proxy.injectToClient(BLOCKED_FRAME);
    await waitFor('the block', () => connection.state().blocked);
    expect(await client.publishAll(numbered(ROUTING.watermark, 2), 300)).toEqual(['unknown', 'unknown']);
    expect(connection.state().connected).toBe(true);
    proxy.heal();
    proxy.injectToClient(UNBLOCKED_FRAME);
    expect(await client.publishAll(numbered(ROUTING.watermark, 1))).toEqual(['confirmed']);
    expect(connection.state().blocked).toBe(false);
  });

  it('does not pile up messages in memory while the broker reads nothing', async () => {
    const { proxy, url } = await opened.overProxy(vhost.url);
    const client = new ConfirmingClient(opened.connection(url));
    await client.publishAll(numbered(ROUTING.change, 1));
    const before = await vhost.ready(QUEUES.changes);
    proxy.stopReadingClient();
    const large = numbered(ROUTING.change, 8_000).map((message) => ({ ...message, body: { padding: 'x'.repeat(4_000) } }));
    expect(new Set(await client.publishAll(large, 500))).toEqual(new Set(['unknown']));
    expect(new Set(await client.publishAll(large, 100))).toEqual(new Set(['unknown']));
    proxy.heal();
    expect(await client.publishAll(numbered(ROUTING.change, 1))).toEqual(['confirmed']);
    expect(await vhost.ready(QUEUES.changes)).toBeLessThan(before + 8_000);
  });

  it('never confirms what is not in the queue, when the link is cut in the middle', async () => {
    const { proxy, url } = await opened.overProxy(vhost.url);
    const client = new ConfirmingClient(opened.connection(url));
    const before = await waitFor('the queue', async () => {
      await client.publishAll(numbered(ROUTING.removal, 1));
      return vhost.ready(QUEUES.removals);
    });
    const publishing = client.publishAll(numbered(ROUTING.removal, 4_000));
    await waitFor('the first arrivals', async () => await vhost.ready(QUEUES.removals) > before);
    proxy.cut();
    const outcomes = await publishing;
    const confirmed = outcomes.filter((outcome) => outcome === 'confirmed').length;
    expect(outcomes).toHaveLength(4_000);
    expect(await vhost.ready(QUEUES.removals)).toBeGreaterThanOrEqual(before + confirmed);
    expect(await client.publishAll(numbered(ROUTING.removal, 1))).toEqual(['confirmed']);
  });


  it('lets the broker drop what is not consumed in time', async () => {
    const client = new ConfirmingClient(opened.connection(vhost.url));
    await client.publishAll(numbered(ROUTING.watermark, 1));
    expect(await waitFor('the watermark', async () => await vhost.ready(QUEUES.watermark) === 1)).toBe(true);
    await client.publishAll([{ routingKey: ROUTING.watermark, body: { n: 1 }, expirationMs: 1 }]);
    expect(await waitFor('the expiry', async () => await vhost.ready(QUEUES.watermark) === 0)).toBe(true);
  });

  it('emits one confirmed message the Nest way, and errors when it is not confirmed', async () => {
    const connection = opened.connection(vhost.url);
    const client = new ConfirmingClient(connection);
    await connection.ready(5_000);
    await expect(firstValueFrom(client.emit(ROUTING.watermark, { n: 1 }))).resolves.toBeUndefined();
    await waitFor('the queue for strays', async () => { await vhost.deleteQueue(UNROUTABLE_QUEUE); return true; });
    await expect(firstValueFrom(client.emit('nobody.listens', { n: 1 }))).rejects.toThrow(PublishUnconfirmed);
  });

  it('refuses an address that is none, without repeating the password in it', () => {
    expect(() => opened.connection('http://user:s3cret@host')).toThrow(/^the broker URL must be like/);
  });

  it('stops waiting for the broker as soon as it is closed', async () => {
    const { proxy, url } = await opened.overProxy(vhost.url);
    await proxy.close();
    const connection = opened.connection(url);
    const begun = performance.now();
    const publishing = new ConfirmingClient(connection).publishAll(numbered(ROUTING.applied, 1), 60_000);
    await connection.close();
    expect(await publishing).toEqual(['unknown']);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
