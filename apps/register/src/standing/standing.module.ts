import { Module } from '@nestjs/common';
import { ConsentsModule } from '../consents/consents.module.js';
import { StandingChanges } from './standing-changes.service.js';
import { StandingController } from './standing.controller.js';
import { StandingService } from './standing.service.js';

@Module({ imports: [ConsentsModule], controllers: [StandingController], providers: [StandingService, StandingChanges], exports: [StandingChanges] })
export class StandingModule {}
