import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { createHttpApp } from '#http/create-http-app.js';
import { JsonLogger } from '#http/logger.js';
import { Metrics } from '#http/metrics.js';
import { AmqpConnection } from '#messaging/amqp-connection.js';
import { BatchServer } from '#messaging/batch-server.js';
import { ConsumerConnection } from '#messaging/messaging.module.js';
import { QUEUES } from '#messaging/topology.js';
import { ConfigurationError, readRegisterConfig, type RegisterConfig } from './register.config.js';
import { RegisterModule } from './register.module.js';

async function start(config: RegisterConfig): Promise<void> {
  const logger = new JsonLogger('register', config.logLevel);
  const metrics = new Metrics('register');
  const { controller, register } = config.profile;
  const app = await createHttpApp(RegisterModule.forRoot(config, logger, metrics), {
    service: 'register',
    api: { title: `${controller.name}: ${register.name.en}`, description: 'The register owns the customers’ data. Marketing sees of it what they have consented to.', version: '1' },
    logger,
    metrics,
    readiness: (application) => {
      const database = application.get(DataSource);
      const broker = application.get(AmqpConnection);
      return [
        { name: 'database', check: async () => (await database.query('SELECT 1')) !== undefined },
        // Without the broker the register still takes every write: what marketing has to hear of waits.
        { name: 'broker', essential: false, check: () => Promise.resolve(broker.state().connected) },
      ];
    },
  });
  app.connectMicroservice({
    strategy: new BatchServer({
      connection: app.get(ConsumerConnection),
      subscriptions: [{ queue: QUEUES.applied, pattern: QUEUES.applied, maxBatch: 20, maxWaitMs: 5, prefetch: 40 }],
      rpcQueue: QUEUES.rpc,
    }),
  });
  await app.startAllMicroservices();
  await app.listen(config.port, config.host);
  logger.event('listening', { host: config.host, port: config.port });
}

try {
  await start(readRegisterConfig(process.env));
} catch (error) {
  if (error instanceof ConfigurationError) console.error(error.message);
  else new JsonLogger('register').failure('start-failed', error);
  process.exit(1);
}
