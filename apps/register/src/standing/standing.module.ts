import { Module } from '@nestjs/common';
import { StandingChanges } from './standing-changes.service.js';
import { StandingController } from './standing.controller.js';
import { StandingService } from './standing.service.js';

@Module({ controllers: [StandingController], providers: [StandingService, StandingChanges], exports: [StandingChanges] })
export class StandingModule {}
