import { Module } from '@nestjs/common';
import { RequestReads } from './request-reads.service.js';
import { RequestsController } from './requests.controller.js';
import { RequestsMetrics } from './requests.metrics.js';
import { RequestsService } from './requests.service.js';

@Module({ controllers: [RequestsController], providers: [RequestsService, RequestReads, RequestsMetrics] })
export class RequestsModule {}
