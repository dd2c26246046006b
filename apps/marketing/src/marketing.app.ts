import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { assertEveryRouteStatesItsScope } from '#auth/assert-scopes.js';
import { createHttpApp } from '#http/create-http-app.js';
import { isRestoreUnfinished, RESTORE_UNFINISHED } from '#database/unfinished-restore.js';
import type { HealthCheck } from '#http/health.js';
import { AmqpConnection } from '#messaging/amqp-connection.js';
import { BatchServer } from '#messaging/batch-server.js';
import { ConsumerConnection } from '#messaging/messaging.module.js';
import { QUEUES } from '#messaging/topology.js';
import { DataSource } from 'typeorm';
import { AudienceService } from './audience/audience.service.js';
import { FreshnessService } from './audience/freshness.service.js';
import { ConfigurationError } from '#service/configuration.js';
import { StatementKeys } from './answering/statement-keys.service.js';
import { isAddressKey } from './contacts/address-digests.sql.js';
import { SUBSCRIPTIONS } from './intake/consent-events.controller.js';
import { SEARCH_SUBSCRIPTION } from './leftovers/search-requests.controller.js';
import { MarketingModule, type MarketingParts } from './marketing.module.js';
import { Background } from './operations/background.service.js';

const API = {
  title: 'Lupa: marketing',
  description: 'Lists of people who have opted in, and of nobody else. Every answer says of which moment it is.',
  version: '0.1.0',
  tags: { audience: 'Who may be written to now', growth: 'How the lists grow', exports: 'Handing people to configured recipients, and whom these must remove', segments: 'Saved filters, lists fixed at a moment, and how two lists overlap', explain: 'Why a person is on a list, or is not', statements: 'By which keys marketing’s signed statements are verified' },
};

/** Starts marketing: consumes, pulls, answers and serves HTTP on the configured host and port. */
export async function startMarketing(parts: MarketingParts): Promise<NestFastifyApplication> {
  const { config, logger, metrics } = parts;
  const app = await createHttpApp(MarketingModule.forRoot(parts), {
    service: 'marketing', api: API, logger, metrics, readiness: (made) => healthChecks(made), trustProxy: config.trustProxy,
  });
  assertEveryRouteStatesItsScope(app);
  await assertRestored(app);
  await assertAddressKey(app, config.indexKey);
  await app.get(StatementKeys).keep();
  await app.get(FreshnessService).begin(app.get(DataSource).manager);
  app.connectMicroservice({ strategy: new BatchServer({ connection: app.get(ConsumerConnection), subscriptions: [...SUBSCRIPTIONS, SEARCH_SUBSCRIPTION], rpcQueue: QUEUES.marketingRpc }) });
  await app.startAllMicroservices();
  app.get(Background).start();
  await app.listen(config.port, config.host);
  return app;
}

/** With another key than the one before nobody would be found by address: an answer that is wrong, and looks right. */
async function assertAddressKey(app: NestFastifyApplication, key: Buffer): Promise<void> {
  const database = app.get(DataSource);
  if (await isAddressKey(database.manager, key)) return;
  await app.close();
  throw new ConfigurationError('MARKETING_INDEX_KEY is not the key that addresses are stored under. Set that one again, or run the command digests:rebuild.');
}

/** Before anything is served, consumed or relayed. */
async function assertRestored(app: NestFastifyApplication): Promise<void> {
  if (!(await isRestoreUnfinished(app.get(DataSource)))) return;
  await app.close();
  throw new ConfigurationError(RESTORE_UNFINISHED);
}

/** Without the broker, or when stale, the service is ready all the same: it refuses lists and says why. */
function healthChecks(app: NestFastifyApplication): HealthCheck[] {
  return [
    { name: 'database', check: async () => (await app.get(DataSource).query<unknown[]>('SELECT 1')).length === 1 },
    { name: 'broker', essential: false, check: () => Promise.resolve(app.get(AmqpConnection).state().connected) },
    { name: 'freshness', essential: false, check: async () => (await app.get(AudienceService).freshness()).fresh },
  ];
}
