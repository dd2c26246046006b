import type { Channel, GetMessage } from 'amqplib';
import type { AmqpConnection } from './amqp-connection.js';
import { assertTopology } from './topology.js';

/** Messages asked for together, and applied together. */
const BATCH = 100;

/**
 * Takes everything that waits in a queue and lets it be applied; acked after that. For commands, while no consumer runs: what a
 * consumer has in hand is not seen. Resolves to how many there were.
 * @throws BrokerUnavailable, and whatever `apply` throws: then the batch stays in the queue
 */
export async function drainQueue(connection: AmqpConnection, queue: string, apply: (batch: readonly { content: Buffer }[]) => Promise<void>): Promise<number> {
  await assertTopology(connection);
  const channel = await connection.createChannel();
  try {
    for (let taken = 0; ;) {
      const batch = await takeBatch(channel, queue);
      const last = batch.at(-1);
      if (last === undefined) return taken;
      await apply(batch);
      channel.ack(last, true);
      taken += batch.length;
    }
  } finally {
    await channel.close().catch(() => undefined);
  }
}

async function takeBatch(channel: Channel, queue: string): Promise<GetMessage[]> {
  const answers = await Promise.all(Array.from({ length: BATCH }, () => channel.get(queue, { noAck: false })));
  return answers.filter((message) => message !== false);
}
