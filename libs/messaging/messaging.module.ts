import { Global, Injectable, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { AmqpConnection } from './amqp-connection.js';
import { ConfirmingClient } from './confirming-client.js';
import type { EventLog } from './event-log.js';

/**
 * The connection for consumers (BatchServer), apart from the one that publishes: while the broker has an alarm
 * it reads nothing from a connection that publishes, acks included, and the queues could not be emptied.
 */
@Injectable()
export class ConsumerConnection extends AmqpConnection {}

export interface MessagingOptions {
  /** AMQP URL of the broker. */
  readonly url: string;
  /** Name of the service, shown by the broker. */
  readonly name: string;
  readonly logger?: EventLog;
  /** Queue of the server that this service asks; the register's unless told. */
  readonly rpcQueue?: string;
}

/**
 * Provides AmqpConnection (publishing; its `state()` is the one for health checks), ConsumerConnection and
 * ConfirmingClient. Connects when the module is made, closes after the transports are closed.
 */
@Global()
@Module({})
export class MessagingModule implements OnApplicationShutdown {
  constructor(
    private readonly publishing: AmqpConnection,
    private readonly consuming: ConsumerConnection,
  ) {
    publishing.start();
    consuming.start();
  }

  static forRoot({ url, name, logger, rpcQueue }: MessagingOptions): DynamicModule {
    const log = logger === undefined ? {} : { logger };
    return {
      module: MessagingModule,
      providers: [
        { provide: AmqpConnection, useFactory: () => new AmqpConnection({ url, name: `${name} publishes`, ...log }) },
        { provide: ConsumerConnection, useFactory: () => new ConsumerConnection({ url, name: `${name} consumes`, ...log }) },
        {
          provide: ConfirmingClient,
          inject: [AmqpConnection],
          useFactory: (connection: AmqpConnection) => new ConfirmingClient(connection, undefined, rpcQueue),
        },
      ],
      exports: [AmqpConnection, ConsumerConnection, ConfirmingClient],
    };
  }

  /** @internal Runs after Nest has closed the microservices, so acks and answers still went out. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.publishing.close(), this.consuming.close()]);
  }
}
