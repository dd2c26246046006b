import { Module } from '@nestjs/common';
import { ErasureModule } from '../erasure/erasure.module.js';
import { StandingModule } from '../standing/standing.module.js';
import { HoldsController } from './holds.controller.js';
import { HoldsService } from './holds.service.js';

@Module({ imports: [ErasureModule, StandingModule], controllers: [HoldsController], providers: [HoldsService] })
export class HoldsModule {}
