import { jest } from '@jest/globals';
import { AmqpConnection } from '#messaging/amqp-connection.js';
import { ConfirmingClient } from '#messaging/confirming-client.js';
import { assertTopology, EXCHANGE, QUEUES, ROUTING, UNROUTABLE_QUEUE } from '#messaging/topology.js';
import { createVhost, type TestVhost } from '#test/support/broker.js';
import { numbered, Opened, RecordingLog } from './support.js';

jest.setTimeout(30_000);

/** Declares as if it were connected to this version. */
class ConnectionToVersion extends AmqpConnection {
  constructor(url: string, private readonly version: string, log = new RecordingLog()) {
    super({ url, name: `as for ${version}`, logger: log });
  }
  override brokerVersion(): string {
    return this.version;
  }
}

describe('topology', () => {
  let vhost: TestVhost;
  const opened = new Opened();

  beforeEach(async () => { vhost = await createVhost('topology'); });
  afterEach(async () => {
    await opened.closeAll();
    await vhost.delete();
  });

  async function as(version: string, { url } = vhost, log?: RecordingLog): Promise<AmqpConnection> {
    const connection = new ConnectionToVersion(url, version, log);
    opened.onClose(() => connection.close());
    connection.start();
    await connection.ready(5_000);
    return connection;
  }

  async function queueArguments(): Promise<Record<string, Record<string, unknown>>> {
    return Object.fromEntries((await vhost.queues()).map((queue) => [queue.name, queue.arguments]));
  }

  it('has durable quorum queues only, bound each by its routing key', async () => {
    await assertTopology(await as('3.10.8'));
    const queues = await vhost.queues();
    expect(queues.map(({ name }) => name).sort()).toEqual([...Object.values(QUEUES), UNROUTABLE_QUEUE].sort());
    for (const queue of queues) expect(queue).toMatchObject({ type: 'quorum', durable: true });
    expect(await vhost.bindings(EXCHANGE, QUEUES.removals)).toEqual([ROUTING.removal]);
    expect(await vhost.bindings(EXCHANGE, QUEUES.changes)).toEqual([ROUTING.change]);
    expect(await vhost.bindings(EXCHANGE, QUEUES.watermark)).toEqual([ROUTING.watermark]);
    expect(await vhost.bindings(EXCHANGE, QUEUES.applied)).toEqual([ROUTING.applied]);
    expect(await vhost.bindings(EXCHANGE, QUEUES.search)).toEqual([ROUTING.search]);
    expect(await vhost.bindings(EXCHANGE, QUEUES.searched)).toEqual([ROUTING.searched]);
  });

  it('keeps only the newest watermark, for a minute', async () => {
    await assertTopology(await as('3.10.8'));
    expect((await queueArguments())[QUEUES.watermark]).toEqual({ 'x-queue-type': 'quorum', 'x-message-ttl': 60_000, 'x-max-length': 1 });
  });

  it('sets no delivery limit on 3.x, where any limit drops, and a high one on 4.x, where 20 is the default', async () => {
    await assertTopology(await as('3.10.8'));
    expect((await queueArguments())[QUEUES.removals]).toEqual({ 'x-queue-type': 'quorum' });
    const newer = await createVhost('topology-4');
    opened.onClose(() => newer.delete());
    await assertTopology(await as('4.1.0', newer));
    for (const queue of await newer.queues()) expect(queue.arguments['x-delivery-limit']).toBe(1_000_000_000);
  });

  it('can be asserted by several at once and again, and changes nothing then', async () => {
    const [one, other] = [await as('3.10.8'), await as('3.10.8')];
    await Promise.all([assertTopology(one), assertTopology(one), assertTopology(other)]);
    const before = await queueArguments();
    await assertTopology(one);
    expect(await queueArguments()).toEqual(before);
  });

  it('adopts queues that an older broker version was given without a delivery limit, and says so once', async () => {
    await assertTopology(await as('3.10.8'));
    const before = await queueArguments();
    const log = new RecordingLog();
    const newer = await as('4.1.0', vhost, log);
    await assertTopology(newer);
    await assertTopology(newer);
    expect(await queueArguments()).toEqual(before);
    expect(log.events.filter(({ msg }) => msg === 'adopted-with-other-arguments')).toHaveLength(Object.keys(before).length);
    expect(await new ConfirmingClient(newer).publishAll(numbered(ROUTING.removal, 1))).toEqual(['confirmed']);
  });

  it('declares an adopted queue by its own arguments after it was deleted', async () => {
    await vhost.declareQueue(QUEUES.removals, { 'x-queue-type': 'quorum', 'x-max-length': 5 });
    const connection = await as('3.10.8');
    await assertTopology(connection);
    expect((await queueArguments())[QUEUES.removals]).toMatchObject({ 'x-max-length': 5 });
    await vhost.deleteQueue(QUEUES.removals);
    await expect(assertTopology(connection)).rejects.toMatchObject({ code: 404 });
    await assertTopology(connection);
    expect((await queueArguments())[QUEUES.removals]).toEqual({ 'x-queue-type': 'quorum' });
  });
});
