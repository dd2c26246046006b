import { type DynamicModule, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { DatabaseAwayInterceptor } from '#database/database-away.interceptor.js';
import { AuthModule } from '#auth/auth.module.js';
import { RemoteKeys } from '#auth/key-source.js';
import { JsonLogger } from '#http/logger.js';
import { Metrics } from '#http/metrics.js';
import type { ServiceParts } from '#service/run-service.js';
import { MessagingModule } from '#messaging/messaging.module.js';
import { AnswerSender } from './answering/answer-sender.service.js';
import { StatementKeysController } from './answering/statement-keys.controller.js';
import { StatementKeys } from './answering/statement-keys.service.js';
import { StatementSigner } from './answering/statement-signer.service.js';
import { AudienceIndex } from './audience-index/audience-index.service.js';
import { IndexMetrics } from './audience-index/index-metrics.service.js';
import { AudienceController } from './audience/audience.controller.js';
import { AudienceService } from './audience/audience.service.js';
import { FreshnessService } from './audience/freshness.service.js';
import { CheckController } from './check/check.controller.js';
import { CheckService } from './check/check.service.js';
import { marketingDataSource } from './database/data-source.js';
import { openDatabase } from '#database/open-database.js';
import { ExplainController } from './explain/explain.controller.js';
import { ExplainService } from './explain/explain.service.js';
import { BlockReader } from './exports/block-reader.service.js';
import { CorrectionsController } from './exports/corrections.controller.js';
import { CorrectionsService } from './exports/corrections.service.js';
import { ExportContent } from './exports/export-content.service.js';
import { ExportKeeper } from './exports/export-keeper.service.js';
import { ExportWork } from './exports/export-work.service.js';
import { ExportsController } from './exports/exports.controller.js';
import { ExportsService } from './exports/exports.service.js';
import { FileCleaner } from './exports/file-cleaner.service.js';
import { FileMaker } from './exports/file-maker.service.js';
import { FileStore } from './exports/file-store.service.js';
import { HandoverService } from './exports/handover.service.js';
import { RecipientLooks } from './exports/recipient-looks.service.js';
import { RemovalsController } from './exports/removals.controller.js';
import { RemovalsService } from './exports/removals.service.js';
import { GrowthController } from './growth/growth.controller.js';
import { GrowthService } from './growth/growth.service.js';
import { HeldController } from './held/held.controller.js';
import { HeldService } from './held/held.service.js';
import { ConsentEventsController } from './intake/consent-events.controller.js';
import { IntakeService } from './intake/intake.service.js';
import { LeftoverSearch } from './leftovers/leftover-search.service.js';
import { SearchRequestsController } from './leftovers/search-requests.controller.js';
import { RegisterClient } from './link/register-client.service.js';
import { WatermarkService } from './link/watermark.service.js';
import { MARKETING_CONFIG, type MarketingConfig } from './marketing.config.js';
import { Background } from './operations/background.service.js';
import { MarketingMetrics } from './operations/marketing-metrics.service.js';
import { Puller } from './pulling/puller.service.js';
import { ReconcileService } from './reconcile/reconcile.service.js';
import { Pulse } from './restore/pulse.service.js';
import { Retention } from './retention/retention.service.js';
import { OverlapController } from './segments/overlap.controller.js';
import { OverlapService } from './segments/overlap.service.js';
import { SegmentsController } from './segments/segments.controller.js';
import { SegmentsService } from './segments/segments.service.js';
import { SelectionService } from './segments/selection.service.js';
import { SnapshotKeeper } from './segments/snapshot-keeper.service.js';
import { SnapshotsController } from './segments/snapshots.controller.js';
import { SnapshotsService } from './segments/snapshots.service.js';

export type MarketingParts = ServiceParts<MarketingConfig>;

/** The composition of marketing. */
@Module({})
export class MarketingModule {
  /** The whole service. */
  static forRoot(parts: MarketingParts): DynamicModule {
    const { config } = parts;
    const forOperator = MarketingModule.forOperator(parts);
    return {
      ...forOperator,
      imports: [
        messaging(parts),
        AuthModule.forRoot({ issuer: config.tokenIssuer, audience: 'lupa', keys: new RemoteKeys(config.registerJwksUrl) }),
      ],
      controllers: [AudienceController, CheckController, ConsentEventsController, CorrectionsController, ExplainController, ExportsController, GrowthController, HeldController, OverlapController, RemovalsController, SearchRequestsController, SegmentsController, SnapshotsController, StatementKeysController],
      providers: [...forOperator.providers ?? [], { provide: APP_INTERCEPTOR, useClass: DatabaseAwayInterceptor }],
    };
  }

  /** The same without routes and consumers, for the operator commands. */
  static forOperator(parts: MarketingParts): DynamicModule {
    const { config, logger, metrics } = parts;
    return {
      module: MarketingModule,
      imports: [messaging(parts)],
      providers: [
        { provide: MARKETING_CONFIG, useValue: config },
        { provide: JsonLogger, useValue: logger },
        { provide: Metrics, useValue: metrics },
        { provide: DataSource, useFactory: () => openDatabase(marketingDataSource(config.databaseUrl, config.poolSize, config.queryTimeoutMs)) },
        AnswerSender, AudienceIndex, AudienceService, Background, CheckService, FreshnessService, GrowthService, IndexMetrics, IntakeService, MarketingMetrics, Puller, Pulse, ReconcileService,
        RegisterClient, SegmentsService, SelectionService, SnapshotKeeper, SnapshotsService, StatementSigner, WatermarkService,
        ExplainService, HeldService, LeftoverSearch, OverlapService, StatementKeys,
        BlockReader, CorrectionsService, ExportContent, ExportKeeper, ExportWork, ExportsService, FileCleaner, FileMaker, FileStore, HandoverService, RecipientLooks, RemovalsService, Retention,
      ],
    };
  }
}

function messaging({ config, logger }: MarketingParts): DynamicModule {
  return MessagingModule.forRoot({ url: config.amqpUrl, name: 'marketing', logger });
}
