import { Module } from '@nestjs/common';
import { StandingModule } from '../standing/standing.module.js';
import { Eraser } from './eraser.service.js';
import { ErasureController } from './erasure.controller.js';
import { ErasureService } from './erasure.service.js';

@Module({ imports: [StandingModule], controllers: [ErasureController], providers: [ErasureService, Eraser], exports: [Eraser] })
export class ErasureModule {}
