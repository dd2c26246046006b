import { Module } from '@nestjs/common';
import { ConsentsModule } from '../consents/consents.module.js';
import { ErasureModule } from '../erasure/erasure.module.js';
import { ActivityController } from './activity.controller.js';
import { ActivityService } from './activity.service.js';
import { RetentionTask } from './retention-task.service.js';
import { Retention } from './retention.service.js';

@Module({ imports: [ConsentsModule, ErasureModule], controllers: [ActivityController], providers: [Retention, RetentionTask, ActivityService] })
export class RetentionModule {}
