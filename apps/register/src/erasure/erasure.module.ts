import { Module } from '@nestjs/common';
import { ErasureLog } from '../erasure-log/erasure-log.service.js';
import { ErasurePreviewModule } from '../erasure-preview/erasure-preview.module.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { StandingModule } from '../standing/standing.module.js';
import { AppealsMetrics } from './appeals.metrics.js';
import { Eraser } from './eraser.service.js';
import { ErasureAppealsController } from './erasure-appeals.controller.js';
import { ErasureAppeals } from './erasure-appeals.service.js';
import { ErasureCases } from './erasure-cases.service.js';
import { ErasureCompletion } from './erasure-completion.service.js';
import { ErasureReplay } from './erasure-replay.service.js';
import { ErasureController } from './erasure.controller.js';
import { ErasureService } from './erasure.service.js';

@Module({
  imports: [StandingModule, ErasurePreviewModule],
  controllers: [ErasureController, ErasureAppealsController],
  providers: [
    { provide: ErasureLog, useFactory: (config: RegisterConfig) => ErasureLog.open(config), inject: [REGISTER_CONFIG] }, ErasureService, ErasureCases, ErasureAppeals, AppealsMetrics,
    Eraser, ErasureReplay, ErasureCompletion,
  ],
  exports: [Eraser, ErasureReplay, ErasureLog],
})
export class ErasureModule {}
