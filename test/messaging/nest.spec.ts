import 'reflect-metadata';
import { jest } from '@jest/globals';
import type { LoggerService } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload, type MicroserviceOptions } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AmqpConnection } from '#messaging/amqp-connection.js';
import { BatchServer, type Delivery } from '#messaging/batch-server.js';
import { ConfirmingClient } from '#messaging/confirming-client.js';
import { MessageController } from '#messaging/message-controller.js';
import { ConsumerConnection, MessagingModule } from '#messaging/messaging.module.js';
import { QUEUES, ROUTING } from '#messaging/topology.js';
import { createVhost, type TestVhost } from '#test/support/broker.js';
import { waitFor } from '#test/support/wait-for.js';
import { firstValueFrom } from 'rxjs';
import { numbered, numbersOf, RecordingLog, subscription } from './support.js';

jest.setTimeout(30_000);

const batches: number[][] = [];
let failures = 0;

@MessageController()
class ChangesConsumer {
  @EventPattern('changes')
  async take(@Payload() batch: Delivery[]): Promise<void> {
    batches.push(numbersOf(batch));
    await Promise.resolve();
    if (failures-- > 0) throw new Error('Aino Virtanen');
  }

  @MessagePattern('echo')
  echo(@Payload() request: { n: number }): { n: number } {
    if (request.n < 0) throw Object.assign(new Error('Aino Virtanen'), { code: 'negative' });
    return request;
  }
}

describe('in a Nest application', () => {
  let vhost: TestVhost;

  beforeAll(async () => { vhost = await createVhost('nest'); });
  afterAll(() => vhost.delete());

  it('a failing handler gets its batch again, requests are answered, and no error text is logged', async () => {
    const logged: unknown[][] = [];
    const remember = (...args: unknown[]): void => { logged.push(args); };
    const logger: LoggerService = { log: remember, warn: remember, error: remember, debug: remember, verbose: remember, fatal: remember };
    const log = new RecordingLog();
    const testing = await Test.createTestingModule({
      imports: [MessagingModule.forRoot({ url: vhost.url, name: 'nest', logger: log })],
      controllers: [ChangesConsumer],
    }).setLogger(logger).compile();
    const app = testing.createNestApplication(new FastifyAdapter());
    app.connectMicroservice<MicroserviceOptions>({
      strategy: new BatchServer({
        connection: app.get(ConsumerConnection), subscriptions: [subscription(QUEUES.changes, 'changes')], rpcQueue: QUEUES.rpc,
      }),
    });
    await app.startAllMicroservices();
    await app.init();
    failures = 1;

    const client = app.get(ConfirmingClient);
    expect(await client.publishAll(numbered(ROUTING.change, 2))).toEqual(['confirmed', 'confirmed']);
    await waitFor('the batch twice', () => batches.length === 2);
    expect(batches).toEqual([[0, 1], [0, 1]]);
    expect(await firstValueFrom(client.send('echo', { n: 3 }))).toEqual({ n: 3 });
    await expect(firstValueFrom(client.send('echo', { n: -3 }))).rejects.toMatchObject({ remoteCode: 'negative' });

    await app.close();
    expect(await vhost.ready(QUEUES.changes)).toBe(0);
    expect(app.get(AmqpConnection).state().connected).toBe(false);
    expect(app.get(ConsumerConnection).state().connected).toBe(false);
    const texts = logged.flat().map((part) => part instanceof Error ? `${part.message} ${part.stack ?? ''}` : JSON.stringify(part));
    expect(texts.join('\n') + JSON.stringify(log.events)).not.toContain('Aino');
    expect(log.count('batch-failed')).toBe(1);
    expect(log.count('request-failed')).toBe(1);
  });
});
