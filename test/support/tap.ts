import { connect, type Channel, type ChannelModel, type ConsumeMessage } from 'amqplib';
import { EXCHANGE } from '#messaging/topology.js';

/** A message as it was published. */
export interface Tapped {
  readonly routingKey: string;
  readonly content: Buffer;
}

/** Listens to everything between the two services, without taking anything away, and can publish it again. */
export class Tap {
  readonly heard: Tapped[] = [];

  private constructor(private readonly model: ChannelModel, private readonly channel: Channel) {}

  /** @param keys routing keys as the topic exchange matches them */
  static async open(url: string, keys: readonly string[], onMessage?: (message: Tapped) => void): Promise<Tap> {
    const model = await connect(url, { clientProperties: { connection_name: 'tap' } });
    model.on('error', () => undefined); // told by what fails on it
    const channel = await model.createChannel();
    const tap = new Tap(model, channel);
    const { queue } = await channel.assertQueue('', { exclusive: true });
    for (const key of keys) await channel.bindQueue(queue, EXCHANGE, key);
    await channel.consume(queue, (message) => {
      if (!message) return;
      const tapped = { routingKey: message.fields.routingKey, content: message.content };
      tap.heard.push(tapped);
      onMessage?.(tapped);
    }, { noAck: true });
    return tap;
  }

  publish({ routingKey, content }: Tapped): void {
    this.channel.publish(EXCHANGE, routingKey, content, { persistent: true });
  }

  /** Takes part in consuming a queue: `take` gets its share of the messages, which nobody else will see. */
  async compete(queue: string, take: (message: ConsumeMessage, channel: Channel) => void): Promise<void> {
    const channel = await this.model.createChannel();
    await channel.prefetch(20);
    await channel.consume(queue, (message) => {
      if (!message) return;
      take(message, channel);
      channel.ack(message);
    });
  }

  async close(): Promise<void> {
    await this.model.close();
  }
}
