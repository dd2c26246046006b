import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { JsonLogger } from '#http/logger.js';
import { Metrics } from '#http/metrics.js';
import { MessagingModule } from '#messaging/messaging.module.js';
import { AccessLogModule } from './access-log/access-log.module.js';
import { AccessModule } from './access/access.module.js';
import { CustomersModule } from './customers/customers.module.js';
import { registerDataSource } from './database/data-source.js';
import { ErasureModule } from './erasure/erasure.module.js';
import { IdempotencyModule } from './idempotency/idempotency.module.js';
import { REGISTER_CONFIG, type RegisterConfig } from './register.config.js';
import { StandingModule } from './standing/standing.module.js';
import { SyncModule } from './sync/sync.module.js';
import { WordingsModule } from './wordings/wordings.module.js';

/** What every room may ask for. */
@Global()
@Module({})
class CoreModule {
  static forRoot(config: RegisterConfig, logger: JsonLogger, metrics: Metrics): DynamicModule {
    const providers = [
      { provide: REGISTER_CONFIG, useValue: config },
      { provide: JsonLogger, useValue: logger },
      { provide: Metrics, useValue: metrics },
    ];
    return { module: CoreModule, providers, exports: providers };
  }
}

/** The composition root of the register. */
@Module({})
export class RegisterModule {
  static forRoot(config: RegisterConfig, logger: JsonLogger, metrics: Metrics): DynamicModule {
    return {
      module: RegisterModule,
      imports: [
        CoreModule.forRoot(config, logger, metrics),
        TypeOrmModule.forRoot({ ...registerDataSource(config.databaseUrl, config.poolSize).options, retryAttempts: 1 }),
        MessagingModule.forRoot({ url: config.amqpUrl, name: 'lupa-register', logger }),
        AccessModule,
        IdempotencyModule, AccessLogModule, SyncModule, CustomersModule, WordingsModule, StandingModule, ErasureModule,
      ],
    };
  }
}
