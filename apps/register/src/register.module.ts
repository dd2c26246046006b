import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { DatabaseAwayInterceptor } from '#database/database-away.interceptor.js';
import { openDatabase } from '#database/open-database.js';
import { JsonLogger } from '#http/logger.js';
import { Metrics } from '#http/metrics.js';
import type { ServiceParts } from '#service/run-service.js';
import { MessagingModule } from '#messaging/messaging.module.js';
import { QUEUES } from '#messaging/topology.js';
import { AccessLogModule } from './access-log/access-log.module.js';
import { AccessModule } from './access/access.module.js';
import { BundleModule } from './bundle/bundle.module.js';
import { CustomersModule } from './customers/customers.module.js';
import { registerDataSource } from './database/data-source.js';
import { assertRegisterKeys } from './database/key-checks.js';
import { DisclosuresModule } from './disclosures/disclosures.module.js';
import { ErasureModule } from './erasure/erasure.module.js';
import { GuardiansModule } from './guardians/guardians.module.js';
import { HoldsModule } from './holds/holds.module.js';
import { IdempotencyModule } from './idempotency/idempotency.module.js';
import { REGISTER_CONFIG, type RegisterConfig } from './register.config.js';
import { RequestsModule } from './requests/requests.module.js';
import { RestoreModule } from './restore/restore.module.js';
import { RetentionModule } from './retention/retention.module.js';
import { SearchRoundsModule } from './search-rounds/search-rounds.module.js';
import { StandingModule } from './standing/standing.module.js';
import { SuppressionModule } from './suppression/suppression.module.js';
import { SyncModule } from './sync/sync.module.js';
import { WordingsModule } from './wordings/wordings.module.js';

export type RegisterParts = ServiceParts<RegisterConfig>;

/** What every room may ask for. */
@Global()
@Module({})
class CoreModule {
  static forRoot({ config, logger, metrics }: RegisterParts): DynamicModule {
    const providers = [
      { provide: REGISTER_CONFIG, useValue: config },
      { provide: JsonLogger, useValue: logger },
      { provide: Metrics, useValue: metrics },
    ];
    return { module: CoreModule, providers, exports: providers };
  }
}

/** Before anybody has it: whoever had the wrong keys would write under them. */
async function openRegister(config: RegisterConfig): Promise<DataSource> {
  const database = await openDatabase(registerDataSource(config.databaseUrl, config.poolSize, config.queryTimeoutMs));
  try {
    await assertRegisterKeys(database, config);
    return database;
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

/** The composition root of the register. */
@Module({})
export class RegisterModule {
  static forRoot({ config, logger, metrics }: RegisterParts): DynamicModule {
    return {
      module: RegisterModule,
      providers: [{ provide: APP_INTERCEPTOR, useClass: DatabaseAwayInterceptor }],
      imports: [
        CoreModule.forRoot({ config, logger, metrics }),
        TypeOrmModule.forRootAsync({
          useFactory: () => ({ retryAttempts: 0 }),
          dataSourceFactory: () => openRegister(config),
        }),
        MessagingModule.forRoot({ url: config.amqpUrl, name: 'lupa-register', logger, rpcQueue: QUEUES.marketingRpc }),
        AccessModule,
        IdempotencyModule, AccessLogModule, SuppressionModule, SyncModule, CustomersModule, WordingsModule, StandingModule, ErasureModule, RequestsModule, DisclosuresModule,
        GuardiansModule, HoldsModule, RetentionModule, BundleModule, SearchRoundsModule, RestoreModule,
      ],
    };
  }
}
