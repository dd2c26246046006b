import { Global, Module } from '@nestjs/common';
import { AccessReportController } from './access-report.controller.js';
import { AccessReport } from './access-report.service.js';
import { Reader } from './reader.service.js';

/** Global, because every room that reads persons goes through it. */
@Global()
@Module({ controllers: [AccessReportController], providers: [Reader, AccessReport], exports: [Reader] })
export class AccessLogModule {}
