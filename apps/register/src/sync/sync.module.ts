import { Global, Module } from '@nestjs/common';
import { AppliedConsumer } from './applied.consumer.js';
import { ProjectionRpc } from './projection.rpc.js';
import { ReconcileRpc } from './reconcile.rpc.js';
import { Relay } from './relay.js';
import { Resync } from './resync.service.js';
import { SyncMetrics } from './sync.metrics.js';
import { WatermarkPublisher } from './watermark.publisher.js';

/** The link to marketing. Global, because every room that changes a person wakes the relay. */
@Global()
@Module({
  controllers: [AppliedConsumer, ProjectionRpc, ReconcileRpc],
  providers: [Relay, Resync, WatermarkPublisher, SyncMetrics],
  exports: [Relay],
})
export class SyncModule {}
