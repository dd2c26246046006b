import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { assertEveryRouteStatesItsScope } from '#auth/assert-scopes.js';
import { createHttpApp } from '#http/create-http-app.js';
import type { HealthCheck } from '#http/health.js';
import { AmqpConnection } from '#messaging/amqp-connection.js';
import { BatchServer, type Subscription } from '#messaging/batch-server.js';
import { ConsumerConnection } from '#messaging/messaging.module.js';
import { QUEUES } from '#messaging/topology.js';
import { ConfigurationError } from '#service/configuration.js';
import { AccountGuard } from './access/account-versions.service.js';
import { noteKeys, registerKeys } from './database/key-checks.js';
import { ErasureLog } from './erasure-log/erasure-log.service.js';
import { whyNotWhole } from './restore/restored.check.js';
import { RegisterModule, type RegisterParts } from './register.module.js';

const SUBSCRIPTIONS: Subscription[] = [
  // One message holds up to 500 answers, so few messages make a batch.
  { queue: QUEUES.applied, pattern: QUEUES.applied, maxBatch: 20, maxWaitMs: 5, prefetch: 40 },
  { queue: QUEUES.searched, pattern: QUEUES.searched, maxBatch: 1, maxWaitMs: 1, prefetch: 1 },
];

/** Starts the register: serves HTTP on the configured host and port, tells marketing what has changed, answers its requests. */
export async function startRegister(parts: RegisterParts): Promise<NestFastifyApplication> {
  const { config, logger, metrics } = parts;
  const { controller, register } = config.profile;
  const app = await createHttpApp(RegisterModule.forRoot(parts), {
    service: 'register',
    api: {
      title: `${controller.name}: ${register.name.en}`,
      description: 'The register owns the data of the customers. Marketing sees of it what they have consented to.',
      version: '0.1.0',
      tags: {
        customers: 'Who is in the register, each field with its source',
        consents: 'What a person has decided, with proof',
        wordings: 'The exact texts people decide on',
        standing: 'States that take a person out of marketing at once',
        erasure: 'Erasure, answered by marketing',
        holds: 'Whom the law keeps from being erased, and until when',
        disclosures: 'What leaves the company, on which consent, and what recipients are still to be told',
        'access log': 'Who read what of whom, and for what',
        requests: 'What persons have asked for, and by when it is due',
      },
    },
    logger, metrics, readiness: (made) => healthChecks(made), trustProxy: config.trustProxy,
  });
  assertEveryRouteStatesItsScope(app);
  await assertRestored(app);
  await noteKeys(app.get(DataSource), registerKeys(config));
  await app.get(ErasureLog, { strict: false }).noteKeys();
  await app.get(AccountGuard, { strict: false }).begin();
  app.connectMicroservice({ strategy: new BatchServer({ connection: app.get(ConsumerConnection), subscriptions: SUBSCRIPTIONS, rpcQueue: QUEUES.rpc }) });
  await app.startAllMicroservices();
  await app.listen(config.port, config.host);
  return app;
}

/** Before anything is served, consumed or relayed. */
async function assertRestored(app: NestFastifyApplication): Promise<void> {
  const wrong = await whyNotWhole(app.get(DataSource), app.get(ErasureLog, { strict: false }));
  if (wrong === undefined) return;
  await app.close();
  throw new ConfigurationError(wrong);
}

/** Without the broker the register still takes every write: what marketing has to hear of waits in its table. Without the log it erases nobody. */
function healthChecks(app: NestFastifyApplication): HealthCheck[] {
  return [
    { name: 'database', check: async () => (await app.get(DataSource).query<unknown[]>('SELECT 1')).length === 1 },
    { name: 'erasure-log', essential: false, check: () => app.get(ErasureLog, { strict: false }).isThere() },
    { name: 'broker', essential: false, check: () => Promise.resolve(app.get(AmqpConnection).state().connected) },
  ];
}
