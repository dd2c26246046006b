import { Module } from '@nestjs/common';
import { ErasureLog } from '../erasure-log/erasure-log.service.js';
import { REGISTER_CONFIG } from '../register.config.js';
import { StandingModule } from '../standing/standing.module.js';
import { Eraser } from './eraser.service.js';
import { ErasureCompletion } from './erasure-completion.service.js';
import { ErasureReplay } from './erasure-replay.service.js';
import { ErasureController } from './erasure.controller.js';
import { ErasureService } from './erasure.service.js';

@Module({
  imports: [StandingModule],
  controllers: [ErasureController],
  providers: [{ provide: ErasureLog, useFactory: ErasureLog.open, inject: [REGISTER_CONFIG] }, ErasureService, Eraser, ErasureReplay, ErasureCompletion],
  exports: [Eraser, ErasureReplay, ErasureLog],
})
export class ErasureModule {}
